#include "superpose/store/run_experiment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <stdexcept>

#include "superpose/core/error.h"
#include "superpose/store/experiment_file.h"
#include "superpose/store/files.h"
#include "tests/message_of.h"
#include "tests/temporary_directory.h"

namespace superpose::store {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

/// Small, with everything that a state has: restarts, a schedule, momentum, and a last row out of step.
Experiment example() {
  Experiment experiment;
  experiment.name = "example";
  experiment.model.shape = {.n_instances = 3, .n_features = 5, .n_hidden = 2};
  experiment.data.feature_probability = Geometric{.first = 1, .last = 0.1};
  experiment.train.steps = 60;
  experiment.train.batch_size = 100;
  experiment.train.schedule = Schedule::kCosine;
  experiment.train.restarts = 2;
  experiment.train.seed = 5;
  experiment.record = {.every = 7, .parameters = true, .all_restarts = true};
  return experiment;
}

/// All that a finished run leaves, as bytes.
std::vector<std::string> files_of(const fs::path& directory) {
  return {read_text(directory / "experiment.toml"), read_text(directory / "model.safetensors"),
          read_text(directory / "history.safetensors"), read_text(directory / "restarts.safetensors")};
}

const auto kFinishedFiles =
    ElementsAre("experiment.toml", "history.safetensors", "model.safetensors", "restarts.safetensors");

std::vector<std::string> uninterrupted(const Experiment& experiment) {
  const TemporaryDirectory directory;
  EXPECT_EQ(run_experiment(experiment, {.directory = directory.path(), .threads = 1}), Completion::kFinished);
  return files_of(directory.path());
}

/// Runs until `step` is seen, then stops as on Ctrl-C.
Completion run_until(std::int64_t step, const Experiment& experiment, RunOptions options) {
  StopSource stop;
  options.stop = stop.get_token();
  options.observers.emplace_back(1, [&](const Observation& observation) {
    if (observation.step >= step) stop.request_stop();
  });
  return run_experiment(experiment, options);
}

/// Runs until `step` is seen, then is gone, as of a kill: whatever is on the disk stays.
void crash_at(std::int64_t step, const Experiment& experiment, RunOptions options) {
  struct Crash {};
  options.observers.emplace_back(1, [&](const Observation& observation) {
    if (observation.step >= step) throw Crash{};
  });
  EXPECT_THROW(run_experiment(experiment, options), Crash);
}

TEST(RunExperiment, LeavesARunThatLoads) {
  const TemporaryDirectory directory;
  EXPECT_EQ(run_experiment(example(), {.directory = directory / "new/run"}), Completion::kFinished);
  EXPECT_THAT(names_in(directory / "new/run"), kFinishedFiles);
  const run::Run run = load_run(directory / "new/run");
  EXPECT_EQ(run.experiment, example());
  EXPECT_THAT(run.history.step, ElementsAre(0, 7, 14, 21, 28, 35, 42, 49, 56, 59));
  EXPECT_EQ(run.loss.size(), 3U);
  EXPECT_THAT(instances_without_finite_loss(run.loss), IsEmpty());
}

TEST(RunExperiment, KeepsWhatTheTrainerFound) {
  const TemporaryDirectory directory;
  run_experiment(example(), {.directory = directory.path()});
  const run::Run run = load_run(directory.path());
  Trainer trainer(example().ensemble(), example().train, 1);
  trainer.run();
  const TrainedModel trained = trainer.result();
  EXPECT_THAT(run.model.W(), ::testing::ElementsAreArray(trained.model.W()));
  EXPECT_EQ(run.loss, trained.loss);
  EXPECT_EQ(run.restart_loss, trained.restart_loss);
  EXPECT_EQ(run.kept_restart, trained.kept_restart);
  for (std::size_t i = 0; i < run.loss.size(); ++i) {
    const auto kept = static_cast<std::size_t>(run.kept_restart[i]);
    EXPECT_EQ(run.restart_loss[kept * run.loss.size() + i], run.loss[i]);
    const auto instance = static_cast<std::int64_t>(i);
    EXPECT_THAT(run.restart_models[kept].W(instance), ElementsAreArray(run.model.W(instance)));
  }
}

TEST(RunExperiment, RecordsTheModelsOfTheKeptRestarts) {
  const TemporaryDirectory directory;
  run_experiment(example(), {.directory = directory.path()});
  const run::Run run = load_run(directory.path());
  ASSERT_EQ(run.history.models.size(), run.history.rows());
  ASSERT_EQ(run.restart_models.size(), 2U);
  EXPECT_THAT(run.history.models.back().W(), ElementsAreArray(run.model.W())) << "the last row is the end";
  EXPECT_THAT(run.history.models.back().b_final(), ElementsAreArray(run.model.b_final()));

  // Training stopped after the second row's step has that row's model.
  Experiment shorter = example();
  shorter.train.steps = 8;
  shorter.train.schedule = Schedule::kConstant;
  Experiment longer = shorter;
  longer.train.steps = 60;
  run_experiment(shorter, {.directory = directory / "shorter"});
  run_experiment(longer, {.directory = directory / "longer"});
  const run::Run short_run = load_run(directory / "shorter");
  const run::Run long_run = load_run(directory / "longer");
  for (std::int64_t i = 0; i < 3; ++i) {
    const auto kept = static_cast<std::size_t>(long_run.kept_restart[static_cast<std::size_t>(i)]);
    EXPECT_THAT(long_run.history.models[1].W(i), ElementsAreArray(short_run.restart_models[kept].W(i)));
  }

  Experiment bare = example();
  bare.record = {.every = 7};
  run_experiment(bare, {.directory = directory / "bare"});
  const run::Run bare_run = load_run(directory / "bare");
  EXPECT_THAT(bare_run.history.models, IsEmpty());
  EXPECT_THAT(bare_run.restart_models, IsEmpty());
  EXPECT_EQ(bare_run.loss, run.loss) << "recording changes no bit";
}

TEST(RunExperiment, WritesTheSameBytesWhateverTheThreadsAndObservers) {
  const auto expected = uninterrupted(example());
  for (const int threads : {1, 2, 3}) {
    const TemporaryDirectory directory;
    RunOptions options{.directory = directory.path(), .threads = threads, .checkpoint_seconds = 0};
    options.observers.emplace_back(3, [](const Observation&) {});
    run_experiment(example(), options);
    EXPECT_EQ(files_of(directory.path()), expected) << threads;
  }
}

TEST(RunExperiment, RunsAgainFromItsOwnExperimentFile) {
  const TemporaryDirectory directory;
  run_experiment(example(), {.directory = directory / "first"});
  run_experiment(load_experiment(directory / "first/experiment.toml"), {.directory = directory / "second"});
  EXPECT_EQ(files_of(directory / "first"), files_of(directory / "second"));
}

TEST(RunExperiment, AStoppedRunResumesToTheSameBytes) {
  const auto expected = uninterrupted(example());
  for (const std::int64_t step : {0, 1, 6, 7, 8, 30, 57, 58}) {
    const TemporaryDirectory directory;
    EXPECT_EQ(run_until(step, example(), {.directory = directory.path()}), Completion::kStopped);
    EXPECT_THAT(names_in(directory.path()), ElementsAre("checkpoint.safetensors", "experiment.toml"));
    EXPECT_EQ(run_experiment(example(), {.directory = directory.path(), .resume = true}),
              Completion::kFinished);
    EXPECT_THAT(names_in(directory.path()), kFinishedFiles);
    EXPECT_EQ(files_of(directory.path()), expected) << step;
  }
}

TEST(RunExperiment, ARunStoppedAgainAndAgainResumesToTheSameBytes) {
  const TemporaryDirectory directory;
  run_until(0, example(), {.directory = directory.path()});
  for (std::int64_t step = 5; step < 59; step += 9) {
    EXPECT_EQ(run_until(step, example(), {.directory = directory.path(), .threads = 2, .resume = true}),
              Completion::kStopped);
  }
  EXPECT_EQ(run_experiment(example(), {.directory = directory.path(), .resume = true}),
            Completion::kFinished);
  EXPECT_EQ(files_of(directory.path()), uninterrupted(example()));
}

TEST(RunExperiment, AKilledRunResumesFromItsLastCheckpoint) {
  const auto expected = uninterrupted(example());
  for (const std::int64_t step : {0, 25, 59}) {
    const TemporaryDirectory directory;
    crash_at(step, example(), {.directory = directory.path(), .checkpoint_seconds = 0});
    EXPECT_THAT(names_in(directory.path()), ElementsAre("checkpoint.safetensors", "experiment.toml"));
    std::vector<std::int64_t> seen;
    RunOptions options{.directory = directory.path(), .resume = true};
    options.observers.emplace_back(1,
                                   [&](const Observation& observation) { seen.push_back(observation.step); });
    EXPECT_EQ(run_experiment(example(), options), Completion::kFinished);
    EXPECT_TRUE(seen.empty() || seen.front() > 0) << "began anew";
    EXPECT_EQ(files_of(directory.path()), expected) << step;
  }
}

TEST(RunExperiment, ARunKilledBeforeItsFirstCheckpointStartsAnew) {
  const TemporaryDirectory directory;
  crash_at(10, example(), {.directory = directory.path(), .checkpoint_seconds = 1e9});
  EXPECT_THAT(names_in(directory.path()), ElementsAre("experiment.toml"));
  EXPECT_EQ(run_experiment(example(), {.directory = directory.path(), .resume = true}),
            Completion::kFinished);
  EXPECT_EQ(files_of(directory.path()), uninterrupted(example()));
}

TEST(RunExperiment, ResumingNothingStartsAnew) {
  const TemporaryDirectory directory;
  EXPECT_EQ(run_experiment(example(), {.directory = directory / "run", .resume = true}),
            Completion::kFinished);
  EXPECT_EQ(files_of(directory / "run"), uninterrupted(example()));
}

TEST(RunExperiment, ResumingAWholeRunDoesNothing) {
  const TemporaryDirectory directory;
  run_experiment(example(), {.directory = directory.path()});
  const auto written = fs::last_write_time(directory / "model.safetensors");
  EXPECT_EQ(run_experiment(example(), {.directory = directory.path(), .resume = true}),
            Completion::kAlreadyDone);
  EXPECT_EQ(fs::last_write_time(directory / "model.safetensors"), written);
}

TEST(RunExperiment, RefusesToResumeAnotherExperiment) {
  const TemporaryDirectory directory;
  run_until(20, example(), {.directory = directory.path()});
  const auto before = read_text(directory / "checkpoint.safetensors");
  Experiment other = example();
  other.train.lr = 0.5;
  const auto message = message_of<CannotResume>(
      [&] { run_experiment(other, {.directory = directory.path(), .resume = true}); });
  EXPECT_THAT(message, AllOf(StartsWith((directory / "experiment.toml").string() +
                                        ": expected a run to resume with `lr"),
                             HasSubstr("0.5"), HasSubstr("0.001")));
  EXPECT_EQ(read_text(directory / "checkpoint.safetensors"), before);
}

TEST(RunExperiment, RefusesABrokenCheckpoint) {
  const TemporaryDirectory directory;
  run_until(20, example(), {.directory = directory.path()});
  fs::resize_file(directory / "checkpoint.safetensors", 1000);
  EXPECT_THAT(message_of<CannotResume>(
                  [&] { run_experiment(example(), {.directory = directory.path(), .resume = true}); }),
              StartsWith((directory / "checkpoint.safetensors").string() + ": "));
  EXPECT_EQ(run_experiment(example(), {.directory = directory.path(), .overwrite = true}),
            Completion::kFinished);
  EXPECT_THAT(names_in(directory.path()), kFinishedFiles);
}

TEST(RunExperiment, AFreshStartRemovesTheOlderRunFirst) {
  const TemporaryDirectory directory;
  run_experiment(example(), {.directory = directory.path()});
  write_whole(directory / "claims.json", "[]");
  write_whole(directory / "notes.txt", "mine");
  std::ofstream(directory / ".checkpoint.safetensors.1-0.tmp") << "half";
  crash_at(0, example(), {.directory = directory.path(), .overwrite = true, .checkpoint_seconds = 1e9});
  EXPECT_THAT(names_in(directory.path()), ElementsAre("experiment.toml", "notes.txt"));
}

TEST(RunExperiment, AWrongRequestLeavesTheOlderRunAlone) {
  const TemporaryDirectory directory;
  run_experiment(example(), {.directory = directory.path()});
  const auto before = files_of(directory.path());
  Experiment wrong = example();
  wrong.data.importance = std::vector<double>{1, 2};
  EXPECT_THROW(run_experiment(wrong, {.directory = directory.path()}), InvalidRequest);
  wrong = example();
  wrong.record.every = 0;
  EXPECT_THROW(run_experiment(wrong, {.directory = directory.path()}), InvalidRequest);
  EXPECT_EQ(files_of(directory.path()), before);

  write_whole(directory / "notes.txt", "mine");
  EXPECT_THROW(run_experiment(example(), {.directory = directory / "notes.txt/run"}), InvalidRequest);
  EXPECT_THROW(run_experiment(example(), {.directory = directory / "notes.txt"}), InvalidRequest);
  const std::string endless(300, 'x');
  EXPECT_THROW(run_experiment(example(), {.directory = directory / endless, .resume = true}), InvalidRequest);
}

TEST(RunExperiment, RefusesADirectoryInUse) {
  const TemporaryDirectory directory;
  const Directory other = Directory::claim(directory.path());
  EXPECT_THAT(message_of<InvalidRequest>([&] { run_experiment(example(), {.directory = directory.path()}); }),
              HasSubstr("another run is writing to it"));
  EXPECT_THAT(names_in(directory.path()), IsEmpty());
}

TEST(RunExperiment, NamesTheInstancesWithoutFiniteLoss) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(instances_without_finite_loss(std::vector{1.0F, kNaN, 0.0F, kInfinity, -kInfinity}),
              ElementsAre(1, 3, 4));
  EXPECT_THAT(instances_without_finite_loss({}), IsEmpty());
}

/// The example with a learning rate that does not depend on how many steps there are.
Experiment constant(std::int64_t steps) {
  Experiment experiment = example();
  experiment.train.schedule = Schedule::kConstant;
  experiment.train.steps = steps;
  return experiment;
}

TEST(RunExperiment, MakesAFinishedRunLonger) {
  for (const std::int64_t restarts : {1, 2}) {
    const TemporaryDirectory directory;
    Experiment shorter = constant(31), longer = constant(60);
    shorter.train.restarts = longer.train.restarts = restarts;
    shorter.record.all_restarts = longer.record.all_restarts = restarts > 1;
    RunOptions options{.directory = directory / "run", .threads = 1};
    ASSERT_EQ(run_experiment(shorter, options), Completion::kFinished);
    EXPECT_EQ(load_run(directory / "run").history.step.back(), 30) << "no multiple of 7";
    fs::create_directory(directory / "run/figures");
    write_whole(directory / "run/figures/intro.svg", "of the shorter run");
    write_whole(directory / "run/claims.json", "[]");
    options.resume = true;
    std::int64_t first = -1;
    options.observers.emplace_back(1, [&](const Observation& seen) {
      if (first < 0) first = seen.step;
    });
    ASSERT_EQ(run_experiment(longer, options), Completion::kFinished);
    EXPECT_EQ(first, 31) << "it goes on where the other ended";
    ASSERT_EQ(run_experiment(longer, {.directory = directory / "whole", .threads = 1}),
              Completion::kFinished);
    for (const std::string& name : names_in(directory / "whole")) {
      EXPECT_EQ(read_text(directory / "run" / name), read_text(directory / "whole" / name)) << name;
    }
    EXPECT_EQ(names_in(directory / "run"), names_in(directory / "whole"));
  }
}

TEST(RunExperiment, MakesAnInterruptedRunLonger) {
  const TemporaryDirectory directory;
  RunOptions options{.directory = directory / "run", .threads = 1};
  ASSERT_EQ(run_until(20, constant(31), options), Completion::kStopped);
  options.resume = true;
  ASSERT_EQ(run_experiment(constant(60), options), Completion::kFinished);
  EXPECT_EQ(files_of(directory / "run"), uninterrupted(constant(60)));
}

TEST(RunExperiment, ALongerRunThatIsKilledGoesOn) {
  const TemporaryDirectory directory;
  RunOptions options{.directory = directory / "run", .threads = 1};
  ASSERT_EQ(run_experiment(constant(31), options), Completion::kFinished);
  options.resume = true;
  crash_at(40, constant(60), options);
  EXPECT_THROW(load_run(directory / "run"), NotFinished);
  ASSERT_EQ(run_experiment(constant(60), options), Completion::kFinished);
  EXPECT_EQ(files_of(directory / "run"), uninterrupted(constant(60)));
}

TEST(RunExperiment, WhatCannotBeMadeLongerStaysAsItIs) {
  const TemporaryDirectory directory;
  RunOptions options{.directory = directory / "run", .threads = 1};
  ASSERT_EQ(run_experiment(constant(31), options), Completion::kFinished);
  options.resume = true;
  const auto before = files_of(directory / "run");
  const fs::path checkpoint = directory / "run/checkpoint.safetensors";
  const std::string whole = read_text(checkpoint);
  std::string other_version = whole;
  const std::size_t version = other_version.find("superpose_version\":\"") + 20;
  other_version[version] = static_cast<char>(other_version[version] + 1);
  for (const std::string& broken : {std::string("garbage"), whole.substr(0, 1000), other_version}) {
    write_whole(checkpoint, broken);
    EXPECT_THROW(run_experiment(constant(60), options), CannotResume);
    EXPECT_EQ(files_of(directory / "run"), before);
  }
  fs::remove(checkpoint);
  EXPECT_THAT(message_of<CannotResume>([&] { run_experiment(constant(60), options); }),
              HasSubstr("expected a checkpoint.safetensors to go on from, got none"));
  EXPECT_EQ(files_of(directory / "run"), before);

  write_whole(checkpoint, whole);
  const std::string by_hand = "# mine\n" + before.front();
  write_whole(directory / "run/experiment.toml", by_hand);
  EXPECT_THAT(message_of<InvalidRequest>([&] { run_experiment(constant(60), options); }),
              HasSubstr("with an experiment.toml that no run wrote and that would be replaced"));
  EXPECT_EQ(read_text(directory / "run/experiment.toml"), by_hand);
}

TEST(RunExperiment, SaysThatAShorterRunCanBeMadeLonger) {
  const TemporaryDirectory directory;
  ASSERT_EQ(run_experiment(constant(31), {.directory = directory / "run", .threads = 1}),
            Completion::kFinished);
  EXPECT_THAT(
      message_of<Interrupted>([&] { run_experiment(constant(60), {.directory = directory / "run"}); }),
      HasSubstr("the run there is the same with fewer steps"));
  Experiment other = constant(60);
  other.record.every = 9;
  EXPECT_THAT(message_of<CannotResume>(
                  [&] { run_experiment(other, {.directory = directory / "run", .resume = true}); }),
              HasSubstr("with `every = 9`, got one with `every = 7`"));
}

TEST(RunExperiment, SaysWhyARunCannotBeMadeLonger) {
  const TemporaryDirectory directory;
  RunOptions options{.directory = directory / "run", .threads = 1};
  ASSERT_EQ(run_experiment(example(), options), Completion::kFinished);
  EXPECT_FALSE(is_there(directory / "run/checkpoint.safetensors")) << "nothing can go on from it";
  options.resume = true;
  Experiment longer = example();
  longer.train.steps = 100;
  EXPECT_THAT(
      message_of<CannotResume>([&] { run_experiment(longer, options); }),
      HasSubstr("expected a constant schedule, the only one of which a longer run is the same up to the "
                "last step, got \"cosine\""));
  EXPECT_THAT(message_of<CannotResume>([&] { run_experiment(constant(31), options); }),
              HasSubstr("expected a run to resume with `"));
  EXPECT_EQ(load_run(directory / "run").experiment, example());
}

TEST(RunExperiment, ThrowsNothingAwayUnasked) {
  const TemporaryDirectory directory;
  const RunOptions options{.directory = directory / "run", .threads = 1};
  Experiment other = example();
  other.train.seed = 6;
  ASSERT_EQ(run_until(20, example(), options), Completion::kStopped);
  EXPECT_THAT(message_of<Interrupted>([&] { run_experiment(example(), options); }),
              HasSubstr("the run there is not finished"));
  EXPECT_THAT(message_of<OtherResults>([&] { run_experiment(other, options); }),
              HasSubstr("expected an empty directory or a run with `seed = 6`, got one with `seed = 5`"));
  RunOptions resume = options, overwrite = options;
  resume.resume = true;
  ASSERT_EQ(run_experiment(example(), resume), Completion::kFinished);
  const auto before = fs::last_write_time(directory / "run/model.safetensors");
  EXPECT_EQ(run_experiment(example(), options), Completion::kAlreadyDone);
  EXPECT_EQ(fs::last_write_time(directory / "run/model.safetensors"), before);
  EXPECT_THROW(run_experiment(other, options), OtherResults);
  overwrite.overwrite = true;
  EXPECT_EQ(run_experiment(other, overwrite), Completion::kFinished);
  EXPECT_EQ(load_run(directory / "run").experiment, other);
}

}  // namespace
}  // namespace superpose::store
