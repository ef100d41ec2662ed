#include "superpose/drawing/figure.h"

#include <gtest/gtest.h>

namespace superpose::drawing {
namespace {

TEST(Figure, EqualAspectTakesTheMiddleOfTheArea) {
  Panel panel;
  panel.area = {.x = 10, .y = 20, .width = 200, .height = 100};
  panel.x = {.first = 0, .last = 2};
  panel.y = {.first = 0, .last = 2};
  EXPECT_EQ(plot_area(panel).width, 200);
  panel.equal_aspect = true;
  const Rect area = plot_area(panel);
  EXPECT_DOUBLE_EQ(area.x, 60);
  EXPECT_DOUBLE_EQ(area.y, 20);
  EXPECT_DOUBLE_EQ(area.width, 100);
  EXPECT_DOUBLE_EQ(area.height, 100);
}

TEST(Figure, AxesRunEitherWayAndByDecades) {
  EXPECT_DOUBLE_EQ(fraction_along({.first = -1, .last = 3}, 0), 0.25);
  EXPECT_DOUBLE_EQ(fraction_along({.first = 3, .last = -1}, 0), 0.75);
  EXPECT_DOUBLE_EQ(fraction_along({.first = 0.01, .last = 1, .log = true}, 0.1), 0.5);
}

}  // namespace
}  // namespace superpose::drawing
