#include "superpose/core/order_statistics.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace superpose {
namespace {

const double kNothing = std::nan("");

TEST(Extremes, AreThoseOfNumbers) {
  EXPECT_EQ(larger(1, 2), 2);
  EXPECT_EQ(smaller(1, 2), 1);
  EXPECT_EQ(largest(std::vector<double>{1, 3, 2}), 3);
  EXPECT_EQ(smallest(std::vector<double>{1, -3, 2}), -3);
}

TEST(Extremes, LoseNothingThatIsNoNumber) {
  EXPECT_TRUE(std::isnan(larger(kNothing, 1)) && std::isnan(larger(1, kNothing)));
  EXPECT_TRUE(std::isnan(smaller(kNothing, 1)) && std::isnan(smaller(1, kNothing)));
  for (const std::vector<double>& values :
       {std::vector<double>{kNothing, 1}, {1, kNothing, 2}, {1, kNothing}, {}}) {
    EXPECT_TRUE(std::isnan(largest(values)));
    EXPECT_TRUE(std::isnan(smallest(values)));
  }
}

TEST(Quantile, ByNearestRank) {
  const std::vector<double> values = {3, 1, 2, 4};
  EXPECT_EQ(quantile(values, 1), 4);
  EXPECT_EQ(quantile(values, 0.5), 2);
  EXPECT_EQ(quantile(values, 0.51), 3);
  EXPECT_EQ(quantile(values, 0.001), 1);
  EXPECT_EQ(quantile({7}, 0.5), 7);
}

TEST(Median, IsTheMeanOfTheMiddleTwo) {
  EXPECT_EQ(median({3, 1, 2}), 2);
  EXPECT_EQ(median({4, 1, 3, 2}), 2.5);
  EXPECT_EQ(median({7}), 7);
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(median({infinity, 1, infinity, infinity}), infinity);
}

TEST(Median, LosesNothingThatIsNoNumber) {
  EXPECT_TRUE(std::isnan(median({})));
  EXPECT_TRUE(std::isnan(median({1, kNothing, 2})));
}

}  // namespace
}  // namespace superpose
