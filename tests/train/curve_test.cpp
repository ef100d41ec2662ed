#include "superpose/train/curve.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

namespace superpose {
namespace {

using Body = Curve::Body;

TEST(Curve, FallsAlongItsBody) {
  constexpr std::int64_t steps = 11;
  for (std::int64_t step = 0; step < steps; ++step) {
    const auto t = static_cast<double>(step);
    EXPECT_EQ(Curve{.body = Body::kConstant}.at(step, steps), 1);
    EXPECT_EQ(Curve{.body = Body::kLinear}.at(step, steps), 1 - t / 11);
    EXPECT_NEAR(Curve{.body = Body::kQuarterCosine}.at(step, steps), std::cos(std::numbers::pi / 2 * t / 10),
                1e-15);
    EXPECT_NEAR(Curve{.body = Body::kHalfCosine}.at(step, steps),
                (1 + std::cos(std::numbers::pi * t / 11)) / 2, 1e-15);
  }
}

TEST(Curve, RisesThroughItsWarmUpAndNeverStandsStill) {
  for (const Body body : {Body::kConstant, Body::kLinear, Body::kQuarterCosine, Body::kHalfCosine}) {
    const Curve curve{.body = body, .warm_up = 4};
    const std::vector<double> rise{0.2, 0.4, 0.6, 0.8, 1};
    for (std::int64_t step = 0; step < 5; ++step)
      EXPECT_DOUBLE_EQ(curve.at(step, 20), rise[static_cast<std::size_t>(step)]);
    const Curve without{.body = body};
    for (std::int64_t step = 4; step < 20; ++step) EXPECT_EQ(curve.at(step, 20), without.at(step - 4, 16));
  }
}

TEST(Curve, EndsAtItsFloor) {
  EXPECT_EQ((Curve{.body = Body::kQuarterCosine, .floor = 0.05}.at(19, 20)), 0.05);
  for (const Body body : {Body::kLinear, Body::kQuarterCosine, Body::kHalfCosine}) {
    const Curve curve{.body = body, .floor = 0.25}, without{.body = body};
    for (std::int64_t step = 0; step < 20; ++step)
      EXPECT_NEAR(curve.at(step, 20), 0.25 + 0.75 * without.at(step, 20), 1e-15);
  }
  EXPECT_EQ((Curve{.floor = 0.5}.at(19, 20)), 1) << "a constant does not fall";
}

TEST(Curve, IsWholeWhereThereIsOneStepOrOnlyAWarmUp) {
  for (const Body body : {Body::kConstant, Body::kLinear, Body::kQuarterCosine, Body::kHalfCosine}) {
    EXPECT_EQ(Curve{.body = body}.at(0, 1), 1);
    EXPECT_DOUBLE_EQ((Curve{.body = body, .warm_up = 9}.at(4, 5)), 0.5);
  }
}

}  // namespace
}  // namespace superpose
