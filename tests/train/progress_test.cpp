#include "superpose/train/progress.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace superpose {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/// The progress after a step of 100, with these losses.
TrainingProgress progress(const std::vector<float>& loss, std::int64_t step = 0) {
  const Model model(ModelKind::kLinear, {});
  return progress_of({.step = step, .steps = 100, .lr = 0.5, .loss = loss, .model = model});
}

TEST(ProgressOf, CountsTheStepsTaken) {
  EXPECT_EQ(progress({1}, 0).step, 1) << "step 0 is taken";
  const TrainingProgress last = progress({1}, 99);
  EXPECT_EQ(last.step, 100);
  EXPECT_EQ(last.steps, 100);
  EXPECT_EQ(last.lr, 0.5);
}

TEST(ProgressOf, HasTheMeanOfTheFiniteLosses) {
  EXPECT_EQ(progress({1, 2, 6}).loss, 3);
  EXPECT_EQ(progress({1, 2, 6}).not_finite, 0U);
  const TrainingProgress some = progress({kNan, 1, kInfinity, 3, -kInfinity});
  EXPECT_EQ(some.loss, 2);
  EXPECT_EQ(some.not_finite, 3U);
}

TEST(ProgressOf, AddsUpInDoublePrecision) {
  EXPECT_EQ(progress({0x1p24F, 1, 1, 2}).loss, (0x1p24 + 4) / 4);
  EXPECT_EQ(progress({3e38F, 3e38F}).loss, static_cast<double>(3e38F)) << "above the largest float";
}

TEST(ProgressOf, HasNoLossWhereNoneIsFinite) {
  EXPECT_TRUE(std::isnan(progress({kNan, kInfinity}).loss));
  EXPECT_EQ(progress({kNan, kInfinity}).not_finite, 2U);
  EXPECT_TRUE(std::isnan(progress({}).loss)) << "an observer that does not want the loss";
  EXPECT_EQ(progress({}).not_finite, 0U);
}

}  // namespace
}  // namespace superpose
