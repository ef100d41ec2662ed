#include "superpose/store/run_in_parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "superpose/store/files.h"
#include "tests/temporary_directory.h"

namespace superpose::store {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

Experiment example() {
  Experiment experiment;
  experiment.model.shape = {.n_instances = 3, .n_features = 5, .n_hidden = 2};
  experiment.train.steps = 40;
  experiment.train.batch_size = 50;
  experiment.train.restarts = 2;
  experiment.record = {.every = 7, .all_restarts = true};
  return experiment;
}

/// The results, without the checkpoint that a run trained at once leaves.
std::map<std::string, std::string> files_of(const fs::path& directory) {
  std::map<std::string, std::string> files;
  for (const std::string& name : names_in(directory)) {
    if (name != kCheckpointFile) files[name] = read_text(directory / name);
  }
  return files;
}

std::map<std::string, std::string> trained_at_once() {
  const TemporaryDirectory directory;
  run_experiment(example(), {.directory = directory.path(), .threads = 1});
  return files_of(directory.path());
}

/// Does the last job first.
Completion run_backwards(const Directory& root, std::span<const Job> jobs, const JobOptions& options) {
  for (std::size_t i = jobs.size(); i > 0; --i) run_in_turn(root, jobs.subspan(i - 1, 1), options);
  return Completion::kFinished;
}

/// Does the first job, and is stopped then.
Completion run_first(const Directory& root, std::span<const Job> jobs, const JobOptions& options) {
  run_in_turn(root, jobs.first(1), options);
  return Completion::kStopped;
}

TEST(RunInParts, LeavesTheBytesOfTheWholeRun) {
  const auto expected = trained_at_once();
  for (const std::int64_t n_parts : {1, 2, 4, 6}) {
    const TemporaryDirectory directory;
    const RunOptions options{.directory = directory.path(), .threads = 2};
    EXPECT_EQ(run_in_parts(example(), options, n_parts, run_backwards), Completion::kFinished);
    EXPECT_TRUE(files_of(directory.path()) == expected) << n_parts;
  }
}

TEST(RunInParts, GoesOnWithThePartsThatAreMissing) {
  const TemporaryDirectory directory;
  const RunOptions options{.directory = directory.path(), .threads = 1, .resume = true};
  EXPECT_EQ(run_in_parts(example(), options, 2, run_first), Completion::kStopped);
  EXPECT_THAT(names_in(directory.path()), ElementsAre("experiment.toml", "parts"));
  EXPECT_THAT(names_in(directory / "parts"), ElementsAre("0-3"));

  const fs::path whole = directory / "parts/0-3/model.safetensors";
  const auto written = fs::last_write_time(whole);
  const Executor look_and_do = [&](const Directory& root, std::span<const Job> jobs, const JobOptions& each) {
    const Completion completion = run_in_turn(root, jobs, each);
    EXPECT_EQ(fs::last_write_time(whole), written) << "left alone";
    return completion;
  };
  EXPECT_EQ(run_in_parts(example(), options, 2, look_and_do), Completion::kFinished);
  EXPECT_TRUE(files_of(directory.path()) == trained_at_once());
  EXPECT_EQ(run_in_parts(example(), options, 2), Completion::kAlreadyDone);
}

TEST(RunInParts, TakesAnotherDivision) {
  const TemporaryDirectory directory;
  const RunOptions options{.directory = directory.path(), .threads = 1, .resume = true};
  run_in_parts(example(), options, 2, run_first);
  EXPECT_EQ(run_in_parts(example(), options, 3), Completion::kFinished);
  EXPECT_TRUE(files_of(directory.path()) == trained_at_once()) << "and parts/ is gone";
}

TEST(RunInParts, RemovesThePartsOfAnOlderRun) {
  const TemporaryDirectory directory;
  const RunOptions options{.directory = directory.path(), .threads = 1};
  run_in_parts(example(), options, 2, run_first);
  std::vector<std::string> parts;
  const Executor look = [&](const Directory&, std::span<const Job>, const JobOptions&) {
    if (fs::exists(directory / "parts")) parts = names_in(directory / "parts");
    return Completion::kStopped;
  };
  RunOptions overwrite = options;
  overwrite.overwrite = true;
  run_in_parts(example(), overwrite, 2, look);
  EXPECT_THAT(parts, ::testing::IsEmpty());
}

}  // namespace
}  // namespace superpose::store
