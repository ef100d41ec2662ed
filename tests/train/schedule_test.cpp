#include "superpose/train/schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace superpose {
namespace {

TEST(Schedule, FollowsTheNotebook) {
  constexpr std::int64_t steps = 11;
  for (std::int64_t step = 0; step < steps; ++step) {
    const auto t = static_cast<double>(step);
    EXPECT_EQ(schedule_factor(Schedule::kConstant, step, steps), 1);
    EXPECT_DOUBLE_EQ(schedule_factor(Schedule::kLinear, step, steps), 1 - t / 11);
    EXPECT_NEAR(schedule_factor(Schedule::kCosine, step, steps), std::cos(std::numbers::pi / 2 * t / 10),
                1e-15);
  }
  EXPECT_EQ(schedule_factor(Schedule::kCosine, 0, steps), 1);
  EXPECT_EQ(schedule_factor(Schedule::kCosine, 10, steps), 0);
}

TEST(Schedule, OfASingleStepIsOne) {
  for (const auto schedule : {Schedule::kConstant, Schedule::kLinear, Schedule::kCosine}) {
    EXPECT_EQ(schedule_factor(schedule, 0, 1), 1);
  }
}

TEST(Schedule, NamesGoBothWays) {
  for (const auto schedule : {Schedule::kConstant, Schedule::kLinear, Schedule::kCosine}) {
    EXPECT_EQ(find_schedule(name(schedule)), schedule);
  }
  EXPECT_EQ(find_schedule("warm"), std::nullopt);
  EXPECT_EQ(schedule_names(), "constant, linear, cosine");
}

}  // namespace
}  // namespace superpose
