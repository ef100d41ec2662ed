#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <utility>

#include "superpose/store/description.h"
#include "superpose/store/run_experiment.h"
#include "superpose/train/progress.h"

namespace superpose::store {

/// Told how far the work is, on the thread that carries it out. Must not throw.
using TellProgress = std::function<void(const TrainingProgress&)>;

/// How to carry out what a file asks for.
struct CarryOutOptions {
  std::filesystem::path directory;  ///< made if absent
  int threads = 0;                  ///< 0: one for each hardware thread
  bool resume = false;              ///< go on with what the directory holds
  bool overwrite = false;           ///< replace what superpose wrote there, of any kind
  StopToken stop{};                 ///< asks to stop soon and leave what can be resumed
  TellProgress progress{};          ///< told of the whole run or sweep; a study tells nothing
  Warn warn{};                      ///< as of RunOptions
};

/// Trains the experiment or the sweep, or measures the study, into a directory. Errors: as of run_experiment,
/// run_sweep and run_study.
RunEnd carry_out(const Description& description, const CarryOutOptions& options);

/// The observer that tells how far a training is, and how often: where the history is recorded anyway, so
/// that watching causes no further pauses; more often in short trainings.
std::pair<std::int64_t, Observer> progress_observer(const Experiment& experiment, TellProgress progress);

}  // namespace superpose::store
