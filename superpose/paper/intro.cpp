#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "superpose/paper/entries.h"
#include "superpose/paper/predicates.h"

namespace superpose::paper {
namespace {

// With this seed all ten instances end in the shapes that the claims are about, so the picture looks like the
// paper's. How often that happens is what the claims measure, over other seeds.
constexpr const char* kToml = R"(name = "intro"

[model]
kind       = "relu_output"
n_features = 5
n_hidden   = 2
n_instances = 10

[data]
feature_probability = { geometric = [1.0, 0.05] }
importance          = { power = 0.9 }

[train]
steps      = 10000
batch_size = 1024
lr         = 1e-3
seed       = 5
)";

constexpr std::int64_t kSeeds = 20, kQuickSeeds = 10;

/// The claim about 80 % sparsity is measured at the instance nearest to p = 0.2, if it is this close.
constexpr double kNear = 0.05;

/// The instances whose probability is in [least, most].
std::vector<UniformInstance> between(std::vector<UniformInstance> instances, double least, double most) {
  std::erase_if(instances, [&](const UniformInstance& one) {
    return one.feature_probability < least || one.feature_probability > most;
  });
  return instances;
}

/// The instance nearest to p = 0.2. returns: one instance, or none when all are too far.
std::vector<UniformInstance> about_80_percent_sparse(const std::vector<UniformInstance>& all) {
  const auto near = between(all, 0.2 - kNear, 0.2 + kNear);
  const auto nearest = std::ranges::min_element(
      near, {}, [](const UniformInstance& one) { return std::abs(one.feature_probability - 0.2); });
  return nearest == near.end() ? std::vector<UniformInstance>{} : std::vector<UniformInstance>{*nearest};
}

/// A claim about some of the instances. It is left out when the experiment has none of them.
struct InstancesClaim {
  std::string claim;
  std::vector<UniformInstance> instances;
  Predicate predicate;
  double least;
};

std::vector<InstancesClaim> claims_of(const Experiment& experiment) {
  const auto all = uniform_instances(experiment);
  std::vector<InstancesClaim> claims;
  const auto add = [&](InstancesClaim claim) {
    if (!claim.instances.empty()) claims.push_back(std::move(claim));
  };
  const auto dense = between(all, 1, 1);
  if (!dense.empty()) {
    if (const auto most = most_important(importance_of(experiment, dense.front().instance), 2)) {
      add({.claim = "dense: the two most important features are kept, orthogonal, and the others dropped",
           .instances = {dense.front()},
           .predicate = [most](const TrainedInstance& model) { return keeps_exactly(model, *most); },
           .least = kNearlyAlways});
    }
  }
  add({.claim = "about 80 % sparse: two antipodal pairs, and one feature dropped",
       .instances = about_80_percent_sparse(all),
       .predicate = is_two_digons_and_one_dropped,
       .least = kMostly});
  add({.claim = "90 % sparse and more: a pentagon",
       .instances = between(all, 0, 0.1),
       .predicate = is_pentagon,
       .least = kMostly});
  return claims;
}

std::optional<Claims> measure(const ClaimsRequest& request) {
  const auto& model = request.experiment.model;
  // The claims are about this kind and shape.
  if (model.kind != ModelKind::kReluOutput || model.shape.n_features != 5 || model.shape.n_hidden != 2)
    return Claims();

  Claims claims;
  for (const auto& [claim, instances, predicate, least] : claims_of(request.experiment)) {
    const auto models = train_over_seeds(
        request, {.kind = model.kind, .instances = instances, .seeds = request.quick ? kQuickSeeds : kSeeds});
    if (!models) return std::nullopt;
    claims.push_back(share_claim(claim, *models, predicate, least));
  }
  return claims;
}

}  // namespace

CatalogueEntry intro() {
  return {
      .name = "intro",
      .summary = "five features in the plane: from the two most important to a pentagon as they get sparser",
      .toml = kToml,
      .quick = {},  // training is quick already; the quick version has fewer seeds
      .companions = {},
      .figures = {"intro"},
      .measure = measure,
      .chosen_seed = "seed 5, chosen so that all ten come out as claimed"};
}

}  // namespace superpose::paper
