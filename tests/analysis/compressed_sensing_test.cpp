#include "superpose/analysis/compressed_sensing.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "superpose/core/random.h"

namespace superpose {
namespace {

TEST(MatchingPursuit, TakesTheColumnsThatExplainMost) {
  // (2, 3): the third column is halfway between the first two.
  const double h = std::sqrt(0.5);
  const std::array<double, 6> A = {1, 0, h,  //
                                   0, 1, h};
  EXPECT_EQ(orthogonal_matching_pursuit(A, std::array<double, 2>{0, -3}, 3, 1).value(),
            (std::vector<double>{0, -3, 0}));
  const auto both = orthogonal_matching_pursuit(A, std::array<double, 2>{2, 2}, 3, 1).value();
  EXPECT_NEAR(both[2], 2 / h, 1e-14);
  // (3, 1) = 2 e0 + sqrt(2) (h, h): the greedy choice is e0, whose correlation is 3 against 4 h = 2.83.
  const auto two = orthogonal_matching_pursuit(A, std::array<double, 2>{3, 1}, 3, 2).value();
  EXPECT_NEAR(two[0] + h * two[2], 3, 1e-14);
  EXPECT_NEAR(two[1] + h * two[2], 1, 1e-14);
  EXPECT_NE(two[0], 0);
}

TEST(MatchingPursuit, SurvivesColumnsThatAreTheSame) {
  const std::array<double, 6> A = {1, 1, 0,  //
                                   0, 0, 0};
  EXPECT_EQ(orthogonal_matching_pursuit(A, std::array<double, 2>{2, 0}, 3, 2).value(),
            (std::vector<double>{2, 0, 0}));
  EXPECT_EQ(orthogonal_matching_pursuit(A, std::array<double, 2>{0, 0}, 3, 2).value(),
            std::vector<double>(3));
}

TEST(Recovers, IsNothingWhenStopped) {
  StopSource stop;
  stop.request_stop();
  EXPECT_FALSE(recovers({.n = 5, .m = 5, .k = 1, .key = {}}, stop.get_token()).has_value());
}

TEST(Recovers, WhereThereAreManyMeasurementsAndNotWhereThereAreFew) {
  for (const SparseValues values : {SparseValues::kNormal, SparseValues::kUniform}) {
    int easy = 0, hopeless = 0;
    constexpr int kTrials = 40;
    for (int trial = 0; trial < kTrials; ++trial) {
      const philox::Key key = stream_key(0, Stream::kStudy, trial);
      easy += recovers({.n = 64, .m = 48, .k = 3, .values = values, .key = key}).value() ? 1 : 0;
      hopeless += recovers({.n = 64, .m = 16, .k = 14, .values = values, .key = key}).value() ? 1 : 0;
    }
    EXPECT_GE(easy, kTrials - 2);
    EXPECT_EQ(hopeless, 0);
  }
  EXPECT_TRUE(recovers({.n = 5, .m = 5, .k = 1, .key = {}}).value()) << "a square map loses nothing";
}

TEST(HalfWay, IsBetweenTwoPlaces) {
  const std::array<double, 4> at = {1, 2, 4, 5};
  EXPECT_DOUBLE_EQ(half_way(at, std::array<double, 4>{1, 0.75, 0.25, 0.6}).value_or(0), 3)
      << "the first time";
  EXPECT_DOUBLE_EQ(half_way(at, std::array<double, 4>{1, 1, 0.5, 0}).value_or(0), 4);
  EXPECT_FALSE(half_way(at, std::array<double, 4>{0.4, 0.9, 0, 0}).has_value()) << "not above at first";
  EXPECT_FALSE(half_way(at, std::array<double, 4>{1, 1, 1, 0.5}).has_value()) << "never below";
}

TEST(SparseBound, IsLargestAtAnEthOfN) {
  EXPECT_DOUBLE_EQ(sparse_bound(100, 1), std::log(100));
  constexpr double e = std::numbers::e;
  EXPECT_NEAR(sparse_bound(100, 100 / e), 100 / e, 1e-12);
  EXPECT_EQ(sparse_bound(7, 7), 0);
}

}  // namespace
}  // namespace superpose
