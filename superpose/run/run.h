#pragma once

#include <cstdint>
#include <vector>

#include "superpose/experiment/experiment.h"
#include "superpose/models/model.h"
#include "superpose/train/history.h"

namespace superpose::run {

/// A finished run: the experiment and what came out of it.
struct Run {
  Experiment experiment;
  Model model;
  /// (n_instances, n_features): that a feature is active; NaN, never in a file, where it is not known.
  std::vector<float> feature_probability;
  std::vector<float> importance;  ///< (n_instances, n_features)
  std::vector<float> loss;        ///< (n_instances), on fresh data
  History history;                ///< of the kept restarts

  /// With several restarts, unless an older version wrote the run: every restart's loss on the same fresh
  /// data, (restarts, n_instances), and which one was kept, (n_instances).
  std::vector<float> restart_loss{};
  std::vector<std::int64_t> kept_restart{};
  std::vector<Model> restart_models{};  ///< (restarts), each of n_instances; where [record] asks for them
};

}  // namespace superpose::run
