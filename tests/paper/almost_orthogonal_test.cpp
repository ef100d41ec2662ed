#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

#include "superpose/paper/study_claims.h"
#include "tests/paper/hand_made.h"
#include "tests/paper/holds.h"

namespace superpose::paper {
namespace {

using namespace study;  // NOLINT(google-build-using-namespace): these are claims about studies

TEST(AlmostOrthogonalClaims, HoldOfExponentialGrowthAndNotOfPowers) {
  const AlmostOrthogonal study{.eps = {0.5},
                               .drawn_dimensions = {8, 16, 24, 32, 40},
                               .most_drawn = 100000,
                               .spread_dimensions = {8, 16, 24, 32, 40},
                               .most_spread = 100000};
  const auto exponential =
      packing_of(study, [](auto d) { return 10 * std::exp(0.2 * static_cast<double>(d)); });
  for (const Claim& claim : claims_of(study, exponential)) EXPECT_TRUE(claim.holds()) << claim.claim;

  const auto power =
      claims_of(study, packing_of(study, [](auto d) { return std::pow(static_cast<double>(d), 2.5); }));
  EXPECT_FALSE(holds(power, "random draws"));
  EXPECT_FALSE(holds(power, "vectors that spread out: how many"));
  const auto slow = claims_of(
      study, packing_of(study, [](auto d) { return 60 * std::exp(0.05 * static_cast<double>(d)); }));
  EXPECT_FALSE(holds(slow, "at least as fast"));

  auto fewer = exponential;
  for (std::int64_t& count : fewer.spread) count /= 3;
  EXPECT_FALSE(holds(claims_of(study, fewer), "spreading out"));
  auto below = exponential;
  below.known_coherence[2] = 0.33F;
  EXPECT_FALSE(holds(claims_of(study, below), "no vectors have"));
  auto above = exponential;
  above.known_coherence[2] = 0.34F;
  EXPECT_FALSE(holds(claims_of(study, above), "vectors that spread out reach"));
  auto cut_off = study;
  cut_off.most_drawn = cut_off.most_spread = 20;  // all counts are: no growth to speak of
  EXPECT_EQ(claims_of(cut_off, exponential).size(), 2U);
}

}  // namespace
}  // namespace superpose::paper
