#include "superpose/paper/collapse.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "superpose/analysis/theory.h"
#include "superpose/core/error.h"
#include "superpose/paper/plane.h"
#include "tests/paper/hand_made.h"

namespace superpose::paper {
namespace {

TEST(Collapse, CountsPairsOnOneDirection) {
  EXPECT_EQ(collapsed_pairs(at_angles({0, 10, 120, 125, 240, 240})), 3);
  EXPECT_EQ(collapsed_pairs(at_angles({0, 20, 120, 125, 200, 260})), 1);
  EXPECT_EQ(collapsed_pairs(at_angles({0, 60, 120, 180, 240, 300})), 0);
  EXPECT_EQ(collapsed_pairs(at_angles({0, 180})), 0) << "antipodal";
  auto unequal = at_angles({0, 0});
  unequal[2] = 0.5F;
  EXPECT_EQ(collapsed_pairs(unequal), 0);
  EXPECT_EQ(collapsed_pairs(std::vector<float>{0.01F, 0, 0.01F, 0}), 0) << "neither is represented";
  EXPECT_EQ(collapsed_pairs(std::vector<float>{NAN, 0, 1, 0}), 0);
}

TEST(Plane, PartnersAreNeighboursWhateverTheTurn) {
  for (const double turn : {0.0, 77.0, 181.0}) {
    EXPECT_TRUE(Plane(at_angles({turn, turn + 60, turn + 120, turn + 180, turn + 240, turn + 300}))
                    .partners_are_neighbours());
    EXPECT_FALSE(Plane(at_angles({turn, turn + 120, turn + 60, turn + 180, turn + 240, turn + 300}))
                     .partners_are_neighbours());
  }
  auto weak = at_angles({0, 60, 120, 180, 240, 300});
  weak[0] = 0.1F;
  EXPECT_FALSE(Plane(weak).partners_are_neighbours()) << "one is not represented";
}

TEST(Collapse, PcaOfPairs) {
  // Always active: no covariance, and PCA keeps any n_hidden features of the same variance.
  const std::vector<float> importance(6, 1);
  EXPECT_NEAR(pca_loss(1, 3, 2),
              lowest_linear_loss({.n_hidden = 2, .feature_probability = 1, .importance = importance}), 1e-15);
  // Half active: variance 5/48, covariance 1/16; the two largest eigenvalues of three are 1/6 each.
  EXPECT_NEAR(pca_loss(0.5, 3, 2), (6 * 5.0 / 48 - 2 * (5.0 / 48 + 1.0 / 16)) / 6, 1e-15);
  EXPECT_LT(pca_loss(0.1, 3, 3), pca_loss(0.1, 3, 2));
  EXPECT_THROW(pca_loss(0.1, 3, 4), InvalidRequest);
}

}  // namespace
}  // namespace superpose::paper
