#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "superpose/core/order_statistics.h"
#include "superpose/paper/entries.h"
#include "superpose/paper/predicates.h"

namespace superpose::paper {
namespace {

constexpr const char* kToml = R"(name = "features"

[model]
kind        = "relu_output"
n_features  = 20
n_hidden    = 5
n_instances = 7

[data]
feature_probability = [1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001]
importance          = { power = 0.7 }

[train]
steps      = 10000
batch_size = 1024
lr         = 1e-3
)";

constexpr std::int64_t kSeeds = 20, kQuickSeeds = 5;

/// A bias counts as 0, or as the mean p/2, when it is this close.
constexpr double kBiasTolerance = 0.05;

/// Features count as highly sparse from this density down: 90 % sparse.
constexpr double kSparse = 0.1;

/// The share of the features that counts as every feature.
constexpr double kNearlyAll = 0.95;

using Models = std::span<const TrainedInstance>;

Claim bias_claim(const std::string& which, Models models, double feature_probability) {
  double furthest = 0;
  for (const auto& model : models)
    furthest = larger(furthest, model.is_finite ? bias_deviation(model, feature_probability) : NAN);
  return {.claim = which + ": the bias is 0 for kept features and the mean, p/2, for dropped ones",
          .criterion = at_most(kBiasTolerance, "off, the furthest"),
          .measured = furthest,
          .seeds = std::ssize(models)};
}

/// Claims about dense features. Without sparsity there is no superposition: the model is a principal
/// component analysis.
void add_dense_claims(Claims& claims, const std::string& which, Models models, const Experiment& experiment,
                      std::int64_t instance) {
  const auto most = most_important(importance_of(experiment, instance), experiment.model.shape.n_hidden);
  if (!most) return;
  claims.push_back(share_claim(
      which + ": exactly the n_hidden most important features are kept", models,
      [&](const TrainedInstance& model) { return keeps_exactly(model, *most); }, kNearlyAlways));
  claims.push_back(bias_claim(which, models, 1));
}

/// Measures the mean share of the features that are represented in superposition.
Claim every_feature_claim(Models models) {
  double sum = 0;
  for (const auto& model : models) {
    sum += static_cast<double>(model.geometry.in_superposition().size()) /
           static_cast<double>(model.b_final.size());
  }
  const bool all_finite = std::ranges::all_of(models, &TrainedInstance::is_finite);
  return {.claim = "at high sparsity every feature is represented, in superposition",
          .criterion = at_least(kNearlyAll, "of the features, on average"),
          .measured = all_finite ? sum / static_cast<double>(models.size()) : NAN,
          .seeds = std::ssize(models)};
}

void add_sparse_claims(Claims& claims, Models models) {
  claims.push_back(every_feature_claim(models));
  claims.push_back(share_claim("at high sparsity every represented feature is in superposition", models,
                               all_represented_in_superposition, kNearlyAlways));
  claims.push_back(share_claim("at high sparsity the biases of represented features are negative", models,
                               represented_biases_are_negative, kNearlyAlways));
}

std::optional<Claims> measure(const ClaimsRequest& request) {
  const Experiment& experiment = request.experiment;
  const auto train = [&](ModelKind kind, const UniformInstance& one) {
    return train_over_seeds(
        request, {.kind = kind, .instances = {&one, 1}, .seeds = request.quick ? kQuickSeeds : kSeeds});
  };

  Claims claims;
  const auto linear = train(ModelKind::kLinear, {.instance = 0, .feature_probability = 1});
  if (!linear) return std::nullopt;
  add_dense_claims(claims, "linear", *linear, experiment, 0);
  if (experiment.model.kind != ModelKind::kReluOutput)
    return claims;  // the other claims are about ReLU outputs

  const auto all = uniform_instances(experiment);
  bool begun = false;
  for (const UniformInstance& one : all) {
    const bool dense = one.feature_probability == 1;
    const bool sparsest = &one == &all.back() && one.feature_probability <= kSparse;
    if (begun && !sparsest) continue;
    const auto models = train(experiment.model.kind, one);
    if (!models) return std::nullopt;

    if (dense && &one == &all.front()) add_dense_claims(claims, "dense", *models, experiment, one.instance);
    if (!begun && std::ranges::count_if(*models, has_superposition) * 2 >= std::ssize(*models)) {
      begun = true;
      // If the densest instance already has superposition, its onset lies outside the experiment.
      if (&one != &all.front())
        std::ranges::move(onset_claims(*models, importance_of(experiment, one.instance)),
                          std::back_inserter(claims));
    }
    if (sparsest) add_sparse_claims(claims, *models);
  }
  return claims;
}

}  // namespace

Claims onset_claims(std::span<const TrainedInstance> models, std::span<const float> importance) {
  Claims claims;
  std::vector<TrainedInstance> begun;
  std::ranges::copy_if(models, std::back_inserter(begun), [](const TrainedInstance& model) {
    return has_superposition(model) && !all_represented_in_superposition(model);
  });
  if (!begun.empty() && std::ranges::min(importance) < std::ranges::max(importance)) {
    claims.push_back(share_claim(
        "superposition begins with less important features: less so on average than those with a dimension "
        "of their own",
        begun, [&](const TrainedInstance& model) { return less_important_on_average(model, importance); },
        kNearlyAlways));
    claims.push_back(share_claim(
        "superposition begins with less important features: each less so than any with a dimension of its "
        "own",
        begun, [&](const TrainedInstance& model) { return each_less_important(model, importance); },
        kMostly));
  }
  claims.push_back(share_claim("superposition begins as antipodal pairs", models, superposition_is_antipodal,
                               kNearlyAlways));
  return claims;
}

CatalogueEntry features() {
  return {.name = "features",
          .summary = "twenty features in five dimensions: linear, dense and ever sparser",
          .toml = kToml,
          .quick = {"train.steps=5000", "train.lr=2e-3"},
          .companions = {{.directory = "linear",
                          .overrides = {"model.kind=linear", "model.n_instances=1",
                                        "data.feature_probability=1.0"}}},
          .figures = {"features"},
          .measure = measure};
}

}  // namespace superpose::paper
