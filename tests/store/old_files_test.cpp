// What users have stays readable: directories as the commit before the rooms moved wrote them
// (python/tests/fixtures/make.py).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "superpose/store/checkpoint.h"
#include "superpose/store/files.h"
#include "superpose/store/run_experiment.h"
#include "superpose/store/run_study.h"
#include "superpose/store/run_sweep.h"
#include "tests/bits.h"
#include "tests/temporary_directory.h"

namespace superpose::store {
namespace {

namespace fs = std::filesystem;

const fs::path kOld = fs::path(SUPERPOSE_SOURCE_DIR) / "python/tests/fixtures/before_rooms";

TEST(OldFiles, ARunLoadsAndRunsAgainToTheSameBytes) {
  const run::Run run = load_run(kOld / "run");
  EXPECT_EQ(run.experiment.name, "old");
  EXPECT_EQ(run.history.models.size(), run.history.rows());
  EXPECT_EQ(run.restart_loss.size(), 4U);
  if (!gives_the_written_bits()) GTEST_SKIP() << "two roundings for a product and a sum";
  const TemporaryDirectory directory;
  run_experiment(run.experiment, {.directory = directory / "again", .threads = 1});
  for (const auto name : {kExperimentFile, kModelFile, kHistoryFile, kRestartsFile})
    EXPECT_TRUE(read_bytes(directory / "again" / name) == read_bytes(kOld / "run" / name)) << name;
}

TEST(OldFiles, AnInterruptedRunGoesOnToTheSameBytes) {
  const TemporaryDirectory directory;
  fs::copy(kOld / "interrupted", directory / "resumed");
  const auto asked = std::get<Experiment>(read_description(Directory::open(directory / "resumed")));
  const Checkpoint checkpoint = read_checkpoint(Directory::open(directory / "resumed"), asked);
  EXPECT_GT(checkpoint.state.step, 0);
  EXPECT_EQ(run_experiment(asked, {.directory = directory / "resumed", .threads = 1, .resume = true}),
            Completion::kFinished);
  run_experiment(asked, {.directory = directory / "whole", .threads = 1});
  for (const auto name : {kModelFile, kHistoryFile})
    EXPECT_TRUE(read_bytes(directory / "resumed" / name) == read_bytes(directory / "whole" / name)) << name;
}

TEST(OldFiles, ASweepLoadsAndIsKnownAsWhole) {
  const SweepResults results = load_sweep_results(kOld / "sweep");
  ASSERT_EQ(results.points.size(), 2U);
  EXPECT_EQ(results.points[1].values.front().second, "2");
  EXPECT_EQ(results.runs[results.points[1].run].model.shape().n_hidden, 2);
  const TemporaryDirectory directory;
  fs::copy(kOld / "sweep", directory / "sweep", fs::copy_options::recursive);
  const auto asked = std::get<Sweep>(read_description(Directory::open(directory / "sweep")));
  EXPECT_EQ(run_sweep(asked, {.directory = directory / "sweep", .resume = true}), Completion::kAlreadyDone);
}

TEST(OldFiles, AStudyLoads) {
  const study::StudyRun run = load_study(kOld / "study");
  EXPECT_EQ(study::kind_name(run.study), "johnson_lindenstrauss");
  EXPECT_EQ(study::measure(run.study, {.threads = 1}), run.result);
}

}  // namespace
}  // namespace superpose::store
