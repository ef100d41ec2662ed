#include "superpose/store/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "superpose/core/error.h"
#include "superpose/models/safetensors.h"
#include "superpose/store/files.h"
#include "superpose/store/result_directory.h"
#include "superpose/train/trainer.h"
#include "tests/message_of.h"
#include "tests/temporary_directory.h"

namespace superpose::store {
namespace {

using ::testing::HasSubstr;

/// 2 x (3 -> 2) with 2 restarts, every step of 5 recorded.
Experiment example() {
  Experiment experiment;
  experiment.model.shape = {.n_instances = 2, .n_features = 3, .n_hidden = 2};
  experiment.train.steps = 5;
  experiment.train.restarts = 2;
  experiment.record.every = 1;
  return experiment;
}

TrainerState state_after(std::int64_t steps) {
  const Shape members{.n_instances = 4, .n_features = 3, .n_hidden = 2};
  TrainerState state{
      .step = steps, .model = Model(ModelKind::kReluOutput, members), .moments = AlignedBuffer<float>(72)};
  float next = 1;
  for (float& value : state.model.W()) value = next++;
  for (float& value : state.model.b_final()) value = next++;
  for (float& value : state.moments.span()) value = next++;
  return state;
}

const History kTwoRows{.step = {0, 1}, .lr = {0.5F, 0.25F}, .loss = {1, 2, 3, 4, 5, 6, 7, 8}};

TEST(Checkpoint, ReadsBackWhatItWrote) {
  const TemporaryDirectory directory;
  const TrainerState state = state_after(2);
  write_checkpoint(Directory::open(directory.path()), example(), state, kTwoRows);
  const Checkpoint read = read_checkpoint(Directory::open(directory.path()), example());
  EXPECT_EQ(read.state.step, 2);
  EXPECT_EQ(read.state.model.shape(), state.model.shape());
  EXPECT_THAT(read.state.model.W(), ::testing::ElementsAreArray(state.model.W()));
  EXPECT_THAT(read.state.model.b_final(), ::testing::ElementsAreArray(state.model.b_final()));
  EXPECT_THAT(read.state.moments.span(), ::testing::ElementsAreArray(state.moments.span()));
  EXPECT_EQ(read.history.step, kTwoRows.step);
  EXPECT_EQ(read.history.lr, kTwoRows.lr);
  EXPECT_EQ(read.history.loss, kTwoRows.loss);
}

TEST(Checkpoint, ReadsBackOneFromBeforeTheFirstStep) {
  const TemporaryDirectory directory;
  write_checkpoint(Directory::open(directory.path()), example(), state_after(0), History{});
  const Checkpoint read = read_checkpoint(Directory::open(directory.path()), example());
  EXPECT_EQ(read.state.step, 0);
  EXPECT_EQ(read.history.rows(), 0U);
}

TEST(Checkpoint, RefusesAnotherExperiments) {
  const TemporaryDirectory directory;
  write_checkpoint(Directory::open(directory.path()), example(), state_after(2), kTwoRows);
  Experiment other = example();
  other.train.seed = 1;
  EXPECT_EQ(
      message_of<InvalidRequest>([&] { read_checkpoint(Directory::open(directory.path()), other); }),
      (directory / kCheckpointFile).string() + ": expected a checkpoint of this experiment, got another's");
}

TEST(Checkpoint, OfSomeMembersIsReadAsOfThese) {
  const TemporaryDirectory directory;
  const auto at = Directory::open(directory.path());
  Experiment twice = example();
  twice.model.shape.n_instances = 4;  // 8 members
  const MemberRange members{.begin = 2, .end = 6};
  write_checkpoint(at, twice, state_after(2), kTwoRows, members);
  const Checkpoint read = read_checkpoint(at, twice, members);
  EXPECT_THAT(read.state.model.W(), ::testing::ElementsAreArray(state_after(2).model.W()));
  const auto refusal = [&](const std::optional<MemberRange>& others) {
    return message_of<InvalidRequest>([&] { read_checkpoint(at, twice, others); });
  };
  EXPECT_THAT(refusal({}), HasSubstr("expected a checkpoint of all members, got one of members 2-6"));
  EXPECT_THAT(refusal(MemberRange{0, 4}), HasSubstr("expected a checkpoint of members 0-4"));
}

TEST(Checkpoint, RefusesWhatDoesNotFit) {
  const std::vector<float> zeros(100);
  const auto first = [&](std::size_t n) { return std::span(zeros).first(n); };
  const std::vector<std::pair<std::function<void(safetensors::File&)>, std::string_view>> damages = {
      {[](auto& f) { f.metadata["superpose_version"] = "0.0.0"; }, "another version's"},
      {[](auto& f) { f.metadata.clear(); }, "another version's"},
      {[](auto& f) { f.tensors.erase("experiment"); }, "this experiment"},
      {[](auto& f) { f.tensors.erase("steps_taken"); }, R"("steps_taken": expected I64 (), got nothing)"},
      {[](auto& f) { f.add("steps_taken", {}, std::vector<std::int64_t>{-1}); }, "from 0 to 5, got -1"},
      {[](auto& f) { f.add("steps_taken", {}, std::vector<std::int64_t>{6}); }, "from 0 to 5, got 6"},
      {[](auto& f) { f.add("steps_taken", {}, std::vector<std::int64_t>{3}); },
       R"("step": expected I64 (3))"},
      {[](auto& f) { f.add("step", {2}, std::vector<std::int64_t>{1, 0}); }, "every 1 of 5 steps"},
      {[&](auto& f) { f.add("W", {2, 3, 2}, first(12)); }, "expected F32 (4, 3, 2), got F32 (2, 3, 2)"},
      {[&](auto& f) { f.add("moments", {4, 2, 8}, first(64)); }, "expected F32 (4, 2, 9)"},
      {[&](auto& f) { f.add("loss", {2, 2}, first(4)); }, "expected F32 (2, 4)"},
  };
  for (const auto& [change, expected] : damages) {
    const TemporaryDirectory directory;
    write_checkpoint(Directory::open(directory.path()), example(), state_after(2), kTwoRows);
    auto file = safetensors::parse(read_bytes(directory / kCheckpointFile));
    change(file);
    write_whole(directory / kCheckpointFile, safetensors::serialise(file));
    EXPECT_THAT(
        message_of<InvalidRequest>([&] { read_checkpoint(Directory::open(directory.path()), example()); }),
        HasSubstr(expected));
  }
}

TEST(CheckpointInterval, FollowsTheWorkOfAStepAndTheRows) {
  Experiment experiment = example();
  experiment.train.batch_size = 1024;
  experiment.record.every = 100;
  EXPECT_EQ(checkpoint_interval(experiment), 100);  // small steps: when a row is recorded anyway
  experiment.record.every = 1'000'000;
  const Shape members{.n_instances = 4, .n_features = 3, .n_hidden = 2};
  const double steps = 1 / most_step_seconds(members, 1024);
  EXPECT_NEAR(static_cast<double>(checkpoint_interval(experiment)), steps, 1);  // rare rows: a second
  experiment.model.shape = {.n_instances = 20, .n_features = 10'000, .n_hidden = 1000};
  EXPECT_EQ(checkpoint_interval(experiment), 1);  // huge steps: after each
}

}  // namespace
}  // namespace superpose::store
