#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "superpose/paper/study_claims.h"
#include "tests/paper/hand_made.h"
#include "tests/paper/holds.h"

namespace superpose::paper {
namespace {

using namespace study;  // NOLINT(google-build-using-namespace): these are claims about studies

TEST(CompressedSensingClaims, HoldOfTheBoundAndNotOfOthers) {
  const CompressedSensing study{.n = 2000, .grid = 60};
  const auto ideal = sensing_of(study, 1);
  for (const Claim& claim : claims_of(study, ideal)) EXPECT_TRUE(claim.holds()) << claim.claim;
  const auto constants = sparse_constants(study, ideal);
  EXPECT_NEAR(constants[constants.size() / 2], 1.4, 0.1) << "what went in, but for the grid";

  EXPECT_FALSE(holds(claims_of(study, sensing_of(study, 0.5)), "toy models follow"));
  EXPECT_FALSE(holds(claims_of(study, sensing_of(study, 1.5)), "toy models follow"));
  EXPECT_FALSE(holds(claims_of(study, sensing_of(study, 1.5)), "toy models need"));

  auto linear = ideal;  // recovery of half as many values as measurements, however many those are
  for (std::size_t i = 0; i < linear.recovered.size(); ++i)
    linear.recovered[i] = 2 * linear.k[i] < linear.m[i / 60] ? 1.0F : 0.0F;
  EXPECT_FALSE(holds(claims_of(study, linear), "matching pursuit finds"));

  auto uneven = ideal;  // the smaller models, which come first, need half as much again
  for (std::size_t i = 0; i < study.feature_probability.size(); ++i) uneven.dimensions_per_feature[i] *= 1.5F;
  EXPECT_FALSE(holds(claims_of(study, uneven), "at one density"));

  auto all = ideal;  // nothing is left out: the bound has nothing to say
  for (std::int64_t& represented : all.represented) represented *= 2;
  EXPECT_EQ(claims_of(study, all).size(), 1U);
  auto never = ideal;
  std::ranges::fill(never.recovered, 0.0F);
  for (const double place : transitions(study, never)) EXPECT_TRUE(std::isnan(place));
  EXPECT_TRUE(sparse_constants(study, never).empty());
}

}  // namespace
}  // namespace superpose::paper
