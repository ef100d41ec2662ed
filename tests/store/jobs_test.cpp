#include "superpose/store/jobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "superpose/store/files.h"
#include "superpose/store/parts.h"
#include "superpose/store/run_sweep.h"
#include "tests/temporary_directory.h"

namespace superpose::store {
namespace {

using ::testing::ElementsAre;

Experiment example() {
  Experiment experiment;
  experiment.model.shape = {.n_instances = 2, .n_features = 4, .n_hidden = 2};
  experiment.train.steps = 20;
  experiment.train.batch_size = 30;
  experiment.train.restarts = 2;
  return experiment;
}

TEST(RunInTurn, DoesRunsAndParts) {
  const TemporaryDirectory directory;
  const std::vector<Job> jobs = {{.what = example(), .directory = "whole"},
                                 {.what = example(), .directory = "divided", .members = MemberRange{1, 4}},
                                 {.what = example(), .directory = "divided", .members = MemberRange{0, 1}}};
  std::vector<std::size_t> seen;
  JobOptions options{.threads = 1, .every = 19};
  options.progress = [&](const JobProgress& message) { seen.push_back(message.job); };
  EXPECT_EQ(run_in_turn(Directory::open(directory.path()), jobs, options), Completion::kFinished);
  EXPECT_THAT(seen, ElementsAre(0, 0, 1, 1, 2, 2)) << "steps 0 and 19 of each";
  join_run(directory / "divided");
  for (const char* file : {"model.safetensors", "history.safetensors", "restarts.safetensors"})
    EXPECT_EQ(read_text(directory / "divided" / file), read_text(directory / "whole" / file)) << file;
}

TEST(RunInTurn, DoesAPointOfASweepInParts) {
  const Sweep sweep = parse_sweep({.text = R"(
    model = { n_features = 4, n_hidden = 2, n_instances = 2 }
    train = { steps = 20, batch_size = 30 }
    sweep = { grid = { n_hidden = [2, 3] } }
  )",
                                   .file = "sweep.toml",
                                   .overrides = {}});
  const TemporaryDirectory directory;
  run_sweep(sweep, {.directory = directory / "whole", .threads = 1});
  const Executor in_parts = [](const Directory& root, std::span<const Job> jobs, const JobOptions& options) {
    for (const Job& job : jobs) {
      std::vector<Job> parts;
      for (const MemberRange& members : split_members(job.what, 2))
        parts.push_back({.what = job.what, .directory = job.directory, .members = members});
      run_in_turn(root, parts, options);
      join_run(job.directory, &root);
    }
    return Completion::kFinished;
  };
  EXPECT_EQ(run_sweep(sweep, {.directory = directory / "divided", .threads = 1, .execute = in_parts}),
            Completion::kFinished);
  for (const char* file : {"sweep.json", "runs/000/model.safetensors", "runs/001/model.safetensors"})
    EXPECT_EQ(read_text(directory / "divided" / file), read_text(directory / "whole" / file)) << file;
}

TEST(RunInTurn, StopsWithoutStartingMore) {
  const TemporaryDirectory directory;
  const std::vector<Job> jobs = {{.what = example(), .directory = "a", .members = MemberRange{0, 2}},
                                 {.what = example(), .directory = "b", .members = MemberRange{0, 2}}};
  StopSource stop;
  JobOptions options{.threads = 1, .stop = stop.get_token(), .every = 1};
  options.progress = [&](const JobProgress&) { stop.request_stop(); };
  EXPECT_EQ(run_in_turn(Directory::open(directory.path()), jobs, options), Completion::kStopped);
  EXPECT_THAT(names_in(directory.path()), ElementsAre("a"));
  EXPECT_THAT(names_in(directory / "a/parts/0-2"), ElementsAre("checkpoint.safetensors", "experiment.toml"));
}

}  // namespace
}  // namespace superpose::store
