#include "superpose/figures/dimensionality_figure.h"

#include <gtest/gtest.h>

#include <cmath>

#include "superpose/core/error.h"
#include "tests/drawing/layout_checks.h"
#include "tests/figures/example_runs.h"
#include "tests/message_of.h"

namespace superpose::figures {
namespace {

TEST(DimensionalityFigure, ShowsPolygonsAtTheirDimensionality) {
  const drawing::Figure figure = dimensionality_figure(polygon_run(3));
  expect_sound_layout(figure);
  ASSERT_EQ(figure.panels.size(), 3U) << "and a legend";
  for (const drawing::Point& point : mark<drawing::Points>(figure.panels[0]).points)
    EXPECT_NEAR(point.at.y, 0.4, 1e-6);
  const auto& points = mark<drawing::Points>(figure.panels[1]).points;
  ASSERT_EQ(points.size(), 15U);
  for (const drawing::Point& point : points) EXPECT_NEAR(point.at.y, 0.4, 1e-6);
  EXPECT_NEAR(points[7].at.x, std::sqrt(20), 1e-4) << "the middle feature of the middle instance";
  EXPECT_EQ(message_of<InvalidRequest>([&] { (void)dimensionality_figure(polygon_run(1)); }),
            "figure dimensionality: expected a run of two densities or more, got one");
}

}  // namespace
}  // namespace superpose::figures
