#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>

#include "superpose/store/run_experiment.h"
#include "superpose/train/ensemble.h"
#include "superpose/train/progress.h"

namespace superpose::store {

/// A run to be trained, or a part of its members. A job is a value with all that another process needs to
/// know.
struct Job {
  Experiment what;                  ///< the experiment of the whole run
  std::filesystem::path directory;  ///< the run's, relative to the executor's root
  /// The part to train, into a directory of its own (parts.h). Nothing means the whole run at once.
  std::optional<MemberRange> members{};
};

/// A message about the progress of a job.
struct JobProgress {
  std::size_t job = 0;  ///< index of the job
  TrainingProgress progress;
};

/// How to do jobs.
struct JobOptions {
  int threads = 0;                ///< of each job; 0: one for each hardware thread
  bool resume = false;            ///< skip jobs that are whole and go on with the others
  double checkpoint_seconds = 2;  ///< training time between checkpoints
  StopToken stop{};               ///< asks to stop soon and leave what can be resumed
  std::int64_t every = 100;       ///< steps between two messages of a job
  /// Gets the messages, from one thread at a time. Must not throw.
  std::function<void(const JobProgress&)> progress{};
  Warn warn{};
};

/// Does jobs that do not depend on each other, in any order and any place, and returns when all have ended.
/// Their results are in their directories. It may call `progress` and `warn` on threads of its own, one at a
/// time. root: what these directories are relative to. returns: kStopped when any job was stopped. Errors:
/// those of run_experiment or train_part of any job.
using Executor =
    std::function<Completion(const Directory& root, std::span<const Job> jobs, const JobOptions& options)>;

/// Does one job after the other in this process, each with all of the threads.
Completion run_in_turn(const Directory& root, std::span<const Job> jobs, const JobOptions& options);

}  // namespace superpose::store
