#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "superpose/analysis/outcome.h"
#include "superpose/analysis/spread.h"
#include "superpose/run/run.h"

namespace superpose::run {

/// What is measured of a run's restarts.
struct RestartMetrics {
  std::vector<LossSpread> spread;          ///< (n_instances), of the losses of each instance's restarts
  std::vector<std::int64_t> kept_restart;  ///< (n_instances)
  std::int64_t restarts = 0;               ///< of each instance
  /// (n_instances): what the restarts settled in, the most frequent first; empty where their models are not
  /// recorded.
  std::vector<std::vector<OutcomeCount>> outcomes{};
};

/// What is measured of a run: values, whoever prints them.
struct Metrics {
  Shape shape;
  // (n_instances, n_features), as in analysis/metrics.h
  std::vector<double> norms, polysemanticity, net_interference, dimensionality;
  // (n_instances)
  std::vector<double> dimensions_per_feature, capacity;
  std::vector<double> loss;  ///< on fresh data
  // (n_instances, n_features), as in analysis/feature_tradeoff.h; empty for the kinds and the data that have
  // no closed form
  std::vector<double> feature_benefit{}, interference_loss{};
  std::optional<RestartMetrics> restarts{};  ///< with several restarts

  // For tables of instances.
  std::vector<double> mean_feature_probability{};    ///< (n_instances)
  std::vector<std::int64_t> represented_features{};  ///< (n_instances); -1 where the weights are not finite
  std::vector<double> mean_polysemanticity{};        ///< (n_instances)
};

/// Measures a run.
Metrics measure(const Run& run);

/// A metric by its name, as every printer calls it.
struct NamedMetric {
  std::string_view name;
  bool of_features = false;  ///< (n_instances, n_features) rather than (n_instances)
  std::span<const double> values;
};

/// The metrics that are a number for every feature or instance, in the order in which they are printed, those
/// of the restarts apart. Views: valid while `metrics` is.
std::vector<NamedMetric> named_metrics(const Metrics& metrics);

}  // namespace superpose::run
