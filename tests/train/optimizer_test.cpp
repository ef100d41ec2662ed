#include "superpose/train/optimizer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "superpose/kernels/reference_step.h"
#include "superpose/train/optimizer_update.h"
#include "tests/train/optimizer_fixture.h"

namespace superpose {
namespace {

namespace fixture = optimizer_fixture;

class OptimizerParity : public testing::TestWithParam<fixture::Trajectory> {};

// The coefficients of an Update are float32, 6e-8 relative each; twenty steps of 0.01 keep the parameters
// within a few of those. The engine's own update is tested against this one in tests/kernels/.
TEST_P(OptimizerParity, FollowsPyTorch) {
  const auto& expected = GetParam();
  const OptimizerOptions options{.kind = expected.kind, .weight_decay = expected.weight_decay};
  constexpr auto kSize = static_cast<std::size_t>(fixture::kSize);
  std::vector<double> parameter(kSize), gradient(kSize), m(kSize), v(kSize);
  for (std::size_t i = 0; i < kSize; ++i) parameter[i] = fixture::start(static_cast<std::int64_t>(i));

  std::size_t shown = 0;
  for (std::int64_t step = 0; step < fixture::kSteps; ++step) {
    for (std::size_t i = 0; i < kSize; ++i)
      gradient[i] = fixture::gradient(static_cast<std::int64_t>(i), step);
    kernels::reference::update(make_update(options, fixture::learning_rate(step), step), gradient, parameter,
                               m, v);
    if (step + 1 != fixture::kShown[shown]) continue;
    for (std::size_t i = 0; i < kSize; ++i) {
      EXPECT_NEAR(parameter[i], static_cast<double>(expected.after[shown][i]), 3e-7)
          << "parameter " << i << " after step " << step + 1;
    }
    ++shown;
  }
  EXPECT_EQ(shown, fixture::kShown.size());
}

INSTANTIATE_TEST_SUITE_P(Trajectories, OptimizerParity, testing::ValuesIn(fixture::kTrajectories),
                         [](const auto& trajectory) {
                           std::string name = trajectory.param.name;
                           std::ranges::replace(name, ' ', '_');
                           return name;
                         });

TEST(Optimizer, IsFoundByItsName) {
  for (const auto kind : {OptimizerKind::kAdamW, OptimizerKind::kAdam, OptimizerKind::kSgd}) {
    EXPECT_EQ(find_optimizer_kind(name(kind)), kind);
  }
  EXPECT_EQ(name(OptimizerKind::kAdamW), "adamw");
  EXPECT_EQ(find_optimizer_kind("rmsprop"), std::nullopt);
  EXPECT_EQ(optimizer_kind_names(), "adamw, adam, sgd");
}

TEST(Optimizer, DecaysTheWeightsThemselvesOnlyInAdamW) {
  const auto decay = [](OptimizerKind kind) {
    return make_update({.kind = kind, .weight_decay = 0.5}, 0.1, 0);
  };
  EXPECT_EQ(decay(OptimizerKind::kAdamW).decay, 0.95F);
  EXPECT_EQ(decay(OptimizerKind::kAdamW).l2, 0.0F);
  for (const auto kind : {OptimizerKind::kAdam, OptimizerKind::kSgd}) {
    EXPECT_EQ(decay(kind).decay, 1.0F);
    EXPECT_EQ(decay(kind).l2, 0.5F);
  }
}

}  // namespace
}  // namespace superpose
