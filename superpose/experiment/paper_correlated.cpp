#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "superpose/experiment/paper_claims.h"
#include "superpose/experiment/paper_entries.h"

namespace superpose::paper {
namespace {

// The main run are the correlated pairs; the other two pictures are its companions.
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

constexpr std::int64_t kSeeds = 40, kQuickSeeds = 10;

/// Within 15 degrees of a right angle.
constexpr double kNearlyOrthogonal = 0.26;

/// A trained model in the plane, feature by feature.
class Plane {
 public:
  explicit Plane(std::span<const float> W) : W_(W.begin(), W.end()) {}

  [[nodiscard]] std::size_t features() const { return W_.size() / 2; }
  [[nodiscard]] double cosine(std::size_t f, std::size_t g) const {
    return (x(f) * x(g) + y(f) * y(g)) / (norm(f) * norm(g));
  }
  [[nodiscard]] bool all_represented() const {
    for (std::size_t f = 0; f < features(); ++f) {
      if (!(norm(f) > kRepresentedNorm)) return false;
    }
    return true;
  }
  /// The features around the origin, counter-clockwise.
  [[nodiscard]] std::vector<std::size_t> around() const {
    std::vector<std::size_t> order(features());
    for (std::size_t f = 0; f < features(); ++f) order[f] = f;
    std::ranges::sort(order, {}, [&](std::size_t f) { return std::atan2(y(f), x(f)); });
    return order;
  }

 private:
  [[nodiscard]] double x(std::size_t f) const { return static_cast<double>(W_[2 * f]); }
  [[nodiscard]] double y(std::size_t f) const { return static_cast<double>(W_[2 * f + 1]); }
  [[nodiscard]] double norm(std::size_t f) const { return std::hypot(x(f), y(f)); }

  std::vector<float> W_;
};

bool pairs_are_orthogonal(const Plane& model) {
  return model.all_represented() && std::abs(model.cosine(0, 1)) <= kNearlyOrthogonal &&
         std::abs(model.cosine(2, 3)) <= kNearlyOrthogonal;
}

bool pairs_are_antipodal(const Plane& model) {
  return model.all_represented() && model.cosine(0, 1) < kAntipodalCosine &&
         model.cosine(2, 3) < kAntipodalCosine;
}

/// Whether each feature's partner, 2 k for 2 k + 1, is its neighbour around the origin.
bool partners_are_neighbours(const Plane& model) {
  if (!model.all_represented()) return false;
  const auto around = model.around();
  const std::size_t n = around.size();
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t partner = around[i] ^ 1U;
    if (around[(i + 1) % n] != partner && around[(i + n - 1) % n] != partner) return false;
  }
  return true;
}

/// Share of the models for which the predicate is true: each the best of the experiment's restarts.
template <class Predicate>
std::optional<Claim> plane_claim(const ClaimsRequest& request, Experiment experiment, std::string claim,
                                 const Predicate& predicate) {
  experiment.model.shape.n_instances = request.quick ? kQuickSeeds : kSeeds;
  experiment.train.seed += 1;  // other trainings than the picture's
  Trainer trainer(experiment.ensemble(), experiment.train, request.threads);
  if (!trainer.run(request.stop)) return std::nullopt;
  const TrainedModel trained = trainer.result();
  const std::int64_t models = trained.model.shape().n_instances;
  std::int64_t count = 0;
  for (std::int64_t i = 0; i < models; ++i) count += predicate(Plane(trained.model.W(i))) ? 1 : 0;
  const double share = static_cast<double>(count) / static_cast<double>(models);
  return Claim{.claim = std::move(claim),
               .expected = fmt::format("at least {} of the models, each the best of {}", kNearlyAlways,
                                       experiment.train.restarts),
               .measured = share,
               .holds = share >= kNearlyAlways,
               .seeds = models * experiment.train.restarts};
}

FeatureSet pair(FeatureSet::Rule rule, std::int64_t first) {
  return {.rule = rule, .members = {{.feature = first}, {.feature = first + 1}}};
}

std::vector<Claim> measure(const ClaimsRequest& request) {
  const Experiment& experiment = request.experiment;
  const auto& model = experiment.model;
  using Rule = FeatureSet::Rule;
  const std::vector<FeatureSet> correlated = {pair(Rule::kCorrelated, 0), pair(Rule::kCorrelated, 2)};
  // The claims are about this.
  if (model.kind != ModelKind::kReluOutput || model.shape.n_features != 4 || model.shape.n_hidden != 2 ||
      experiment.data.distribution.sets != correlated)
    return {};

  Experiment anticorrelated = experiment;
  anticorrelated.data.distribution.sets = {pair(Rule::kAnticorrelated, 0), pair(Rule::kAnticorrelated, 2)};
  Experiment three = experiment;
  three.model.shape.n_features = 6;
  three.data.distribution.sets.push_back(pair(Rule::kCorrelated, 4));

  std::vector<Claim> claims;
  for (const auto& claim :
       {plane_claim(request, experiment, "features of a correlated pair are orthogonal",
                    pairs_are_orthogonal),
        plane_claim(request, anticorrelated, "features of an anticorrelated pair are antipodal",
                    pairs_are_antipodal),
        plane_claim(request, three, "of three correlated pairs in the plane, partners are neighbours",
                    partners_are_neighbours)}) {
    if (!claim) return {};  // stopped
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
                         {.directory = "anticorrelated", .overrides = {kAnticorrelated}}},
          .figures = {"sets"},
          .measure = measure};
}

}  // namespace superpose::paper
