#include "superpose/experiment/memory.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

namespace superpose {
namespace {

/// 2 x (100 -> 10). The rows are of the first step and the last.
Experiment example() {
  Experiment experiment;
  experiment.model.shape = {.n_instances = 2, .n_features = 100, .n_hidden = 10};
  experiment.train.steps = 1000;
  experiment.record.every = 1000;
  return experiment;
}

/// How many bytes more the training takes after the change.
double growth(Experiment experiment, const std::function<void(Experiment&)>& change) {
  const double before = training_bytes(experiment);
  change(experiment);
  return training_bytes(experiment) - before;
}

TEST(TrainingBytes, GrowWithEverythingThatTakesMemory) {
  const auto expect_growth = [](const std::function<void(Experiment&)>& change, const char* what) {
    EXPECT_GT(growth(example(), change), 0) << what;
  };
  expect_growth([](auto& e) { e.model.shape.n_instances += 1; }, "n_instances");
  expect_growth([](auto& e) { e.model.shape.n_features += 16; }, "n_features");
  expect_growth([](auto& e) { e.model.shape.n_hidden += 16; }, "n_hidden");
  expect_growth([](auto& e) { e.train.restarts += 1; }, "restarts");
  expect_growth([](auto& e) { e.train.steps += 1000; }, "steps");
  expect_growth([](auto& e) { e.record.every = 1; }, "every");
  expect_growth([](auto& e) { e.record.parameters = true; }, "parameters");
  expect_growth([](auto& e) { e.record.all_restarts = true; }, "all_restarts");
}

// With more members than threads, another one needs no further scratch memory.
TEST(TrainingBytes, OfARestartAreItsParametersAndMomentsAndTheirCheckpoint) {
  Experiment experiment = example();
  experiment.train.restarts = 10'000;
  for (const double matrices : {1.0, 2.0}) {
    experiment.model.kind = matrices == 1 ? ModelKind::kReluOutput : ModelKind::kUntied;
    const double bytes = growth(experiment, [](auto& e) { e.train.restarts += 1; });
    const double members = 2, parameter_bytes = (matrices * 1000 + 100) * sizeof(float);
    EXPECT_GE(bytes, members * (3 + 2 * 3) * parameter_bytes);
    EXPECT_LE(bytes, members * (3 + 2 * 3) * parameter_bytes * 1.01) << "little else";
  }
}

TEST(TrainingBytes, OfARecordedModelAreItsParametersAndTheirCheckpoint) {
  Experiment experiment = example();
  experiment.record.parameters = true;
  const double bytes = growth(experiment, [](auto& e) { e.train.steps += 100 * e.record.every; });
  const double rows = 100, models = 2 + 2;  // as trained and as kept
  const double parameter_bytes = 1100 * sizeof(float);
  EXPECT_GE(bytes, rows * models * 3 * parameter_bytes);
  EXPECT_LE(bytes, rows * models * 3 * parameter_bytes * 1.01);
}

TEST(TrainingBytes, OfRecordedLossesAreTheSameWhetherStepsAreManyOrRowsFrequent) {
  Experiment often = example(), longer = example();
  often.record.every = 10;
  longer.train.steps = 100'000;
  EXPECT_EQ(training_bytes(often), training_bytes(longer));
}

TEST(TrainingBytes, OfAbsurdSizesDoNotWrapAround) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  Experiment experiment = example();
  experiment.train.batch_size = kMost;
  for (std::int64_t Shape::* const size : {&Shape::n_hidden, &Shape::n_features, &Shape::n_instances}) {
    double before = training_bytes(experiment);
    for (std::int64_t n = 128; n < kMost; n *= 2) {
      experiment.model.shape.*size = n;
      const double bytes = training_bytes(experiment);
      EXPECT_GT(bytes, before) << n;
      before = bytes;
    }
    experiment.model.shape.*size = kMost;
  }
  experiment.train.restarts = 16'777'215;
  experiment.train.steps = 4'294'967'295;
  experiment.record = {.every = 1, .parameters = true, .all_restarts = true};
  EXPECT_GT(training_bytes(experiment), 0x1p152);
  EXPECT_TRUE(std::isfinite(training_bytes(experiment)));
}

TEST(DescribeBytes, TakesTheUnitThatFits) {
  EXPECT_EQ(describe_bytes(0), "0 bytes");
  EXPECT_EQ(describe_bytes(999), "999 bytes");
  EXPECT_EQ(describe_bytes(1024), "1 KiB");
  EXPECT_EQ(describe_bytes(1.5 * 1024 * 1024), "1.5 MiB");
  EXPECT_EQ(describe_bytes(1.2 * 0x1p30), "1.2 GiB");
  EXPECT_EQ(describe_bytes(109.4 * 0x1p40), "109 TiB");
  EXPECT_EQ(describe_bytes(0x1p50), "1 PiB");
  EXPECT_EQ(describe_bytes(2 * 0x1p60), "2 EiB");
}

TEST(DescribeBytes, NeedsNoExponentBelowTheLargestUnit) {
  EXPECT_EQ(describe_bytes(1000), "0.977 KiB");
  EXPECT_EQ(describe_bytes(1023), "0.999 KiB");
  EXPECT_EQ(describe_bytes(999.4 * 0x1p30), "999 GiB");
  EXPECT_EQ(describe_bytes(1023.0 * 0x1p30), "0.999 TiB");
  EXPECT_EQ(describe_bytes(0x1p100), "1.1e+12 EiB");
}

}  // namespace
}  // namespace superpose
