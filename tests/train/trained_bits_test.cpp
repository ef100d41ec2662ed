// The bits that training gives, written down: the same on every machine, instruction set and compiler, and
// after every change. docs/reproducibility.md promises it.

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "superpose/data/values.h"
#include "superpose/train/trainer.h"
#include "tests/bits.h"

namespace superpose {
namespace {

struct Case {
  std::string name;
  Ensemble ensemble;
  TrainOptions options;
  std::uint64_t hash;  ///< of the trained parameters and the final losses
};

Ensemble ensemble(ModelKind kind, const Shape& shape, const Values& probability,
                  DistributionOptions data = {}) {
  const auto table = [&](const Values& values, Axis axis) {
    return expand(values, axis, shape.n_instances, shape.n_features);
  };
  return {.kind = kind,
          .shape = shape,
          .data = FeatureDistribution(table(probability, Axis::kInstances), shape.n_features, data),
          .importance = table(Power{0.9}, Axis::kFeatures)};
}

FeatureSet feature(std::int64_t number) {
  return {.rule = FeatureSet::Rule::kFeature, .feature = number};
}

/// One for each way that a step goes, each kind, each optimiser.
std::vector<Case> cases() {
  const auto adam = [](OptimizerKind kind) { return OptimizerOptions{.kind = kind, .weight_decay = 0}; };
  const DistributionOptions sets{
      .is_signed = true,
      .sets = {
          {.rule = FeatureSet::Rule::kCorrelated, .members = {feature(0), feature(1)}},
          {.rule = FeatureSet::Rule::kAnticorrelated, .members = {feature(2), feature(4)}},
          {.rule = FeatureSet::Rule::kExactly, .count = 2, .members = {feature(3), feature(5), feature(6)}}}};
  return {
      {"dense and small",
       ensemble(ModelKind::kReluOutput, {10, 5, 2}, Geometric{1.0, 0.05}),
       {.steps = 60, .batch_size = 100, .seed = 1},
       0x21D3CDC7E637BD61},
      {"dense and wide",
       ensemble(ModelKind::kLinear, {1, 70, 20}, 0.7),
       {.steps = 10, .batch_size = 48, .seed = 2},
       0x8E7DE7E1364C65E3},
      {"gaps, in lanes",
       ensemble(ModelKind::kReluHidden, {2, 30, 7}, 0.004),
       {.steps = 40, .batch_size = 256, .optimizer = adam(OptimizerKind::kAdam), .seed = 3},
       0x94BB18D1D92D74A3},
      {"W W^T",
       ensemble(ModelKind::kReluOutput, {1, 100, 20}, 0.01),
       {.steps = 20, .batch_size = 512, .schedule = Schedule::kCosine, .seed = 4},
       0xB09DC2CDDB4961A0},
      {"W W^T and rare",
       ensemble(ModelKind::kReluOutput, {1, 400, 30}, 0.001),
       {.steps = 10, .batch_size = 1024, .seed = 5},
       0xB06CE77D14090412},
      {"GELU",
       ensemble(ModelKind::kGeluOutput, {3, 6, 3}, 0.2),
       {.steps = 40, .batch_size = 64, .seed = 6},
       0x12A9E5F8A679BABC},
      {"two matrices, SGD",
       ensemble(ModelKind::kUntied, {2, 20, 6}, 0.1),
       {.steps = 40,
        .batch_size = 64,
        .lr = 0.1,
        .optimizer = {.kind = OptimizerKind::kSgd, .momentum = 0.9, .weight_decay = 0},
        .seed = 7},
       0xACFB498B5CB248FE},
      {"absolute value",
       ensemble(ModelKind::kAbsoluteValue, {2, 10, 4}, 0.1, {.is_signed = true}),
       {.steps = 40, .batch_size = 64, .seed = 8, .restarts = 2},
       0x17002924548415D5},
      {"sets",
       ensemble(ModelKind::kReluOutput, {2, 7, 3}, 0.3, sets),
       {.steps = 40, .batch_size = 64, .schedule = Schedule::kLinear, .seed = 9},
       0x9E2D34D1047D7CEC},
  };
}

TEST(TrainedBits, AreTheSameEverywhere) {
  if (!gives_the_written_bits()) GTEST_SKIP() << "two roundings for a product and a sum";
  for (const Case& each : cases()) {
    Trainer trainer(each.ensemble, each.options, 2);
    const auto trained = trainer.finish();
    ASSERT_TRUE(trained);
    Bits hash;
    hash.add(trained->model.W());
    hash.add(trained->model.W2());
    hash.add(trained->model.b_final());
    hash.add(trained->loss);
    EXPECT_EQ(hash.value(), each.hash) << each.name << ": got " << std::hex << "0x" << hash.value();
  }
}

}  // namespace
}  // namespace superpose
