#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "superpose/experiment/sweep.h"
#include "superpose/store/run_directory.h"
#include "superpose/store/run_experiment.h"

namespace superpose::store {

/// The files of a sweep's directory, beside experiment.toml.
inline constexpr std::string_view kSweepFile = "sweep.json";  ///< the points; where it is, the sweep is whole
inline constexpr std::string_view kRunsDirectory = "runs";    ///< runs/000, runs/001, ...

/// Runs job(0), ..., job(n_jobs - 1), which do not depend on each other, in any order and wherever it likes,
/// and returns when all have ended.
using Executor = std::function<void(std::size_t n_jobs, const std::function<void(std::size_t job)>& job)>;

/// One job after the other in this process, each with all of its threads.
void run_in_turn(std::size_t n_jobs, const std::function<void(std::size_t job)>& job);

/// How to run a sweep.
struct SweepOptions {
  std::filesystem::path directory;          ///< made if need be; an older sweep there is replaced
  int threads = 0;                          ///< of each job; 0: all of the machine's
  bool resume = false;                      ///< skip what is whole, go on with what is not
  double checkpoint_seconds = 2;            ///< training time between checkpoints
  const std::atomic<bool>* stop = nullptr;  ///< becomes true: stop soon, leaving what can be resumed
  Executor execute = run_in_turn;
  /// (every, observer): sees every run; step and steps are over the whole sweep. Called by the jobs: an
  /// executor that runs several at a time needs one that can bear it.
  std::vector<std::pair<std::int64_t, Observer>> observers{};
};

/// Trains a sweep into a directory: experiment.toml first, then a run directory for each of its runs, and
/// sweep.json last.
/// Errors: as of run_experiment.
RunOutcome run_sweep(const Sweep& sweep, const SweepOptions& options);

/// Trains a sweep without any files.
/// returns: a model for each of sweep.runs; empty when stopped.
std::vector<TrainedModel> train_sweep(const Sweep& sweep, int threads = 0,
                                      const std::atomic<bool>* stop = nullptr,
                                      const Executor& execute = run_in_turn);

/// A sweep that was run: what a point trained is runs[point.run], instances first_instance and on.
struct SweepResults {
  std::vector<SweepPoint> points;
  std::vector<run::Run> runs;
};

/// Whether the directory holds a sweep, whole or not.
bool is_sweep_directory(const std::filesystem::path& directory);

/// Where a run of a sweep is, from the sweep's directory: "runs/000".
std::string sweep_run_path(std::size_t run);

/// Reads a sweep's directory. Errors: InvalidRequest that names the file at fault, or says how to finish the
/// sweep.
SweepResults load_sweep_results(const std::filesystem::path& directory);

}  // namespace superpose::store
