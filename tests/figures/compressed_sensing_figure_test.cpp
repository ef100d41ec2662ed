#include "superpose/figures/compressed_sensing_figure.h"

#include <gtest/gtest.h>

#include <cmath>
#include <variant>

#include "tests/drawing/layout_checks.h"
#include "tests/figures/example_studies.h"

namespace superpose::figures {
namespace {

TEST(CompressedSensingFigure, PutsTheTransitionWhereTheRateIsAHalf) {
  const study::CompressedSensing study{.n = 8, .grid = 8, .most_k_over_m = 1};
  const drawing::Figure figure = compressed_sensing_figure({.kind = study}, study, sensing(study));
  const auto& map = mark<drawing::HeatMap>(figure.panels[0]);
  EXPECT_EQ(map.values[0 * 8 + 7], 1) << "k / m = 1 / 8 at m = n";
  EXPECT_EQ(map.values[7 * 8 + 7], 0);
  const drawing::Line* transition = nullptr;
  for (const auto& mark : figure.panels[0].marks) {
    if (const auto* line = std::get_if<drawing::Line>(&mark)) transition = line;
  }
  ASSERT_NE(transition, nullptr);
  // Of m = 8, k = 4 is recovered and k = 5 not: halfway between rows 3 and 4.
  EXPECT_NEAR(transition->at[7].y, 3.5, 1e-6);
  EXPECT_EQ(transition->at[7].x, 7);
  EXPECT_TRUE(std::isnan(transition->at[0].y)) << "of m = 1 nothing is";
}

}  // namespace
}  // namespace superpose::figures
