#include "superpose/analysis/johnson_lindenstrauss.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/core/random.h"

namespace superpose {
namespace {

// 800 ln(10) = 1842.068..., worked out with 30 digits elsewhere: 2, 5 and 7 of them, and a hundred of each.
TEST(JohnsonLindenstrauss, BoundAtAHundredthAndATenth) {
  EXPECT_EQ(johnson_lindenstrauss_dimensions(1e2, 0.01), 368414);
  EXPECT_EQ(johnson_lindenstrauss_dimensions(1e5, 0.01), 921035);
  EXPECT_EQ(johnson_lindenstrauss_dimensions(1e7, 0.01), 1289448);
  EXPECT_EQ(johnson_lindenstrauss_dimensions(1e2, 0.1), 3685) << "what a note in circulation gives for 1/100";
  EXPECT_EQ(johnson_lindenstrauss_dimensions(1e5, 0.1), 9211);
  EXPECT_EQ(johnson_lindenstrauss_dimensions(1e7, 0.1), 12895);
  EXPECT_EQ(johnson_lindenstrauss_dimensions(1, 0.5), 1) << "above 0";
  // 4 ln(100) / (0.005 - 0.001 / 3) = 3947.3...
  EXPECT_EQ(dasgupta_gupta_dimensions(1e2, 0.1), 3948);
}

TEST(JohnsonLindenstrauss, DistortionIsTheBoundTheOtherWayRound) {
  for (const double eps : {0.01, 0.1, 0.5}) {
    const auto k = static_cast<double>(johnson_lindenstrauss_dimensions(1000, eps));
    EXPECT_LE(johnson_lindenstrauss_distortion(1000, k), eps);
    EXPECT_GT(johnson_lindenstrauss_distortion(1000, k - 1), eps);
  }
}

TEST(Projection, DistortionsAreThoseOfTheMapWrittenOut) {
  // Two points in one dimension: a distance d becomes |g| d, its square g^2 d^2, whatever d.
  const Projection two{.n_points = 2, .n_dimensions = 1, .key = stream_key(3, Stream::kStudy)};
  const std::array<std::int64_t, 3> k = {1, 2, 9};
  const auto distortions = projection_distortions(two, k).value();
  ASSERT_EQ(distortions.size(), 3U);
  double squares = 0;
  std::size_t at = 0;
  for (std::uint32_t row = 0; row < 9; ++row) {
    std::array<double, 1> g{};
    fill_normal(g, two.key, 1, row);
    squares += g[0] * g[0];
    if (row + 1 != k[at]) continue;
    ASSERT_EQ(distortions[at].size(), 1U);
    EXPECT_NEAR(distortions[at][0], squares / static_cast<double>(k[at]) - 1, 1e-12);
    ++at;
  }
}

TEST(Projection, IsNothingWhenStopped) {
  StopSource stop;
  stop.request_stop();
  const std::array<std::int64_t, 1> k = {2};
  EXPECT_FALSE(projection_distortions({.n_points = 2, .n_dimensions = 1}, k, stop.get_token()).has_value());
}

TEST(Projection, RefusesWhatIsNone) {
  const Projection two{.n_points = 2, .n_dimensions = 1};
  for (const std::vector<std::int64_t>& k : {std::vector<std::int64_t>{0, 1}, {2, 1}, {3, 3}, {-1}})
    EXPECT_THROW(projection_distortions(two, k), InvalidRequest);
  EXPECT_THROW(projection_distortions({.n_points = 1}, std::vector<std::int64_t>{1}), InvalidRequest);
  EXPECT_TRUE(projection_distortions(two, {}).value().empty());
}

TEST(Projection, DistortionsSpreadAsChiSquaredDoes) {
  const std::array<std::int64_t, 2> k = {50, 800};
  const auto distortions =
      projection_distortions({.n_points = 60, .n_dimensions = 300, .key = stream_key(1, Stream::kStudy)}, k)
          .value();
  for (std::size_t i = 0; i < k.size(); ++i) {
    ASSERT_EQ(distortions[i].size(), 60U * 59 / 2);
    double sum = 0, squares = 0;
    for (const double d : distortions[i]) {
      sum += d;
      squares += d * d;
    }
    const double mean = sum / 1770, deviation = std::sqrt(squares / 1770);
    const double expected = std::sqrt(2 / static_cast<double>(k[i]));
    // Pairs share 60 points: the mean is that of about 30 independent pairs, 5 standard deviations allowed.
    EXPECT_NEAR(mean, 0, 5 * expected / std::sqrt(30.0));
    EXPECT_NEAR(deviation, expected, 0.25 * expected);
  }
}

}  // namespace
}  // namespace superpose
