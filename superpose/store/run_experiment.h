#pragma once

#include <cstdint>
#include <filesystem>
#include <utility>
#include <vector>

#include "superpose/core/stop.h"
#include "superpose/store/run_directory.h"
#include "superpose/train/trainer.h"

namespace superpose::store {

/// How to run an experiment.
struct RunOptions {
  std::filesystem::path directory;  ///< made if absent
  int threads = 0;                  ///< 0: one for each hardware thread
  bool resume = false;              ///< go on from the directory's checkpoint if it has one
  bool overwrite = false;           ///< replace what superpose wrote there, of any kind
  double checkpoint_seconds = 2;    ///< training time between checkpoints
  StopToken stop{};                 ///< asks to stop soon and leave a checkpoint
  std::vector<std::pair<std::int64_t, Observer>>
      observers{};                  ///< pairs (every, observer), besides the history
  const Directory* root = nullptr;  ///< what `directory` is relative to; null: the process's directory
  Warn warn{};                      ///< called when a checkpoint cannot be written; it is tried again later
};

/// Trains the experiment into a run directory. experiment.toml is written first, checkpoints on the way, and
/// the results at the end, each file whole or not at all. model.safetensors comes last and makes the run
/// whole; beside it a checkpoint stays from which `resume` makes the run longer, where the learning rate is
/// constant. A whole run of this experiment is left as it is. The training goes on when a checkpoint cannot
/// be written. Errors: OtherResults and Interrupted where neither resume nor overwrite says what is to become
/// of results that are there; InvalidRequest (nothing written) when the experiment cannot be trained, the
/// directory cannot be written to or is in use, or on resume holds another experiment or a broken checkpoint;
/// Error when the results cannot be written.
RunEnd run_experiment(const Experiment& experiment, const RunOptions& options);

/// The instances whose loss is not finite, in ascending order. loss: (n_instances).
std::vector<std::int64_t> instances_without_finite_loss(std::span<const float> loss);

}  // namespace superpose::store
