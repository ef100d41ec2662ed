#include "superpose/store/parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>

#include "superpose/core/error.h"
#include "superpose/store/files.h"
#include "superpose/store/run_tensors.h"
#include "tests/message_of.h"
#include "tests/temporary_directory.h"

namespace superpose::store {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Ranges = std::vector<MemberRange>;

/// 3 instances of 2 restarts, with all that is recorded.
Experiment example() {
  Experiment experiment;
  experiment.model.shape = {.n_instances = 3, .n_features = 5, .n_hidden = 2};
  experiment.data.feature_probability = Geometric{.first = 1, .last = 0.1};
  experiment.train.steps = 40;
  experiment.train.batch_size = 50;
  experiment.train.schedule = Schedule::kCosine;
  experiment.train.restarts = 2;
  experiment.record = {.every = 7, .parameters = true, .all_restarts = true};
  return experiment;
}

/// All that is in a directory, as bytes.
std::map<std::string, std::string> files_of(const fs::path& directory) {
  std::map<std::string, std::string> files;
  for (const std::string& name : names_in(directory)) files[name] = read_text(directory / name);
  return files;
}

std::map<std::string, std::string> trained_at_once(const Experiment& experiment) {
  const TemporaryDirectory directory;
  run_experiment(experiment, {.directory = directory.path(), .threads = 1});
  return files_of(directory.path());
}

/// As another process, which is killed after that step: a checkpoint stays.
void crash_at(std::int64_t step, const MemberRange& members, const fs::path& directory) {
  struct Crash {};
  RunOptions options{.directory = directory, .threads = 1, .checkpoint_seconds = 0};
  options.observers.emplace_back(1, [&](const Observation& observation) {
    if (observation.step >= step) throw Crash{};
  });
  EXPECT_THROW(train_part(example(), members, options), Crash);
}

TEST(Parts, SplitMembersAlmostEvenly) {
  EXPECT_THAT(split_members(example(), 4),
              ElementsAre(MemberRange{0, 1}, MemberRange{1, 3}, MemberRange{3, 4}, MemberRange{4, 6}));
  EXPECT_THAT(split_members(example(), 1), ElementsAre(MemberRange{0, 6}));
  EXPECT_EQ(split_members(example(), 100).size(), 6U) << "one for each member";
}

TEST(Parts, JoinToTheBytesOfTheWholeRun) {
  const auto expected = trained_at_once(example());
  ASSERT_EQ(expected.size(), 4U);
  // Whole instances, restarts of one instance in two parts, any order, any threads.
  const std::vector<Ranges> divisions = {
      {{0, 6}}, {{0, 2}, {2, 4}, {4, 6}}, {{3, 6}, {0, 3}}, {{5, 6}, {1, 5}, {0, 1}}};
  for (const Ranges& division : divisions) {
    for (const int threads : {1, 3}) {
      const TemporaryDirectory directory;
      for (const MemberRange& part : division) {
        EXPECT_EQ(train_part(example(), part, {.directory = directory / "run", .threads = threads}),
                  Completion::kFinished);
      }
      EXPECT_EQ(join_run(directory / "run").completion, Completion::kFinished);
      EXPECT_TRUE(files_of(directory / "run") == expected) << division.size() << " parts, " << threads;
    }
  }
}

TEST(Parts, JoinRunsOfAnyKindAndRecord) {
  for (const ModelKind kind : {ModelKind::kLinear, ModelKind::kAbsoluteValue}) {
    for (const std::int64_t restarts : {1, 3}) {
      Experiment experiment = example();
      experiment.model.kind = kind;
      experiment.train.restarts = restarts;
      experiment.record = {.every = 9};
      const TemporaryDirectory directory;
      for (const MemberRange& part : split_members(experiment, 2))
        train_part(experiment, part, {.directory = directory.path(), .threads = 1});
      join_run(directory.path());
      EXPECT_TRUE(files_of(directory.path()) == trained_at_once(experiment)) << name(kind) << restarts;
    }
  }
}

TEST(Parts, AreOfMembersAndSaySo) {
  const TemporaryDirectory directory;
  train_part(example(), {.begin = 1, .end = 4}, {.directory = directory.path(), .threads = 1});
  EXPECT_THAT(names_in(directory.path()), ElementsAre("experiment.toml", "parts"));
  const fs::path part = directory / "parts/1-4";
  EXPECT_THAT(names_in(part), ElementsAre("experiment.toml", "history.safetensors", "model.safetensors"));
  for (const char* file : {"model.safetensors", "history.safetensors"}) {
    const auto tensors = safetensors::parse(read_bytes(part / file));
    EXPECT_EQ(tensors.metadata.at("members"), "1-4");
    EXPECT_EQ(tensors.tensors.at("loss").shape.back(), 3);
  }
  EXPECT_EQ(
      message_of<InvalidRequest>([&] { load_run(part); }),
      (part / "model.safetensors").string() +
          ": expected the model of a whole run, got that of its members 1-4; join the run's parts first");
  EXPECT_THROW(load_run(directory.path()), NotFinished);
}

TEST(Parts, ResumeFromTheirOwnCheckpoint) {
  const TemporaryDirectory directory;
  const MemberRange first{.begin = 0, .end = 3}, second{.begin = 3, .end = 6};
  crash_at(20, first, directory.path());
  crash_at(31, second, directory.path());
  for (const MemberRange& part : {first, second}) {
    const auto checkpoint =
        safetensors::parse(read_bytes(directory / part_path(part) / "checkpoint.safetensors"));
    EXPECT_EQ(checkpoint.metadata.at("members"), name_of(part));
    const std::int64_t taken = checkpoint.integers("steps_taken", {}).front();
    EXPECT_GT(taken, 0);
    std::int64_t steps = 0;
    RunOptions options{.directory = directory.path(), .threads = 1, .resume = true};
    options.observers.emplace_back(1, [&](const Observation&) { ++steps; });
    EXPECT_EQ(train_part(example(), part, options), Completion::kFinished);
    EXPECT_EQ(steps, example().train.steps - taken) << "goes on, rather than over";
    EXPECT_EQ(train_part(example(), part, options), Completion::kAlreadyDone);
  }
  join_run(directory.path());
  EXPECT_TRUE(files_of(directory.path()) == trained_at_once(example()));
}

TEST(Parts, RefuseTheCheckpointOfOtherMembers) {
  const TemporaryDirectory directory;
  crash_at(20, {.begin = 0, .end = 3}, directory.path());
  fs::rename(directory / "parts/0-3", directory / "parts/3-6");
  const RunOptions options{.directory = directory.path(), .threads = 1, .resume = true};
  EXPECT_THAT(
      message_of<CannotResume>([&] { train_part(example(), {.begin = 3, .end = 6}, options); }),
      EndsWith("checkpoint.safetensors: expected a checkpoint of members 3-6, got one of members 0-3"));
}

TEST(Parts, JoinRefusesMembersThatAreMissingOrTwice) {
  const TemporaryDirectory directory;
  const auto train = [&](std::int64_t begin, std::int64_t end) {
    train_part(example(), {.begin = begin, .end = end}, {.directory = directory.path(), .threads = 1});
  };
  const auto refusal = [&] { return message_of<InvalidRequest>([&] { join_run(directory.path()); }); };
  const std::string expected =
      (directory / "parts").string() + ": expected each of the run's 6 members in one part";
  train(0, 2);
  EXPECT_EQ(refusal(), expected + ", got no part with member 2");
  train(3, 6);
  EXPECT_EQ(refusal(), expected + ", got no part with member 2");
  train(1, 3);
  EXPECT_EQ(refusal(), expected + ", got member 1 in 1-3 and in the part before");
  EXPECT_THAT(names_in(directory / "parts"), ElementsAre("0-2", "1-3", "3-6")) << "nothing is lost";
  const auto run = Directory::open(directory.path());
  EXPECT_THAT(whole_parts(run), ElementsAre(MemberRange{0, 2}, MemberRange{1, 3}, MemberRange{3, 6}));
  const Ranges too_many = {{0, 2}, {2, 6}, {6, 7}};
  EXPECT_THAT(message_of<InvalidRequest>([&] { join_parts(example(), too_many, run); }),
              HasSubstr("got a part with member 6"));
}

TEST(Parts, JoinRefusesPartsThatAreNotWholeOrOfAnotherRun) {
  const TemporaryDirectory directory;
  const Ranges parts = split_members(example(), 2);
  train_part(example(), parts[0], {.directory = directory.path(), .threads = 1});
  crash_at(20, parts[1], directory.path());
  EXPECT_THAT(whole_parts(Directory::open(directory.path())), ElementsAre(parts[0]));
  const auto run = Directory::open(directory.path());
  EXPECT_THROW(join_parts(example(), parts, run), NotFinished);

  Experiment other = example();
  other.train.seed = 9;
  train_part(other, parts[1], {.directory = directory / "other", .threads = 1});
  fs::remove_all(directory / "parts/3-6");
  fs::rename(directory / "other/parts/3-6", directory / "parts/3-6");
  EXPECT_THAT(
      message_of<InvalidRequest>([&] { join_parts(example(), parts, run); }),
      HasSubstr("parts/3-6/experiment.toml: expected the experiment of the run that it is a part of"));
  fs::copy_file(directory / "parts/0-3/experiment.toml", directory / "parts/3-6/experiment.toml",
                fs::copy_options::overwrite_existing);
  EXPECT_THAT(message_of<InvalidRequest>([&] { join_parts(example(), parts, run); }),
              HasSubstr("parts/3-6/model.safetensors: metadata seed: expected 0, got 9"));
}

TEST(Parts, DoNotReplaceARun) {
  const TemporaryDirectory directory;
  const MemberRange part{.begin = 0, .end = 3};
  run_experiment(example(), {.directory = directory.path(), .threads = 1});
  const auto before = files_of(directory.path());
  EXPECT_EQ(train_part(example(), part, {.directory = directory.path(), .threads = 1}),
            Completion::kAlreadyDone);
  EXPECT_EQ(join_run(directory.path()).completion, Completion::kAlreadyDone);
  Experiment other = example();
  other.train.seed = 9;
  EXPECT_THROW(train_part(other, part, {.directory = directory.path(), .threads = 1}), CannotResume);
  EXPECT_TRUE(files_of(directory.path()) == before);
}

TEST(Parts, AreRefusedBeforeAnythingIsWritten) {
  const TemporaryDirectory directory;
  const RunOptions options{.directory = directory / "run", .threads = 1};
  EXPECT_THAT(message_of<InvalidRequest>([&] { train_part(example(), {.begin = 4, .end = 7}, options); }),
              HasSubstr("members: expected a part of [0, 6), got [4, 7)"));
  EXPECT_THAT(names_in(directory.path()), IsEmpty());
}

TEST(Parts, NobodyWritesTheRunWhileOneIsInTraining) {
  const TemporaryDirectory directory;
  RunOptions options{.directory = directory.path(), .threads = 1};
  std::string run, join, part;
  const MemberRange first{.begin = 0, .end = 3}, second{.begin = 3, .end = 6};
  Completion beside = Completion::kStopped;
  options.observers.emplace_back(39, [&](const Observation& observation) {
    if (observation.step > 0) return;
    const RunOptions others{.directory = directory.path(), .threads = 1};
    run = message_of<InvalidRequest>([&] { run_experiment(example(), others); });
    join = message_of<InvalidRequest>([&] { join_run(directory.path()); });
    part = message_of<InvalidRequest>([&] { train_part(example(), first, others); });
    beside = train_part(example(), second, others);
  });
  EXPECT_EQ(train_part(example(), first, options), Completion::kFinished);
  EXPECT_THAT(run, HasSubstr("another run is writing to it"));
  EXPECT_THAT(join, HasSubstr("another run is writing to it"));
  EXPECT_THAT(part, HasSubstr("parts/0-3: another run is writing to it"));
  EXPECT_EQ(beside, Completion::kFinished) << "another part may be trained at once";
  EXPECT_EQ(join_run(directory.path()).completion, Completion::kFinished);
}

TEST(Parts, OfAnOlderRunGoAway) {
  const TemporaryDirectory directory;
  train_part(example(), {.begin = 0, .end = 3}, {.directory = directory.path(), .threads = 1});
  std::ofstream(directory / "parts/notes.txt") << "mine";
  run_experiment(example(), {.directory = directory.path(), .threads = 1, .overwrite = true});
  EXPECT_THAT(names_in(directory / "parts"), ElementsAre("notes.txt")) << "and what is not ours stays";
}

TEST(Parts, WithoutARunAreNotOurs) {
  const TemporaryDirectory directory;
  fs::create_directories(directory / "parts/0-3");
  EXPECT_THAT(message_of<InvalidRequest>(
                  [&] { run_experiment(example(), {.directory = directory.path(), .threads = 1}); }),
              HasSubstr("got one with parts but no experiment.toml"));
}

}  // namespace
}  // namespace superpose::store
