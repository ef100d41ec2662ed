#include "superpose/drawing/layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace superpose::drawing {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> labels(const std::vector<Tick>& ticks) {
  std::vector<std::string> result;
  for (const Tick& tick : ticks) result.push_back(tick.label);
  return result;
}

TEST(Layout, GridFillsRowsFromTheLeft) {
  const PanelGrid grid{
      .x = 5, .y = 7, .columns = 3, .panel_width = 10, .panel_height = 20, .column_gap = 1, .row_gap = 2};
  EXPECT_DOUBLE_EQ(grid.cell(0).x, 5);
  EXPECT_DOUBLE_EQ(grid.cell(4).x, 16);
  EXPECT_DOUBLE_EQ(grid.cell(4).y, 29);
  EXPECT_DOUBLE_EQ(grid.right(), 37);
  EXPECT_DOUBLE_EQ(grid.bottom(4), 49);
}

TEST(Layout, RowsAreBalanced) {
  EXPECT_EQ(balanced_columns(10, 7), 5U);
  EXPECT_EQ(balanced_columns(3, 5), 3U);
  EXPECT_EQ(balanced_columns(11, 5), 4U);
  EXPECT_EQ(balanced_columns(1, 5), 1U);
}

TEST(Layout, ChoosesEvenly) {
  EXPECT_THAT(choose_evenly(4, 9), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(choose_evenly(9, 3), ElementsAre(0, 4, 8));
  const auto chosen = choose_evenly(1500, 100);
  EXPECT_EQ(chosen.size(), 100U);
  EXPECT_EQ(chosen.front(), 0U);
  EXPECT_EQ(chosen.back(), 1499U);
  EXPECT_EQ(std::adjacent_find(chosen.begin(), chosen.end(), std::greater_equal<>()), chosen.end());
}

TEST(Layout, TicksAreRound) {
  EXPECT_THAT(labels(round_ticks(0, 1, 5)), ElementsAre("0", "0.2", "0.4", "0.6", "0.8", "1"));
  EXPECT_THAT(labels(round_ticks(-1, 1, 4)), ElementsAre("−1", "−0.5", "0", "0.5", "1"));
  EXPECT_THAT(labels(round_ticks(0.656, 1, 4)), ElementsAre("0.7", "0.8", "0.9", "1"));
  EXPECT_THAT(labels(round_ticks(0, 99, 5, true)), ElementsAre("0", "20", "40", "60", "80"));
  EXPECT_THAT(labels(round_ticks(0, 1, 5, true)), ElementsAre("0", "1"));
}

TEST(Layout, TicksOfHardRangesAreFew) {
  EXPECT_THAT(labels(round_ticks(0, 0, 5, true)), ElementsAre("0"));
  EXPECT_THAT(labels(round_ticks(0, std::numeric_limits<double>::infinity(), 5)), ElementsAre("0"));
  EXPECT_LE(round_ticks(0, 3e38, 5).size(), 12U);
  EXPECT_LE(round_ticks(1, 1.0000001, 5).size(), 12U);
}

TEST(LogTicks, AreRoundAndWithin) {
  const auto labels = [](double low, double high) {
    std::vector<std::string> texts;
    for (const Tick& tick : log_ticks(low, high)) {
      EXPECT_GE(tick.at, low * (1 - 1e-9));
      EXPECT_LE(tick.at, high * (1 + 1e-9));
      texts.push_back(tick.label);
    }
    return texts;
  };
  EXPECT_EQ(labels(0.04, 1.3), (std::vector<std::string>{"0.05", "0.1", "0.2", "0.5", "1"}));
  EXPECT_EQ(labels(10, 2e5), (std::vector<std::string>{"10", "100", "1000", "10\u2074", "10\u2075"}));
  EXPECT_EQ(labels(1e-12, 1e-9).front(), "10\u207B\u00B9\u00B2");
  EXPECT_EQ(labels(1, 100).back(), "100") << "the end itself";
}

TEST(LogTicks, AreNoneWhereThereIsNoScale) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(log_ticks(0, 1).empty());
  EXPECT_TRUE(log_ticks(-1, 1).empty());
  EXPECT_TRUE(log_ticks(2, 1).empty());
  EXPECT_TRUE(log_ticks(1, infinity).empty());
  EXPECT_TRUE(log_ticks(std::nan(""), 1).empty());
}

}  // namespace
}  // namespace superpose::drawing
