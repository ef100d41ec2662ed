#include "superpose/figures/packing_figure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/drawing/layout_checks.h"
#include "tests/figures/example_studies.h"

namespace superpose::figures {
namespace {

using ::testing::HasSubstr;

TEST(PackingFigure, DrawsCountsWhereTheyAre) {
  const study::AlmostOrthogonal study{
      .eps = {0.5}, .drawn_dimensions = {4, 8, 12}, .trials = 1, .spread_dimensions = {4}};
  auto result = packing(study, 5);
  result.drawn = {5, study.most_drawn, study.most_drawn};
  const drawing::Figure figure = packing_figure({.kind = study}, study, result);
  const auto& drawn = mark<drawing::Points>(figure.panels[0]).points;
  ASSERT_EQ(drawn.size(), 2U) << "the first that was cut off is enough";
  EXPECT_EQ(drawn[0].at.x, 4);
  EXPECT_EQ(drawn[0].at.y, 5);
  EXPECT_EQ(drawn[1].color, drawing::kFaint);
  EXPECT_THAT(drawn[1].hover, HasSubstr("at least 2000 vectors in 8"));
  // The bound: 12 lines in four dimensions.
  const auto& bound = mark<drawing::Line>(figure.panels[0]).at;
  EXPECT_EQ(std::ranges::find(bound, 4.0, &drawing::Position::x)->y, 12);
}

}  // namespace
}  // namespace superpose::figures
