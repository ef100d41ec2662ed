#include "superpose/train/toy_models.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/train/training_loop.h"

namespace superpose {
namespace {

Ensemble ensemble(ModelKind kind) {
  return {.kind = kind,
          .shape = {.n_instances = 2, .n_features = 6, .n_hidden = 2},
          .data = FeatureDistribution(std::vector<float>(12, 0.3F), 6),
          .importance = std::vector<float>(12, 1.0F)};
}

constexpr TrainOptions kOptions{.steps = 30, .batch_size = 32, .lr = 1e-2, .restarts = 2};
constexpr MemberRange kAll{.begin = 0, .end = 4};

TEST(ToyModels, GoOnFromWhatTheySaved) {
  for (const ModelKind kind : {ModelKind::kReluOutput, ModelKind::kUntied}) {
    const Ensemble toys = ensemble(kind);
    ToyModels whole(toys, kOptions, kAll, 1), first(toys, kOptions, kAll, 1), second(toys, kOptions, kAll, 2);
    const LoopOptions options{.steps = 30, .lr = 1e-2};
    TrainingLoop(whole, options).run_until(30, {});
    TrainingLoop(first, options).run_until(12, {});
    second.restore(first.step(), first.save());
    EXPECT_EQ(second.step(), 12);
    TrainingLoop(second, options).run_until(30, {});
    const auto expected = whole.save(), got = second.save();
    ASSERT_EQ(expected.size(), kind == ModelKind::kUntied ? 4U : 3U);
    for (std::size_t i = 0; i < got.size(); ++i) {
      EXPECT_EQ(got[i].name, expected[i].name);
      EXPECT_TRUE(std::ranges::equal(got[i].values, expected[i].values)) << got[i].name;
    }
  }
}

TEST(ToyModels, RefuseArraysOfOthers) {
  const Ensemble tied = ensemble(ModelKind::kReluOutput), untied = ensemble(ModelKind::kUntied);
  ToyModels toys(tied, kOptions, kAll, 1), others(untied, kOptions, kAll, 1),
      fewer(tied, kOptions, {0, 3}, 1);
  EXPECT_THROW(toys.restore(0, others.save()), InvalidRequest);
  EXPECT_THROW(toys.restore(0, fewer.save()), InvalidRequest);
}

TEST(ToyModels, TakeOneStepAtATimeOfSamplesThatAreGiven) {
  Ensemble toys = ensemble(ModelKind::kReluOutput);
  EXPECT_EQ(ToyModels(toys, kOptions, kAll, 1).most_steps(), std::numeric_limits<std::int64_t>::max());
  toys.source.fill = [](const BatchRequest&, const Batch& batch) { std::ranges::fill(batch.x, 0.5F); };
  EXPECT_EQ(ToyModels(toys, kOptions, kAll, 1).most_steps(), 1);
}

}  // namespace
}  // namespace superpose
