#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "superpose/paper/entries.h"
#include "superpose/paper/plane.h"
#include "superpose/paper/predicates.h"

namespace superpose::paper {
namespace {

// The main run has the correlated pairs. The other pictures show its companions.
constexpr const char* kToml = R"(name = "correlated"

[model]
kind        = "relu_output"
n_features  = 4
n_hidden    = 2
n_instances = 5

[data]
feature_probability = 0.03
sets = [ { correlated = [0, 1] }, { correlated = [2, 3] } ]

[train]
steps      = 10000
batch_size = 1024
lr         = 3e-3
schedule   = "linear"
restarts   = 8
)";
constexpr const char* kAnticorrelated =
    "data.sets=[{ anticorrelated = [0, 1] }, { anticorrelated = [2, 3] }]";
constexpr const char* kThreePairs =
    "data.sets=[{ correlated = [0, 1] }, { correlated = [2, 3] }, { correlated = [4, 5] }]";

constexpr const char* kTwoSetsOfTen =
    "data.sets=[{ correlated = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] }, "
    "{ correlated = [10, 11, 12, 13, 14, 15, 16, 17, 18, 19] }]";

constexpr std::int64_t kSeeds = 40, kQuickSeeds = 10;

/// The largest |cosine| within 15 degrees of a right angle.
constexpr double kNearlyOrthogonal = 0.26;

/// Two sets of ten in ten dimensions. Their features may be up to 6 degrees off a right angle.
constexpr std::int64_t kSetSize = 10;
constexpr double kNearlyZeroCosine = 0.1;

bool pairs_are_orthogonal(std::span<const float> W) {
  const Plane model(W);
  return model.all_represented() && std::abs(model.cosine(0, 1)) <= kNearlyOrthogonal &&
         std::abs(model.cosine(2, 3)) <= kNearlyOrthogonal;
}

bool pairs_are_antipodal(std::span<const float> W) {
  const Plane model(W);
  return model.all_represented() && model.cosine(0, 1) < kAntipodalCosine &&
         model.cosine(2, 3) < kAntipodalCosine;
}

/// The largest |cosine| between features of the same set, the first ten or the last ten.
double largest_cosine_within_sets(std::span<const float> W) {
  const auto half = W.size() / 2;
  return std::max(Geometry(W.first(half), kSetSize).largest_cosine(),
                  Geometry(W.subspan(half), kSetSize).largest_cosine());
}

bool sets_are_nearly_orthogonal_inside(std::span<const float> W) {
  const auto n = static_cast<std::int64_t>(W.size()) / kSetSize;
  return std::ssize(Geometry(W, kSetSize).represented()) == n &&
         largest_cosine_within_sets(W) <= kNearlyZeroCosine;
}

std::string of_the_models(std::int64_t restarts) {
  return restarts == 1 ? "of the models" : fmt::format("of the models, each the best of {}", restarts);
}

/// Claims something of most models, each the best of the experiment's restarts: measures the share of them
/// for which the predicate is true. returns: nothing when stopped.
template <class Predicate>
std::optional<Claim> share_of_seeds(const ClaimsRequest& request, Experiment experiment, std::string claim,
                                    const Predicate& predicate) {
  experiment.model.shape.n_instances = request.quick ? kQuickSeeds : kSeeds;
  experiment.train.seed += 1;  // so that the claims rest on other trainings than the picture
  Trainer trainer(experiment.ensemble(), experiment.train, request.threads);
  const auto trained = trainer.finish(request.stop);
  if (!trained) return std::nullopt;
  const std::int64_t models = trained->model.shape().n_instances;
  std::int64_t count = 0;
  bool all_finite = true;
  for (std::int64_t i = 0; i < models; ++i) {
    count += predicate(trained->model.W(i)) ? 1 : 0;
    all_finite = all_finite && is_finite(trained->model, i);
  }
  return Claim{.claim = std::move(claim),
               .criterion = at_least(kNearlyAlways, of_the_models(experiment.train.restarts)),
               .measured = share(count, models, all_finite),
               .seeds = models * experiment.train.restarts};
}

FeatureSet pair(FeatureSet::Rule rule, std::int64_t first) {
  return {.rule = rule, .members = {{.feature = first}, {.feature = first + 1}}};
}

FeatureSet set_of_ten(std::int64_t first) {
  FeatureSet set{.rule = FeatureSet::Rule::kCorrelated, .members = {}};
  for (std::int64_t f = first; f < first + kSetSize; ++f) set.members.push_back({.feature = f});
  return set;
}

std::optional<Claims> measure(const ClaimsRequest& request) {
  const Experiment& experiment = request.experiment;
  const auto& model = experiment.model;
  using Rule = FeatureSet::Rule;
  const std::vector<FeatureSet> correlated = {pair(Rule::kCorrelated, 0), pair(Rule::kCorrelated, 2)};
  // The claims are about this experiment only.
  if (model.kind != ModelKind::kReluOutput || model.shape.n_features != 4 || model.shape.n_hidden != 2 ||
      experiment.data.distribution.sets != correlated)
    return Claims();

  Experiment anticorrelated = experiment;
  anticorrelated.data.distribution.sets = {pair(Rule::kAnticorrelated, 0), pair(Rule::kAnticorrelated, 2)};
  Experiment three = experiment;
  three.model.shape.n_features = 6;
  three.data.distribution.sets.push_back(pair(Rule::kCorrelated, 4));

  Experiment two_sets = experiment;
  two_sets.model.shape.n_features = 2 * kSetSize;
  two_sets.model.shape.n_hidden = kSetSize;
  two_sets.data.distribution.sets = {set_of_ten(0), set_of_ten(kSetSize)};
  two_sets.train.restarts = 1;

  Claims claims;
  for (const auto& claim :
       {share_of_seeds(request, experiment, "features of a correlated pair are orthogonal",
                       pairs_are_orthogonal),
        share_of_seeds(request, anticorrelated, "features of an anticorrelated pair are antipodal",
                       pairs_are_antipodal),
        share_of_seeds(request, three, "of three correlated pairs in the plane, partners are neighbours",
                       [](std::span<const float> W) { return Plane(W).partners_are_neighbours(); }),
        share_of_seeds(request, two_sets,
                       "of two correlated sets of ten in ten dimensions, each is nearly orthogonal inside",
                       sets_are_nearly_orthogonal_inside)}) {
    if (!claim) return std::nullopt;
    claims.push_back(*claim);
  }
  return claims;
}

}  // namespace

CatalogueEntry correlated() {
  return {.name = "correlated",
          .summary = "pairs of features that occur together, or never: orthogonal, antipodal, neighbours",
          .toml = kToml,
          .quick = {"train.steps=3000"},
          .companions = {{.directory = "three-pairs", .overrides = {"model.n_features=6", kThreePairs}},
                         {.directory = "anticorrelated", .overrides = {kAnticorrelated}},
                         {.directory = "two-sets-of-ten",
                          .overrides = {"model.n_features=20", "model.n_hidden=10", kTwoSetsOfTen,
                                        "train.restarts=1"}}},
          .figures = {"sets"},
          .measure = measure};
}

}  // namespace superpose::paper
