#include "superpose/store/run_tensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/store/files.h"
#include "tests/message_of.h"
#include "tests/temporary_directory.h"

namespace superpose::store {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr Shape kShape{.n_instances = 2, .n_features = 3, .n_hidden = 2};

/// A model whose numbers are all different, from `first` on.
Model numbered(ModelKind kind, float first = 1, const Shape& shape = kShape) {
  Model model(kind, shape);
  for (const std::span<float> part : {model.W(), model.W2(), model.b_final()}) {
    for (float& value : part) value = first++;
  }
  return model;
}

void expect_equal(const Model& a, const Model& b) {
  EXPECT_EQ(a.kind(), b.kind());
  EXPECT_EQ(a.shape(), b.shape());
  EXPECT_THAT(a.W(), ElementsAreArray(b.W()));
  EXPECT_THAT(a.W2(), ElementsAreArray(b.W2()));
  EXPECT_THAT(a.b_final(), ElementsAreArray(b.b_final()));
}

/// A run of 10 steps in which steps 0, 4, 8 and 9 are recorded, with 2 instances and 3 restarts.
Experiment example() {
  Experiment experiment;
  experiment.model.shape = kShape;
  experiment.train.steps = 10;
  experiment.train.restarts = 3;
  experiment.train.seed = 7;
  experiment.record.every = 4;
  return experiment;
}

/// What that run has recorded at those steps, in two columns.
History history_at(const std::vector<std::int64_t>& steps) {
  History history;
  for (const std::int64_t step : steps) {
    history.step.push_back(step);
    history.lr.push_back(0.5F / static_cast<float>(step + 1));
    for (const float column : {1.0F, 2.0F}) history.loss.push_back(column + static_cast<float>(step));
  }
  return history;
}

safetensors::File file_of(const History& history) {
  safetensors::File file;
  add_history(file, history, 2);
  return file;
}

TEST(Members, AreAllRestartsOfAllInstances) {
  EXPECT_EQ(all_members(example()), (MemberRange{.begin = 0, .end = 6}));
  EXPECT_EQ(shape_of_members(example(), std::nullopt),
            (Shape{.n_instances = 6, .n_features = 3, .n_hidden = 2}));
  EXPECT_EQ(shape_of_members(example(), MemberRange{.begin = 2, .end = 5}).n_instances, 3);
  EXPECT_EQ(name_of(MemberRange{.begin = 0, .end = 12}), "0-12");
}

TEST(Provenance, SaysWhichExperimentAndWhichOfItsMembers) {
  safetensors::File whole, part;
  add_provenance(whole, example());
  EXPECT_THAT(whole.metadata, UnorderedElementsAre(Pair("format", "pt"), Key("superpose_version"),
                                                   Pair("kind", "relu_output"), Pair("seed", "7")));
  add_provenance(part, example(), MemberRange{.begin = 2, .end = 5});
  EXPECT_THAT(part.metadata, ::testing::Contains(Pair("members", "2-5")));
}

TEST(ModelTensors, ReadBackTheSame) {
  for (const ModelKind kind : {ModelKind::kReluOutput, ModelKind::kUntied}) {
    safetensors::File file;
    add_model(file, numbered(kind));
    expect_equal(read_model(file, kind, kShape), numbered(kind));
  }
}

TEST(ModelTensors, AreOneMatrixOrTwo) {
  safetensors::File tied, untied;
  add_model(tied, numbered(ModelKind::kReluOutput));
  EXPECT_THAT(tied.tensors, ElementsAre(Key("W"), Key("b_final")));
  EXPECT_THAT(tied.tensors.at("W").shape, ElementsAre(2, 3, 2));
  EXPECT_THAT(tied.tensors.at("b_final").shape, ElementsAre(2, 3));
  add_model(untied, numbered(ModelKind::kUntied));
  EXPECT_THAT(untied.tensors, ElementsAre(Key("W1"), Key("W2"), Key("b_final")));
}

TEST(ModelTensors, OfAnotherKindOrShapeAreRefused) {
  safetensors::File file;
  add_model(file, numbered(ModelKind::kReluOutput));
  const auto refusal = [&](ModelKind kind, const Shape& shape) {
    return message_of<InvalidRequest>([&] { read_model(file, kind, shape); });
  };
  EXPECT_EQ(refusal(ModelKind::kUntied, kShape), "tensor \"W1\": expected F32 (2, 3, 2), got nothing");
  Shape wider = kShape;
  wider.n_features = 4;
  EXPECT_EQ(refusal(ModelKind::kReluOutput, wider),
            "tensor \"W\": expected F32 (2, 4, 2), got F32 (2, 3, 2)");
  file.tensors.erase("b_final");
  EXPECT_EQ(refusal(ModelKind::kReluOutput, kShape), "tensor \"b_final\": expected F32 (2, 3), got nothing");
}

TEST(SeveralModels, ReadBackInTheirOrder) {
  for (const ModelKind kind : {ModelKind::kReluOutput, ModelKind::kAbsoluteValue}) {
    const std::vector<Model> models = {numbered(kind, 1), numbered(kind, 100), numbered(kind, 1000)};
    safetensors::File file;
    add_models(file, models, "restart_");
    const auto read = read_models(file, Model(kind, kShape), 3, "restart_");
    ASSERT_EQ(read.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) expect_equal(read[i], models[i]);
  }
}

TEST(SeveralModels, StandBesideOthersWithAnotherPrefix) {
  safetensors::File file;
  add_model(file, numbered(ModelKind::kReluOutput));
  add_models(file, std::vector{numbered(ModelKind::kReluOutput, 50)}, "restart_");
  EXPECT_THAT(file.tensors, ElementsAre(Key("W"), Key("b_final"), Key("restart_W"), Key("restart_b_final")));
  EXPECT_THAT(file.tensors.at("restart_W").shape, ElementsAre(1, 2, 3, 2)) << "one is counted, too";
  expect_equal(read_model(file, ModelKind::kReluOutput, kShape), numbered(ModelKind::kReluOutput));
}

TEST(SeveralModels, MayBeNone) {
  safetensors::File file;
  add_models(file, {});
  EXPECT_TRUE(file.tensors.empty());
  EXPECT_TRUE(read_models(file, Model(ModelKind::kLinear, kShape), 0).empty());
}

TEST(SeveralModels, OfAnotherNumberAreRefused) {
  safetensors::File file;
  add_models(file, std::vector{numbered(ModelKind::kLinear), numbered(ModelKind::kLinear)});
  EXPECT_EQ(message_of<InvalidRequest>([&] { read_models(file, Model(ModelKind::kLinear, kShape), 3); }),
            "tensor \"W\": expected F32 (3, 2, 3, 2), got F32 (2, 2, 3, 2)");
}

TEST(HistoryTensors, ReadBackWhateverTheStepsTaken) {
  const std::vector<std::pair<std::int64_t, std::vector<std::int64_t>>> recorded = {
      {0, {}}, {1, {0}}, {4, {0}}, {5, {0, 4}}, {9, {0, 4, 8}}, {10, {0, 4, 8, 9}}};
  for (const auto& [taken, steps] : recorded) {
    const History history = history_at(steps);
    const History read = read_history(file_of(history), example(), taken, 2);
    EXPECT_EQ(read.step, history.step) << taken;
    EXPECT_EQ(read.lr, history.lr);
    EXPECT_EQ(read.loss, history.loss);
    EXPECT_TRUE(read.models.empty());
  }
}

TEST(HistoryTensors, HaveTheLastStepOnce) {
  Experiment experiment = example();
  experiment.train.steps = 9;  // step 8 is recorded in its turn, and is the last
  EXPECT_EQ(read_history(file_of(history_at({0, 4, 8})), experiment, 9, 2).rows(), 3U);
}

TEST(HistoryTensors, HaveTheRecordedModels) {
  Experiment experiment = example();
  experiment.record.parameters = true;
  History history = history_at({0, 4});
  history.models = {numbered(ModelKind::kReluOutput, 1), numbered(ModelKind::kReluOutput, 100)};
  safetensors::File file;
  add_history(file, history, 2, "kept_");
  const History read = read_history(file, experiment, 5, 2, "kept_");
  ASSERT_EQ(read.models.size(), 2U);
  for (std::size_t row = 0; row < 2; ++row) expect_equal(read.models[row], history.models[row]);
  EXPECT_THAT(message_of<InvalidRequest>([&] { (void)read_history(file, experiment, 5, 2); }),
              HasSubstr("tensor \"W\": expected F32 (2, 2, 3, 2), got nothing"));
}

TEST(HistoryTensors, OfOtherStepsAreRefused) {
  const auto refusal = [](const std::vector<std::int64_t>& steps, std::int64_t taken) {
    const auto file = file_of(history_at(steps));
    return message_of<InvalidRequest>([&] { (void)read_history(file, example(), taken, 2); });
  };
  for (const std::vector<std::int64_t>& steps : {std::vector<std::int64_t>{0, 8}, {4, 0}, {1, 4}, {-4, 0}})
    EXPECT_EQ(refusal(steps, 5), "tensor \"step\": expected every 4 of 10 steps and the last, got others");
  EXPECT_THAT(refusal({0, 4, 8, 8}, 10), HasSubstr("got others"));
  EXPECT_EQ(refusal({0, 4, 8}, 10), "tensor \"step\": expected I64 (4), got I64 (3)");
}

TEST(HistoryTensors, WithAPartOfAnotherShapeAreRefused) {
  const std::vector<float> numbers(6);
  const std::vector<std::pair<std::function<void(safetensors::File&)>, std::string>> damages = {
      {[](auto& file) { file.tensors.erase("step"); }, "\"step\": expected I64 (2), got nothing"},
      {[](auto& file) { file.tensors.erase("lr"); }, "\"lr\": expected F32 (2), got nothing"},
      {[&](auto& file) { file.add("lr", {2, 1}, std::span(numbers).first(2)); },
       "\"lr\": expected F32 (2), got F32 (2, 1)"},
      {[&](auto& file) { file.add("loss", {2, 3}, numbers); },
       "\"loss\": expected F32 (2, 2), got F32 (2, 3)"}};
  for (const auto& [damage, expected] : damages) {
    safetensors::File file = file_of(history_at({0, 4}));
    damage(file);
    EXPECT_EQ(message_of<InvalidRequest>([&] { (void)read_history(file, example(), 5, 2); }),
              "tensor " + expected);
  }
}

TEST(WithTensors, GivesWhatIsMadeOfThem) {
  const TemporaryDirectory directory;
  write_whole(directory / "history.safetensors", safetensors::serialise(file_of(history_at({0, 4}))));
  const auto rows = [](const safetensors::File& file) { return read_history(file, example(), 5, 2).rows(); };
  EXPECT_EQ(with_tensors(directory / "history.safetensors", rows), 2U);
  EXPECT_EQ(with_tensors(Directory::open(directory.path()), "history.safetensors", rows), 2U);
}

TEST(WithTensors, NamesTheFileWhateverIsWrongWithIt) {
  const TemporaryDirectory directory;
  const std::string path = (directory / "a.safetensors").string();
  const auto refusal = [&](const std::function<void(const safetensors::File&)>& use) {
    return message_of<InvalidRequest>([&] { with_tensors(directory / "a.safetensors", use); });
  };
  write_whole(directory / "a.safetensors", safetensors::serialise({}));
  EXPECT_EQ(refusal([](const auto& file) { (void)read_model(file, ModelKind::kLinear, kShape); }),
            path + ": tensor \"W\": expected F32 (2, 3, 2), got nothing");
  write_whole(directory / "a.safetensors", std::vector<std::byte>(3));
  EXPECT_THAT(refusal([](const auto&) { ADD_FAILURE() << "there is nothing to use"; }),
              ::testing::StartsWith(path + ": "));
}

}  // namespace
}  // namespace superpose::store
