#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "superpose/analysis/outcome.h"
#include "superpose/run/run.h"

namespace superpose::run {

/// What measure() says about a run's restarts.
struct RestartMetrics {
  // (n_instances), of the losses of each instance's restarts, as in analysis/spread.h
  std::vector<double> lowest_loss{}, median_loss{}, highest_loss{}, share_of_lowest_loss{};
  std::vector<std::int64_t> kept_restart{};  ///< (n_instances)
  std::int64_t restarts = 0;                 ///< number of restarts of each instance
  /// (n_instances): the outcomes of each instance's restarts, the most frequent first. Empty when the run did
  /// not record the restarts' models.
  std::vector<std::vector<OutcomeCount>> outcomes{};
};

/// The metrics of a run, as values for any printer.
struct Metrics {
  Shape shape;
  // (n_instances, n_features), as in analysis/metrics.h
  std::vector<double> norms, polysemanticity, net_interference, dimensionality;
  // (n_instances)
  std::vector<double> dimensions_per_feature, capacity;
  std::vector<double> loss;  ///< on fresh data
  // (n_instances, n_features), as in analysis/feature_tradeoff.h; empty for kinds and data without a closed
  // form
  std::vector<double> feature_benefit{}, interference_loss{};
  std::optional<RestartMetrics> restarts{};  ///< only of runs with several restarts

  // For tables of instances.
  std::vector<double> mean_feature_probability{};    ///< (n_instances)
  std::vector<std::int64_t> represented_features{};  ///< (n_instances); -1 where the weights are not finite
  std::vector<double> mean_polysemanticity{};        ///< (n_instances)
};

/// Measures a run.
Metrics measure(const Run& run);

/// A metric with the name that the command, Python and files call it by.
struct NamedMetric {
  std::string_view name;
  bool of_features = false;  ///< whether values are (n_instances, n_features); else (n_instances)
  std::span<const double> values;
};

/// The metrics that have a number for every feature or every instance, in the order in which they are
/// printed. Those of the restarts are not among them. The spans are valid as long as `metrics`.
std::vector<NamedMetric> named_metrics(const Metrics& metrics);

/// The metrics of the restarts' losses, a number for every instance. Views, as above.
std::vector<NamedMetric> named_metrics(const RestartMetrics& metrics);

}  // namespace superpose::run
