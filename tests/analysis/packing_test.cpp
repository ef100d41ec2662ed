#include "superpose/analysis/packing.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "superpose/core/random.h"

namespace superpose {
namespace {

philox::Key key(std::int64_t trial) {
  return stream_key(0, Stream::kStudy, trial);
}

TEST(PackingBounds, OfSetsThatReachThem) {
  EXPECT_NEAR(welch_bound(6, 3), 1 / std::sqrt(5), 1e-15) << "the diagonals of the icosahedron";
  EXPECT_NEAR(welch_bound(28, 7), 1.0 / 3, 1e-15);
  EXPECT_NEAR(welch_bound(276, 23), 0.2, 1e-15);
  EXPECT_EQ(welch_bound(3, 3), 0);
  EXPECT_NEAR(coherence_bound(12, 4), 0.5, 1e-15) << "D4; Welch's bound is lower";
  EXPECT_LT(welch_bound(12, 4), 0.45);
  EXPECT_NEAR(coherence_bound(120, 8), 0.5, 1e-15) << "E8";
  EXPECT_NEAR(coherence_bound(4, 2), std::cos(3.14159265358979323846 / 4), 1e-12);
}

TEST(PackingBounds, SayHowManyFit) {
  EXPECT_EQ(most_vectors(3, 1 / std::sqrt(5)), 6);
  EXPECT_EQ(most_vectors(4, 0.5), 12);
  EXPECT_EQ(most_vectors(6, 0.5), 36);
  EXPECT_EQ(most_vectors(7, 0.5), 63);
  EXPECT_EQ(most_vectors(8, 0.5), 120);
  EXPECT_EQ(most_vectors(23, 0.2), 276);
  EXPECT_TRUE(std::isinf(most_vectors(10, 0.5))) << "3 / (d + 2) = eps^2";
  for (const std::int64_t d : {2, 5, 12}) {
    for (const double eps : {0.15, 0.3, 0.45}) {
      const double most = most_vectors(d, eps);
      if (std::isinf(most)) continue;
      const auto n = static_cast<std::int64_t>(most);
      EXPECT_LE(coherence_bound(n, d), eps * (1 + 1e-9)) << d << ", " << eps;
      EXPECT_GT(coherence_bound(n + 1, d), eps) << d << ", " << eps;
    }
  }
}

TEST(Coherence, IsTheLargestCosine) {
  EXPECT_EQ(coherence(std::vector<double>{1, 0, 0, 1, -0.6, -0.8}, 2), 0.8);
  EXPECT_EQ(coherence(std::vector<double>{0, 1}, 2), 0);
}

TEST(RandomUnitVectors, AreUnitAndDoNotDependOnTheirNumber) {
  const auto few = random_unit_vectors(3, 7, key(1));
  auto many = random_unit_vectors(5, 7, key(1));
  for (std::size_t i = 0; i < 5; ++i) {
    double square = 0;
    for (std::size_t a = 0; a < 7; ++a) square += many[i * 7 + a] * many[i * 7 + a];
    EXPECT_NEAR(square, 1, 1e-14);
  }
  many.resize(few.size());
  EXPECT_EQ(many, few);
}

TEST(DrawAlmostOrthogonal, KeepsWhatFits) {
  const auto draw = [](std::int64_t d, double eps, std::int64_t most) {
    return draw_almost_orthogonal(
               {.n_dimensions = d, .eps = eps, .patience = 200, .most = most, .key = key(0)})
        .value();
  };
  EXPECT_EQ(draw(2, 0.9999, 1000), draw(2, 0.9999, 1000));
  EXPECT_EQ(draw(10, 0.999, 50), 50) << "as many as asked for where there is room";
  EXPECT_LE(static_cast<double>(draw(3, 0.4, 1000)), most_vectors(3, 0.4));
  // Among lines in the plane at least 60 degrees apart there are three at most, and two are always found.
  EXPECT_GE(draw(2, 0.5, 1000), 2);
  EXPECT_LE(draw(2, 0.5, 1000), 3);
  EXPECT_LT(draw(12, 0.4, 1000), draw(20, 0.4, 1000));
}

TEST(SpreadOut, FindsTheOptimaThatAreKnown) {
  struct Known {
    std::int64_t n, d;
  };
  for (const auto& [n, d] : {Known{6, 3}, Known{12, 4}, Known{28, 7}}) {
    const auto vectors = spread_out({.n_vectors = n, .n_dimensions = d, .steps = 60, .key = key(0)}).value();
    EXPECT_NEAR(coherence(vectors, d), coherence_bound(n, d), 1e-3) << n << " in " << d;
  }
}

TEST(SpreadOut, IsNothingWhenStoppedAndSoAreDraws) {
  StopSource stop;
  stop.request_stop();
  EXPECT_FALSE(spread_out({.n_vectors = 3}, stop.get_token()).has_value());
  EXPECT_FALSE(draw_almost_orthogonal({}, stop.get_token()).has_value());
}

TEST(SpreadOut, BeatsRandomVectorsAndNotTheBound) {
  for (const std::int64_t n : {2, 9, 17, 40}) {
    const auto vectors = spread_out({.n_vectors = n, .n_dimensions = 8, .steps = 40, .key = key(2)}).value();
    ASSERT_EQ(vectors.size(), static_cast<std::size_t>(n) * 8);
    EXPECT_LT(coherence(vectors, 8), 0.7 * coherence(random_unit_vectors(n, 8, key(2)), 8)) << n;
    EXPECT_GE(coherence(vectors, 8), coherence_bound(n, 8) - 1e-12) << n;
  }
}

TEST(RandomGrowthRate, IsHalfTheSquareAndMore) {
  EXPECT_NEAR(random_growth_rate(0.01), 0.5e-4, 1e-8);
  EXPECT_GT(random_growth_rate(0.5), 0.125);
}

}  // namespace
}  // namespace superpose
