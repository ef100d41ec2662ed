#include "superpose/analysis/extremes.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace superpose
