#include "superpose/store/run_in_parts.h"

#include <utility>
#include <vector>

#include "superpose/store/parts.h"

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
  const Description description = experiment;
  const Older older = older_results(options.resume, options.overwrite);
  if (look(options.directory, options.root, description, older) == Found::kWhole)
    return {Completion::kAlreadyDone, Directory::open(options.directory, options.root)};
  auto [directory, found] = begin_results(options.directory, options.root, description, older, options.warn);
  if (found == Found::kWhole) return {Completion::kAlreadyDone, std::move(directory)};
  const auto parts = split_members(experiment, n_parts);
  std::vector<Job> jobs;
  for (const MemberRange& part : parts)
    jobs.push_back({.what = experiment, .directory = ".", .members = part});

  directory.share_claim();  // the parts are trained under this claim, maybe by other processes
  if (execute(directory, jobs, options_of_parts(options, found == Found::kBegun)) == Completion::kStopped)
    return {Completion::kStopped, std::move(directory)};
  directory.claim_alone();
  finish_run(join_parts(experiment, parts, directory), directory);
  return {Completion::kFinished, std::move(directory)};
}

}  // namespace superpose::store
