#include "superpose/analysis/polytope_census.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "superpose/core/error.h"

namespace superpose {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

const float kHalf = std::sqrt(0.75F);
const std::vector<float> kTriangle = {1, 0, -0.5F, kHalf, -0.5F, -kHalf};
const std::vector<float> kDigon = {1, 0, -1, 0, 0, 0.1F};
const std::vector<float> kNothing = {0.1F, 0, 0, 0.1F, 0, 0};

PolytopeCensus census_of(double density, const std::vector<std::vector<float>>& models) {
  PolytopeCensus census(density);
  for (const auto& W : models) census.add(W, 2);
  return census;
}

TEST(PolytopeCensus, CountsFeaturesAndModels) {
  const auto census = census_of(0.5, {kTriangle, kDigon, kDigon, kNothing});
  EXPECT_EQ(census.density(), 0.5);
  EXPECT_EQ(census.models(), 4);
  EXPECT_EQ(census.represented(), 7);
  EXPECT_EQ(census.features_in(Polytope::kDigon), 4);
  EXPECT_EQ(census.models_with(Polytope::kDigon), 2);
  EXPECT_EQ(census.models_with(Polytope::kTriangle), 1);
  EXPECT_EQ(census.models_with(Polytope::kPentagon), 0);
  EXPECT_DOUBLE_EQ(census.share_in(Polytope::kTriangle), 3.0 / 7);
  EXPECT_EQ(census.share_in(Polytope::kPentagon), 0);
  EXPECT_THAT(census.dimensions_per_feature(),
              ElementsAre(DoubleNear(2.0 / 3, 1e-6), DoubleNear(2 / 2.01, 1e-6), DoubleNear(2 / 2.01, 1e-6),
                          DoubleNear(100, 1e-4)));
  EXPECT_THAT(census.capacity(), testing::Each(DoubleNear(2, 1e-6)));
  EXPECT_EQ(census_of(1, {kNothing}).share_in(Polytope::kDigon), 0);
  EXPECT_THROW(PolytopeCensus(1).add(kDigon, 4), InvalidRequest);
}

TEST(LongestPlateau, IsWhereEveryModelSticks) {
  // D* is 2/3, or 0.995 with a digon.
  const std::vector<PolytopeCensus> levels = {census_of(1, {kTriangle}), census_of(0.5, {kDigon, kTriangle}),
                                              census_of(0.25, {kTriangle, kTriangle}),
                                              census_of(0.125, {kTriangle}), census_of(0.1, {kDigon})};
  const auto plateau = longest_plateau(levels, 0.66, 0.01);
  ASSERT_EQ(plateau.size(), 2U);
  EXPECT_EQ(plateau.front().density(), 0.25);
  EXPECT_EQ(plateau.back().density(), 0.125);
  EXPECT_TRUE(longest_plateau(levels, 0.5, 0.05).empty());
}

TEST(MeanDensity, WeighsDensitiesByTheirFeatures) {
  const std::vector<PolytopeCensus> levels = {census_of(1, {kTriangle, kDigon}),
                                              census_of(0.125, {kTriangle})};
  EXPECT_THAT(mean_density(levels, Polytope::kTriangle),
              testing::Optional(DoubleNear(std::sqrt(0.125), 1e-12)));
  EXPECT_THAT(mean_density(levels, Polytope::kDigon), testing::Optional(DoubleNear(1, 1e-12)));
  EXPECT_EQ(mean_density(levels, Polytope::kPentagon), std::nullopt);
}

}  // namespace
}  // namespace superpose
