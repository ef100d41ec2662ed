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

/// A run to be trained, or a part of its members: a value, which says all that another process needs to know.
struct Job {
  Experiment what;                  ///< the whole run's
  std::filesystem::path directory;  ///< the run's, from the root that the executor gets
  std::optional<MemberRange>
      members{};  ///< a part to train, into a directory of its own (parts.h); none: the run, at once
};

/// What an executor hears of a job.
struct JobProgress {
  std::size_t job = 0;  ///< its index
  TrainingProgress progress;
};

/// How jobs are to be done.
struct JobOptions {
  int threads = 0;                ///< of each job; 0: all of the machine's
  bool resume = false;            ///< leave alone what is whole, go on with what is not
  double checkpoint_seconds = 2;  ///< training time between checkpoints
  StopToken stop{};               ///< stop soon, leaving what can be resumed
  std::int64_t every = 100;       ///< steps between messages of a job
  std::function<void(const JobProgress&)>
      progress{};  ///< gets them, from one thread at a time. Must not throw
  Warn warn{};
};

/// Does jobs that do not depend on each other, in any order and wherever it likes, and returns when all have
/// ended: what came out lies in their directories. root: what the jobs' directories are relative to.
/// returns: kStopped when any of them was stopped. Errors: as of run_experiment or train_part, of any of
/// them.
using Executor =
    std::function<RunOutcome(const Directory& root, std::span<const Job> jobs, const JobOptions& options)>;

/// One job after the other in this process, each with all of its threads.
RunOutcome run_in_turn(const Directory& root, std::span<const Job> jobs, const JobOptions& options);

}  // namespace superpose::store
