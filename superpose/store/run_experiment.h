#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <utility>
#include <vector>

#include "superpose/store/run_directory.h"
#include "superpose/train/trainer.h"

namespace superpose::store {

/// How to run an experiment.
struct RunOptions {
  std::filesystem::path directory;          ///< made if need be; an older run there is replaced
  int threads = 0;                          ///< 0: all of the machine's
  bool resume = false;                      ///< go on from the directory's checkpoint, if it has one
  double checkpoint_seconds = 2;            ///< training time between checkpoints
  const std::atomic<bool>* stop = nullptr;  ///< becomes true: stop soon, leaving a checkpoint
  std::vector<std::pair<std::int64_t, Observer>> observers{};  ///< (every, observer), beside the history's
};

enum class RunOutcome {
  kFinished,
  kStopped,      ///< asked to stop: a checkpoint is there to resume from
  kAlreadyDone,  ///< resume of a run that is whole: nothing was done
};

/// Trains the experiment into a run directory: experiment.toml first, checkpoints on the way, the results at
/// the end, each file whole or not at all. model.safetensors comes last: where it is, the run is whole.
/// Errors: InvalidRequest (nothing written) when the experiment cannot be trained, the directory cannot be
/// written to or is in use, or on resume holds another experiment or a broken checkpoint; Error when a file
/// cannot be written later on.
RunOutcome run_experiment(const Experiment& experiment, const RunOptions& options);

/// The instances whose loss is not finite, in order: what a command reports. loss: (n_instances).
std::vector<std::int64_t> instances_without_finite_loss(std::span<const float> loss);

}  // namespace superpose::store
