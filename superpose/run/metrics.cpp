#include "superpose/run/metrics.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "superpose/analysis/feature_tradeoff.h"
#include "superpose/analysis/geometry.h"
#include "superpose/analysis/metrics.h"
#include "superpose/analysis/spread.h"

namespace superpose::run {
namespace {

/// The losses of all restarts of an instance.
std::vector<double> restart_losses(const Run& run, std::size_t instance) {
  std::vector<double> losses;
  for (std::size_t at = instance; at < run.restart_loss.size(); at += run.model.shape().instances())
    losses.push_back(static_cast<double>(run.restart_loss[at]));
  return losses;
}

/// The outcomes of all restarts of an instance, counted.
std::vector<OutcomeCount> restart_outcomes(const Run& run, std::size_t instance) {
  std::vector<std::string> outcomes;
  for (const Model& model : run.restart_models)
    outcomes.push_back(outcome(model.W(instance), model.shape().n_hidden));
  return count_outcomes(outcomes, restart_losses(run, instance));
}

RestartMetrics measure_restarts(const Run& run) {
  RestartMetrics metrics{.kept_restart = run.kept_restart};
  const std::size_t instances = run.model.shape().instances();
  metrics.restarts = static_cast<std::int64_t>(run.restart_loss.size() / instances);
  for (std::size_t i = 0; i < instances; ++i) {
    const LossSpread spread = loss_spread(restart_losses(run, i));
    metrics.lowest_loss.push_back(spread.lowest);
    metrics.median_loss.push_back(spread.median);
    metrics.highest_loss.push_back(spread.highest);
    metrics.share_of_lowest_loss.push_back(spread.share_of_lowest);
    if (!run.restart_models.empty()) metrics.outcomes.push_back(restart_outcomes(run, i));
  }
  return metrics;
}

/// Adds benefit and interference of each feature, for kinds and data that have a closed form.
void add_tradeoff(const Run& run, Metrics& metrics) {
  const ModelKind kind = run.model.kind();
  if (kind != ModelKind::kLinear && kind != ModelKind::kReluOutput) return;
  if (run.experiment.data.distribution != DistributionOptions{}) return;
  auto tradeoff = feature_tradeoff(run.model.W(), run.model.b_final(),
                                   {.kind = kind,
                                    .shape = run.model.shape(),
                                    .feature_probability = run.feature_probability,
                                    .importance = run.importance});
  metrics.feature_benefit = std::move(tradeoff.benefit);
  metrics.interference_loss = std::move(tradeoff.interference_loss);
}

/// Adds what tables of instances show instead of a number for every feature.
void add_summaries(const Run& run, Metrics& metrics) {
  const Shape& shape = metrics.shape;
  for (std::size_t i = 0; i < shape.instances(); ++i) {
    const auto of_instance = [&](const auto& values) { return shape.row(std::span(values), i); };
    const auto mean = [&](const auto& values) {
      const auto own = of_instance(values);
      return std::accumulate(own.begin(), own.end(), 0.0) / static_cast<double>(own.size());
    };
    const auto norms = of_instance(metrics.norms);
    const bool finite = std::ranges::all_of(norms, [](double norm) { return std::isfinite(norm); });
    const auto represented =
        std::ranges::count_if(norms, [](double norm) { return norm > kRepresentedNorm; });
    metrics.mean_feature_probability.push_back(mean(run.feature_probability));
    metrics.represented_features.push_back(finite ? represented : -1);
    metrics.mean_polysemanticity.push_back(mean(metrics.polysemanticity));
  }
}

}  // namespace

Metrics measure(const Run& run) {
  const auto W = run.model.W();
  const Shape& shape = run.model.shape();
  Metrics metrics{.shape = shape,
                  .norms = norms(W, shape),
                  .polysemanticity = polysemanticity(W, shape),
                  .net_interference = net_interference(W, run.feature_probability, shape),
                  .dimensionality = dimensionality(W, shape),
                  .dimensions_per_feature = dimensions_per_feature(W, shape),
                  .capacity = capacity(W, shape),
                  .loss = {run.loss.begin(), run.loss.end()}};
  add_tradeoff(run, metrics);
  if (!run.restart_loss.empty()) metrics.restarts = measure_restarts(run);
  add_summaries(run, metrics);
  return metrics;
}

std::vector<NamedMetric> named_metrics(const Metrics& metrics) {
  constexpr bool kOfFeatures = true, kOfInstances = false;
  std::vector<NamedMetric> named = {{"norms", kOfFeatures, metrics.norms},
                                    {"polysemanticity", kOfFeatures, metrics.polysemanticity},
                                    {"net_interference", kOfFeatures, metrics.net_interference},
                                    {"dimensionality", kOfFeatures, metrics.dimensionality},
                                    {"dimensions_per_feature", kOfInstances, metrics.dimensions_per_feature},
                                    {"capacity", kOfInstances, metrics.capacity},
                                    {"loss", kOfInstances, metrics.loss}};
  if (metrics.feature_benefit.empty()) return named;
  named.push_back({"feature_benefit", kOfFeatures, metrics.feature_benefit});
  named.push_back({"interference_loss", kOfFeatures, metrics.interference_loss});
  return named;
}

std::vector<NamedMetric> named_metrics(const RestartMetrics& metrics) {
  return {{.name = "lowest_loss", .values = metrics.lowest_loss},
          {.name = "median_loss", .values = metrics.median_loss},
          {.name = "highest_loss", .values = metrics.highest_loss},
          {.name = "share_of_lowest_loss", .values = metrics.share_of_lowest_loss}};
}

}  // namespace superpose::run
