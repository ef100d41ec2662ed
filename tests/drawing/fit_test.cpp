#include "superpose/drawing/fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "superpose/core/error.h"
#include "superpose/drawing/layout.h"
#include "superpose/drawing/legend.h"

namespace superpose::drawing {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// Two panels side by side, with all labels that there are.
Figure two_panels() {
  Figure figure{.width = 500, .height = 300, .title = "a title of a few words"};
  for (const double x : {50.0, 300.0}) {
    Panel panel;
    panel.area = {x, 60, 180, 180};
    panel.title = "a panel with a heading of its own";
    panel.x = {.first = 0,
               .last = 1,
               .ticks = round_ticks(0, 1, 10),
               .label = "what lies along here, in units of something"};
    panel.y = {
        .first = 1, .last = 1000, .log = true, .ticks = log_ticks(1, 1000), .label = "what grows upward"};
    figure.panels.push_back(panel);
  }
  return figure;
}

TEST(Fit, LeavesAFigureAloneWithoutASize) {
  const Figure figure = fit(two_panels(), {});
  EXPECT_EQ(figure.width, 500);
  EXPECT_EQ(figure.panels[1].area.x, 300);
  EXPECT_FALSE(figure.is_fitted);
}

TEST(Fit, GivesTheSizeAndKeepsPanelsAlike) {
  const Figure figure = fit(two_panels(), {.width = 300, .height = 200});
  EXPECT_NEAR(figure.width, 300, 1e-9);
  EXPECT_NEAR(figure.height, 200, 1e-9);
  EXPECT_NEAR(figure.panels[0].area.width, figure.panels[1].area.width, 1e-9);
  EXPECT_EQ(figure.panels[0].area.y, figure.panels[1].area.y);
  EXPECT_TRUE(figure.is_fitted);
}

TEST(Fit, AWidthAloneScalesPanelsInBothDirections) {
  const Figure figure = fit(two_panels(), {.width = 320});
  EXPECT_LT(figure.height, 300);
  EXPECT_NEAR(figure.panels[0].area.width, figure.panels[0].area.height, 15);
}

TEST(Fit, LargerRoomsMakePanelsLargerAndNotTheirLabels) {
  const Figure figure = fit(two_panels(), {.width = 800});
  EXPECT_GT(figure.panels[0].area.width, 300);
  EXPECT_LT(figure.panels[0].area.x, 60);
}

TEST(Fit, WrapsWhatIsTooWide) {
  const Figure figure = fit(two_panels(), {.width = 260, .height = 260});
  EXPECT_THAT(figure.panels[0].title, HasSubstr("\n"));
  EXPECT_THAT(figure.panels[0].x.label, HasSubstr("\n"));
}

TEST(Fit, DropsTicksThatWouldTouch) {
  const Figure figure = fit(two_panels(), {.width = 260, .height = 260});
  EXPECT_LT(figure.panels[0].x.ticks.size(), two_panels().panels[0].x.ticks.size());
  EXPECT_GE(figure.panels[0].x.ticks.size(), 2U);
  for (const Tick& tick : figure.panels[0].y.ticks) EXPECT_THAT(tick.label, ::testing::StartsWith("1"));
}

TEST(Fit, GivesLegendsTheRowsThatTheyNeed) {
  Figure figure = two_panels();
  figure.panels.push_back(legend({50, 34, 430, kLegendRow}, {{.text = "the first of the entries"},
                                                             {.text = "the second of the entries"},
                                                             {.text = "the third one"}}));
  const Figure fitted = fit(figure, {.width = 260});
  const double below = fitted.panels[0].area.y;
  EXPECT_GT(below, fitted.panels[2].area.y + 2 * kLegendRow);
  EXPECT_GE(fitted.panels[2].y.first, 2);
}

TEST(Fit, LeavesRoomForTheWrappedLabelOfAColourBar) {
  Figure figure = two_panels();
  figure.color_bars.push_back({.area = {50, 280, 180, 10},
                               .low = 0,
                               .high = 1,
                               .label = "what the colours say, in more than a few words"});
  figure.height = 320;
  const Figure fitted = fit(figure, {.width = 260});
  const ColorBar& bar = fitted.color_bars[0];
  ASSERT_THAT(bar.label, HasSubstr("\n"));
  EXPECT_GE(bar.area.y - fitted.panels[0].area.bottom(),
            insets_of(fitted.panels[0]).bottom + insets_of(bar).top);
}

TEST(Fit, SaysWhatIsNeededWhereThereIsNoRoom) {
  EXPECT_THAT([] { (void)fit(two_panels(), {.width = 60, .height = 60}); },
              ThrowsMessage<InvalidRequest>(HasSubstr("inches for its panels")));
}

TEST(Fit, WrapsAtSpaces) {
  EXPECT_EQ(wrapped("one two three", 1000, kTextSize), "one two three");
  EXPECT_EQ(wrapped("one two three", 40, kTextSize), "one two\nthree");
  EXPECT_EQ(wrapped("", 40, kTextSize), "");
  EXPECT_EQ(wrapped("unbreakable", 1, kTextSize), "unbreakable");
}

}  // namespace
}  // namespace superpose::drawing
