#include "superpose/analysis/geometry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <initializer_list>
#include <limits>
#include <numbers>
#include <vector>

#include "superpose/core/error.h"

namespace superpose {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

/// Rows in the plane of this length at these angles, in degrees.
std::vector<float> at_angles(std::initializer_list<double> degrees, double length = 1) {
  std::vector<float> W;
  for (const double angle : degrees) {
    W.push_back(static_cast<float>(length * std::cos(angle * std::numbers::pi / 180)));
    W.push_back(static_cast<float>(length * std::sin(angle * std::numbers::pi / 180)));
  }
  return W;
}

TEST(Geometry, OfOrthogonalFeatures) {
  const Geometry geometry(std::vector<float>{0, 0, 1, 0, 0.1F, 0.1F, 0, -1}, 2);
  EXPECT_THAT(geometry.represented(), ElementsAre(1, 3));
  EXPECT_THAT(geometry.in_superposition(), IsEmpty());
  EXPECT_EQ(geometry.largest_cosine(), 0);
  EXPECT_THAT(geometry.antipodal_pairs(), IsEmpty());
  EXPECT_FALSE(geometry.is_regular_polygon());
}

TEST(Geometry, OfTwoDigonsAndADroppedFeature) {
  const Geometry geometry(std::vector<float>{1, 0, 0, 0.9F, -1, 0.1F, 0, -1, 0.1F, 0}, 2);
  EXPECT_THAT(geometry.represented(), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(geometry.in_superposition(), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(geometry.antipodal_pairs(), ElementsAre(Pair(0, 2), Pair(1, 3)));
  EXPECT_NEAR(geometry.largest_cosine(), 1, 1e-6);
}

TEST(Geometry, TellsWhichFeaturesHaveADimensionOfTheirOwn) {
  const Geometry geometry(std::vector<float>{1, 0, 0, 1, 0, -1}, 2);
  EXPECT_THAT(geometry.represented(), ElementsAre(0, 1, 2));
  EXPECT_THAT(geometry.in_superposition(), ElementsAre(1, 2));
}

TEST(RegularPolygon, HasEqualAnglesAndLengths) {
  EXPECT_TRUE(Geometry(at_angles({10, 130, 250}), 2).is_regular_polygon());
  EXPECT_TRUE(Geometry(at_angles({200, 57, 129, 345, 273}, 0.8), 2).is_regular_polygon());
  EXPECT_TRUE(Geometry(at_angles({0, 80, 144, 217, 290}), 2).is_regular_polygon()) << "within 15 %";
}

TEST(RegularPolygon, IsNoneOtherwise) {
  EXPECT_FALSE(Geometry(at_angles({0, 180}), 2).is_regular_polygon()) << "a digon";
  EXPECT_FALSE(Geometry(at_angles({0, 180, 60, 120, 270}), 2).is_regular_polygon())
      << "a triangle and a digon";
  EXPECT_FALSE(Geometry(at_angles({0, 72, 144, 216}), 2).is_regular_polygon()) << "a vertex short";
  auto W = at_angles({0, 72, 144, 216, 288});
  W[0] = 0.6F;
  EXPECT_FALSE(Geometry(W, 2).is_regular_polygon()) << "a short side";
  EXPECT_FALSE(Geometry(std::vector<float>{1, 0, 0, 0, 1, 0, 0, 0, 1}, 3).is_regular_polygon())
      << "not a plane";
}

TEST(Geometry, DoesNotCountWhatIsNotANumber) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Geometry geometry(std::vector<float>{nan, 0, 0, 1}, 2);
  EXPECT_THAT(geometry.represented(), ElementsAre(1));
  EXPECT_FALSE(geometry.is_regular_polygon());
}

TEST(Geometry, RefusesPartOfARow) {
  EXPECT_THROW(Geometry(std::vector<float>(5), 2), InvalidRequest);
  EXPECT_THROW(Geometry(std::vector<float>(5), 0), InvalidRequest);
}

}  // namespace
}  // namespace superpose
