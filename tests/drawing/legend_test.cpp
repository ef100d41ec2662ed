#include "superpose/drawing/legend.h"

#include <gtest/gtest.h>

#include <variant>

namespace superpose::drawing {
namespace {

TEST(Legend, PutsEntriesSideBySide) {
  using Shown = LegendEntry::Mark;
  const Panel panel = legend({0, 0, 300, 14}, {{Shown::kLine, kInk, "one"}, {Shown::kDots, kFaint, "two"}});
  ASSERT_EQ(panel.marks.size(), 4U);
  const auto& one = std::get<Text>(panel.marks[1]);
  const auto& dots = std::get<Points>(panel.marks[2]);
  EXPECT_LT(one.at.x, dots.points[0].at.x);
  EXPECT_LT(dots.points[0].at.x, std::get<Text>(panel.marks[3]).at.x);
  EXPECT_LT(std::get<Text>(panel.marks[3]).at.x, 300);
}

}  // namespace
}  // namespace superpose::drawing
