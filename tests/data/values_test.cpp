#include "superpose/data/values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

#include "superpose/core/error.h"

namespace superpose {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::SizeIs;

using List = std::vector<double>;
using Table = std::vector<std::vector<double>>;

TEST(Expand, RepeatsANumber) {
  EXPECT_THAT(expand(0.25, Axis::kInstances, 2, 3), testing::AllOf(SizeIs(6), Each(0.25F)));
  EXPECT_THAT(expand(0.25, Axis::kFeatures, 2, 3), testing::AllOf(SizeIs(6), Each(0.25F)));
}

TEST(Expand, RunsAListAlongItsAxis) {
  EXPECT_THAT(expand(List{1, 2}, Axis::kInstances, 2, 3), ElementsAre(1, 1, 1, 2, 2, 2));
  EXPECT_THAT(expand(List{1, 2, 3}, Axis::kFeatures, 2, 3), ElementsAre(1, 2, 3, 1, 2, 3));
}

TEST(Expand, TakesATableAsItIsWhateverTheAxis) {
  const Table table{{1, 2, 3}, {4, 5, 6}};
  EXPECT_THAT(expand(table, Axis::kInstances, 2, 3), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(expand(table, Axis::kFeatures, 2, 3), ElementsAre(1, 2, 3, 4, 5, 6));
}

// The notebook's 20^-linspace(0, 1, 10).
TEST(Expand, FollowsTheGeometricRule) {
  const auto values = expand(Geometric{1, 0.05}, Axis::kInstances, 10, 1);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_FLOAT_EQ(values[i], static_cast<float>(std::pow(20.0, -static_cast<double>(i) / 9)))
        << "instance " << i;
  }
  EXPECT_EQ(values.front(), 1.0F);
  EXPECT_EQ(values.back(), 0.05F);
}

TEST(Expand, FollowsTheLinearRule) {
  EXPECT_THAT(expand(Linear{1, 0}, Axis::kFeatures, 1, 5), ElementsAre(1, 0.75F, 0.5F, 0.25F, 0));
  const auto values = expand(Linear{0.1, 0.7}, Axis::kFeatures, 1, 4);
  EXPECT_EQ(values.front(), 0.1F);
  EXPECT_EQ(values.back(), 0.7F);
}

TEST(Expand, FollowsThePowerRule) {
  EXPECT_THAT(expand(Power{0.5}, Axis::kFeatures, 2, 3), ElementsAre(1, 0.5F, 0.25F, 1, 0.5F, 0.25F));
  EXPECT_THAT(expand(Power{0.5}, Axis::kInstances, 3, 1), ElementsAre(1, 0.5F, 0.25F));
  EXPECT_THAT(expand(Power{0}, Axis::kFeatures, 1, 3), ElementsAre(1, 0, 0));
  EXPECT_EQ(expand(Power{0.9}, Axis::kFeatures, 1, 5)[4], 0.6561F);
}

TEST(Expand, StartsARuleWithItsFirstValueWhenThereIsOnlyOne) {
  EXPECT_THAT(expand(Geometric{0.5, 0.1}, Axis::kInstances, 1, 1), ElementsAre(0.5F));
  EXPECT_THAT(expand(Linear{0.5, 0.1}, Axis::kInstances, 1, 1), ElementsAre(0.5F));
  EXPECT_THAT(expand(Power{0.5}, Axis::kInstances, 1, 1), ElementsAre(1.0F));
}

TEST(Expand, HitsBothEndsOfALongRuleExactly) {
  for (const std::int64_t n : {2, 3, 7, 100, 1001}) {
    for (const auto& values : {expand(Geometric{0.3, 0.07}, Axis::kInstances, n, 1),
                               expand(Linear{0.3, 0.07}, Axis::kInstances, n, 1)}) {
      EXPECT_EQ(values.front(), 0.3F);
      EXPECT_EQ(values.back(), 0.07F);
      EXPECT_TRUE(std::ranges::is_sorted(values, std::greater<>())) << "n = " << n;
    }
  }
}

/// The message with which expanding fails.
std::string refusal(const Values& values, Axis axis) {
  try {
    expand(values, axis, 2, 3);
  } catch (const InvalidRequest& error) {
    return error.what();
  }
  return "nothing thrown";
}

TEST(Expand, RefusesListsAndTablesOfTheWrongLength) {
  EXPECT_EQ(refusal(List{1, 2, 3}, Axis::kInstances), "expected 2 numbers (n_instances), got 3");
  EXPECT_EQ(refusal(List{1, 2}, Axis::kFeatures), "expected 3 numbers (n_features), got 2");
  EXPECT_EQ(refusal(List{}, Axis::kFeatures), "expected 3 numbers (n_features), got 0");
  EXPECT_EQ(refusal(Table{{1, 2, 3}}, Axis::kInstances), "expected 2 rows (n_instances), got 1");
  EXPECT_EQ(refusal(Table{{1, 2, 3}, {1, 2}}, Axis::kInstances),
            "expected 3 numbers in a row (n_features), got 2");
}

}  // namespace
}  // namespace superpose
