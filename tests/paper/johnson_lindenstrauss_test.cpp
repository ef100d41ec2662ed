#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>

#include "superpose/paper/study_claims.h"
#include "tests/paper/hand_made.h"
#include "tests/paper/holds.h"

namespace superpose::paper {
namespace {

using namespace study;  // NOLINT(google-build-using-namespace): these are claims about studies

TEST(JohnsonLindenstraussClaims, HoldOfIdealMapsAndNotOfOthers) {
  const JohnsonLindenstrauss study{.n_dimensions = {10, 90}, .eps = {0.5, 0.3, 0.1}, .trials = 4};
  const auto ideal = ideal_maps(study);
  for (const Claim& claim : claims_of(study, ideal)) EXPECT_TRUE(claim.holds()) << claim.claim;

  auto beyond = ideal;  // at eps = 0.3 every map but one has a pair too far off
  for (std::size_t map = 1; map < 8; ++map) beyond.share_beyond[map * 3 + 1] = 1e-4F;
  EXPECT_TRUE(holds(claims_of(study, beyond), "there is a linear map"));
  EXPECT_FALSE(holds(claims_of(study, beyond), "a random map does so"));
  beyond.share_beyond[1] = 1e-4F;
  EXPECT_FALSE(holds(claims_of(study, beyond), "there is a linear map"));

  auto slow = ideal;  // as k^(-1/4)
  for (float& distortion : slow.distortion) distortion = std::sqrt(distortion);
  EXPECT_FALSE(holds(claims_of(study, slow), "the largest distortion"));

  auto dependent = ideal;  // points of more dimensions keep their distances worse
  for (std::size_t i = dependent.distortion.size() / 2; i < dependent.distortion.size(); ++i)
    dependent.distortion[i] *= 1.2F;
  EXPECT_FALSE(holds(claims_of(study, dependent), "k does not depend"));
  EXPECT_EQ(claims_of({.n_dimensions = {10}, .eps = {0.5}, .trials = 1},
                      ideal_maps({.n_dimensions = {10}, .eps = {0.5}, .trials = 1}))
                .size(),
            2U)
      << "one k has no slope, one n no rival";
}

}  // namespace
}  // namespace superpose::paper
