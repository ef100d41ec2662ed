#include "superpose/models/model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace superpose {
namespace {

TEST(Model, StartsAtZeroWithTheShapesItPromises) {
  Model model(ModelKind::kLinear, {.n_instances = 3, .n_features = 5, .n_hidden = 2});
  EXPECT_EQ(model.kind(), ModelKind::kLinear);
  EXPECT_EQ(model.W().size(), 30U);
  EXPECT_EQ(model.b_final().size(), 15U);
  EXPECT_TRUE(std::ranges::all_of(model.W(), [](float w) { return w == 0; }));
  EXPECT_TRUE(std::ranges::all_of(model.b_final(), [](float b) { return b == 0; }));
}

TEST(Model, GivesEachInstanceItsOwnRows) {
  Model model(ModelKind::kReluOutput, {.n_instances = 3, .n_features = 5, .n_hidden = 2});
  model.W(1)[9] = 7;
  model.b_final(2)[0] = 8;
  const Model& seen = model;
  EXPECT_EQ(seen.W()[19], 7);
  EXPECT_EQ(seen.b_final()[10], 8);
  EXPECT_EQ(seen.W(1).size(), 10U);
  EXPECT_EQ(seen.W(1)[9], 7);
  EXPECT_EQ(seen.b_final(2)[0], 8);
  EXPECT_EQ(seen.b_final(2).size(), 5U);
}

TEST(Initialisation, IsXaviersRuleUnlessAStandardDeviationIsGiven) {
  constexpr Shape shape{.n_instances = 10, .n_features = 6, .n_hidden = 2};
  EXPECT_DOUBLE_EQ(Initialisation{}.standard_deviation(shape), 0.5);
  EXPECT_DOUBLE_EQ(Initialisation{.std = 0.25}.standard_deviation(shape), 0.25);
  EXPECT_DOUBLE_EQ(Initialisation{.std = 0.0}.standard_deviation(shape), 0.0);
}

std::vector<float> drawn(std::size_t size, std::uint32_t seed, std::int64_t restart, std::uint32_t instance) {
  std::vector<float> W(size);
  initialise(W, 1.0, {.seed = seed, .restart = restart, .instance = instance});
  return W;
}

// Bounds of five standard deviations of each moment's estimate: sqrt(1, 2, 15, 96 / n) for the first four.
TEST(Initialise, DrawsFromTheNormalDistribution) {
  constexpr std::size_t kSize = 200'000;
  double moment[5] = {};
  for (const float w : drawn(kSize, 0, 0, 0)) {
    double power = 1;
    for (int k = 1; k <= 4; ++k) moment[k] += (power *= static_cast<double>(w)) / kSize;
  }
  EXPECT_NEAR(moment[1], 0, 5 * std::sqrt(1.0 / kSize));
  EXPECT_NEAR(moment[2], 1, 5 * std::sqrt(2.0 / kSize));
  EXPECT_NEAR(moment[3], 0, 5 * std::sqrt(15.0 / kSize));
  EXPECT_NEAR(moment[4], 3, 5 * std::sqrt(96.0 / kSize));
}

TEST(Initialise, ScalesByTheStandardDeviation) {
  const auto unit = drawn(50, 3, 1, 2);
  std::vector<float> scaled(50);
  initialise(scaled, 0.25, {.seed = 3, .restart = 1, .instance = 2});
  for (std::size_t i = 0; i < unit.size(); ++i) EXPECT_EQ(scaled[i], 0.25F * unit[i]);

  initialise(scaled, 0, {.seed = 3, .restart = 1, .instance = 2});
  EXPECT_TRUE(std::ranges::all_of(scaled, [](float w) { return w == 0; }));
}

TEST(Initialise, IsTheSameEveryTimeAndForOddSizes) {
  const auto even = drawn(10, 3, 1, 2);
  const auto odd = drawn(9, 3, 1, 2);
  EXPECT_EQ(even, drawn(10, 3, 1, 2));
  EXPECT_TRUE(std::equal(odd.begin(), odd.end(), even.begin()));
}

TEST(Initialise, DiffersBySeedRestartAndInstance) {
  constexpr std::size_t kSize = 10'000;
  const auto base = drawn(kSize, 3, 1, 2);
  for (const auto& other : {drawn(kSize, 4, 1, 2), drawn(kSize, 3, 2, 2), drawn(kSize, 3, 1, 3)}) {
    double correlation = 0;
    for (std::size_t i = 0; i < kSize; ++i) {
      correlation += static_cast<double>(base[i]) * static_cast<double>(other[i]) / kSize;
    }
    EXPECT_LT(std::abs(correlation), 5 / std::sqrt(kSize));
  }
}

}  // namespace
}  // namespace superpose
