#include "superpose/experiment/memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "superpose/core/threads.h"
#include "superpose/train/trainer.h"

namespace superpose {

double training_bytes(const Experiment& experiment) {
  const auto instances = static_cast<double>(experiment.model.shape.n_instances);
  const auto features = static_cast<double>(experiment.model.shape.n_features);
  const auto hidden = static_cast<double>(experiment.model.shape.n_hidden);
  const auto members = instances * static_cast<double>(experiment.train.restarts);
  const std::int64_t recorded = experiment.train.steps / experiment.record.every + 2;
  const auto rows = static_cast<double>(recorded);
  const ModelKind kind = experiment.model.kind;
  const double parameters = (parts(kind).tied ? 1 : 2) * features * hidden + features;

  // Besides the numbers, each member and instance takes a handful of words.
  const double lists = members * 4 * sizeof(double) + instances * 4 * sizeof(double);
  const double ensemble = members * parameters * 3 * sizeof(float);  // parameters and two moments
  const double kept = instances * parameters * sizeof(float);        // the result's copy
  const double tables = instances * features * 4 * sizeof(float);    // probability, its two forms, importance
  // The losses of all restarts and of the kept ones, and their models where those are recorded.
  const double history =
      rows * (members + instances) * (1 + (experiment.record.parameters ? parameters : 0)) * sizeof(float);
  const double restarts = experiment.record.all_restarts ? 2 * members * parameters * sizeof(float) : 0;
  const double checkpoint =
      2 * (ensemble + history);  // a checkpoint while it is written: the tensors, and the bytes of the file
  const double threads = std::min<double>(hardware_threads(), members);
  const double scratch =
      threads * most_scratch_bytes(kind, experiment.model.shape, experiment.train.batch_size);
  return lists + ensemble + kept + tables + restarts + history + checkpoint + scratch;
}

std::string describe_bytes(double bytes) {
  constexpr std::array units = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  std::size_t unit = 0;
  while (bytes >= 999.5 && unit + 1 < units.size()) {  // more would need a fourth digit
    bytes /= 1024;
    ++unit;
  }
  return fmt::format("{:.3g} {}", bytes, units[unit]);
}

}  // namespace superpose
