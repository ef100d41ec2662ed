#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "superpose/experiment/sweep.h"
#include "superpose/store/jobs.h"

namespace superpose::store {

/// How to run a sweep.
struct SweepOptions {
  std::filesystem::path directory;    ///< made if absent
  int threads = 0;                    ///< of each job; 0: one for each hardware thread
  bool resume = false;                ///< skip runs that are whole and go on with the others
  bool overwrite = false;             ///< replace what superpose wrote there, of any kind
  double checkpoint_seconds = 2;      ///< training time between checkpoints
  StopToken stop{};                   ///< asks to stop soon and leave what can be resumed
  Executor execute = run_in_turn;     ///< does the jobs, one for each run
  std::int64_t progress_every = 100;  ///< steps of a job between two messages
  std::function<void(const TrainingProgress&)>
      progress{};  ///< told the whole sweep's progress where `execute` tells it. Must not throw
  const Directory* root = nullptr;  ///< what `directory` is relative to; null: the process's directory
  Warn warn{};                      ///< as of RunOptions
};

/// Trains a sweep into a directory. experiment.toml is written first, then a run directory for each run, and
/// sweep.json last. Errors: as of run_experiment.
RunEnd run_sweep(const Sweep& sweep, const SweepOptions& options);

/// Trains a sweep without any files.
/// returns: a model for each of sweep.runs; nothing when stopped.
std::optional<std::vector<TrainedModel>> train_sweep(const Sweep& sweep, int threads = 0,
                                                     const StopToken& stop = {});

/// The results of a sweep. The instances of a point are those of runs[point.run] from first_instance on.
struct SweepResults {
  std::vector<SweepPoint> points;
  std::vector<run::Run> runs;
};

using superpose::sweep_run_path;

/// The swept values of a point as a JSON object, in the file's order. Each is of the type that it has in the
/// file: a number, text, true or false, an array, an object.
std::string values_json(const SweepPoint& point);

/// Reads a sweep's directory. Errors: InvalidRequest that names the file at fault; NotFinished when the sweep
/// is not whole.
SweepResults load_sweep_results(const Directory& directory);
SweepResults load_sweep_results(const std::filesystem::path& directory);

}  // namespace superpose::store
