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
  std::filesystem::path directory;    ///< made if need be; an older sweep there is replaced
  int threads = 0;                    ///< of each job; 0: all of the machine's
  bool resume = false;                ///< skip what is whole, go on with what is not
  bool overwrite = false;             ///< replace what superpose wrote there, even a run or a study
  double checkpoint_seconds = 2;      ///< training time between checkpoints
  StopToken stop{};                   ///< stop soon, leaving what can be resumed
  Executor execute = run_in_turn;     ///< does the jobs, one a run
  std::int64_t progress_every = 100;  ///< steps of a job between messages
  std::function<void(const TrainingProgress&)> progress{};  ///< over the whole sweep. Must not throw
  const Directory* root = nullptr;  ///< what `directory` is relative to; none: the process's directory
  Warn warn{};                      ///< as of RunOptions
};

/// Trains a sweep into a directory: experiment.toml first, then a run directory for each of its runs, and
/// sweep.json last.
/// Errors: as of run_experiment.
RunEnd run_sweep(const Sweep& sweep, const SweepOptions& options);

/// Trains a sweep without any files.
/// returns: a model for each of sweep.runs; nothing when stopped.
std::optional<std::vector<TrainedModel>> train_sweep(const Sweep& sweep, int threads = 0,
                                                     const StopToken& stop = {});

/// A sweep that was run: what a point trained is runs[point.run], instances first_instance and on.
struct SweepResults {
  std::vector<SweepPoint> points;
  std::vector<run::Run> runs;
};

/// Where a run of a sweep is, from the sweep's directory: "runs/000".
std::string sweep_run_path(std::size_t run);

/// Reads a sweep's directory. Errors: InvalidRequest that names the file at fault; NotFinished.
SweepResults load_sweep_results(const Directory& directory);
SweepResults load_sweep_results(const std::filesystem::path& directory);

}  // namespace superpose::store
