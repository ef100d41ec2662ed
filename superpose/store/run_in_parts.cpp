#include "superpose/store/run_in_parts.h"

#include <utility>
#include <vector>

#include "superpose/store/parts.h"
#include "superpose/store/write_results.h"

namespace superpose::store {
namespace {

JobOptions options_of_parts(const RunOptions& options, bool resume) {
  return {.threads = options.threads,
          .resume = resume,
          .checkpoint_seconds = options.checkpoint_seconds,
          .stop = options.stop,
          .warn = options.warn};
}

}  // namespace

RunEnd run_in_parts(const Experiment& experiment, const RunOptions& options, std::int64_t n_parts,
                    const Executor& execute) {
  return write_results(experiment, options, [&](Directory& directory, Found found) {
    const auto parts = split_members(experiment, n_parts);
    std::vector<Job> jobs;
    for (const MemberRange& part : parts)
      jobs.push_back({.what = experiment, .directory = ".", .members = part});

    directory.share_claim();  // the parts are trained under this claim, maybe by other processes
    if (execute(directory, jobs, options_of_parts(options, found == Found::kBegun)) == Completion::kStopped)
      return false;
    directory.claim_alone();
    finish_run(join_parts(experiment, parts, directory), directory);
    directory.remove(kCheckpointFile);  // of a run that was trained at once, before
    return true;
  });
}

}  // namespace superpose::store
