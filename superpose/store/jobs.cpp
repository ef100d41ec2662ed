#include "superpose/store/jobs.h"

#include "superpose/store/parts.h"

namespace superpose::store {
namespace {

Completion do_job(const Directory& root, const Job& job, std::size_t index, const JobOptions& options) {
  RunOptions run{.directory = job.directory,
                 .threads = options.threads,
                 .resume = options.resume,
                 .checkpoint_seconds = options.checkpoint_seconds,
                 .stop = options.stop,
                 .root = &root,
                 .warn = options.warn};
  if (options.progress) {
    run.observers.emplace_back(options.every, [&options, index](const Observation& seen) {
      options.progress({.job = index, .progress = progress_of(seen)});
    });
  }
  return job.members ? train_part(job.what, *job.members, run) : run_experiment(job.what, run).completion;
}

}  // namespace

Completion run_in_turn(const Directory& root, std::span<const Job> jobs, const JobOptions& options) {
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (options.stop.stop_requested()) return Completion::kStopped;
    if (do_job(root, jobs[i], i, options) == Completion::kStopped) return Completion::kStopped;
  }
  return Completion::kFinished;
}

}  // namespace superpose::store
