#pragma once

#include <cstdint>
#include <vector>

#include "superpose/experiment/experiment.h"
#include "superpose/models/model.h"
#include "superpose/train/history.h"

namespace superpose::run {

/// A finished run: the experiment and its results.
struct Run {
  Experiment experiment;
  Model model;
  /// (n_instances, n_features): the probability that a feature is active. NaN where it is not known, which no
  /// file holds.
  std::vector<float> feature_probability;
  std::vector<float> importance;  ///< (n_instances, n_features)
  std::vector<float> loss;        ///< (n_instances), on fresh data
  History history;                ///< of the restarts that were kept

  // Of runs with several restarts; empty where an older version wrote the run.
  std::vector<float> restart_loss{};         ///< (restarts, n_instances), all on the same fresh data
  std::vector<std::int64_t> kept_restart{};  ///< (n_instances): the restart that was kept
  std::vector<Model> restart_models{};       ///< (restarts) models; empty unless [record] asks for them
};

}  // namespace superpose::run
