#include "superpose/figures/intro_figure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "superpose/core/error.h"
#include "tests/drawing/layout_checks.h"
#include "tests/drawing/plotly_checks.h"
#include "tests/figures/example_runs.h"

namespace superpose::figures {
namespace {

using drawing::Json;
using ::testing::AllOf;
using ::testing::HasSubstr;

bool says_not_finite(const drawing::Panel& panel) {
  for (const drawing::Mark& mark : panel.marks) {
    if (const auto* text = std::get_if<drawing::Text>(&mark); text != nullptr && text->text == "not finite")
      return true;
  }
  return false;
}

TEST(IntroFigure, HasAPanelAnInstanceInTwoRowsOfFive) {
  const drawing::Figure figure = intro_figure(polygon_run(10));
  ASSERT_EQ(figure.panels.size(), 10U);
  EXPECT_EQ(figure.panels[0].area.y, figure.panels[4].area.y);
  EXPECT_EQ(figure.panels[0].area.x, figure.panels[5].area.x);
  EXPECT_EQ(figure.panels[0].title, "1 − S = 1");
  EXPECT_EQ(figure.panels[5].title, "1 − S = 0.19");
  EXPECT_EQ(figure.panels[9].title, "1 − S = 0.05");
  for (const drawing::Panel& panel : figure.panels) {
    EXPECT_EQ(panel.background, (drawing::Color{0xFC, 0xFB, 0xF8}));
    EXPECT_EQ(panel.x.first, -1.5);
    EXPECT_EQ(panel.x.last, 1.5);
    EXPECT_TRUE(panel.equal_aspect);
    EXPECT_FALSE(says_not_finite(panel));
  }
  EXPECT_EQ(figure.title, "example: 5 features in 2 dimensions");
  ASSERT_EQ(figure.color_bars.size(), 1U);
  EXPECT_EQ(figure.color_bars[0].label, "importance");
}

TEST(IntroFigure, DrawsTheRowsOfWInTheColorOfTheirImportance) {
  const auto run = polygon_run(1);
  const drawing::Figure figure = intro_figure(run);
  const drawing::Panel& panel = figure.panels.at(0);
  const auto& strokes = mark<drawing::Segments>(panel).segments;
  const auto& heads = mark<drawing::Points>(panel).points;
  ASSERT_EQ(strokes.size(), 5U);
  ASSERT_EQ(heads.size(), 5U);
  // The most important feature is drawn last.
  EXPECT_EQ(strokes[4].from.x, 0);
  EXPECT_FLOAT_EQ(static_cast<float>(strokes[4].to.x), run.model.W()[0]);
  EXPECT_FLOAT_EQ(static_cast<float>(strokes[4].to.y), run.model.W()[1]);
  EXPECT_EQ(heads[4].at.x, strokes[4].to.x);
  EXPECT_EQ(heads[4].color, drawing::color_at(drawing::Colormap::kViridis, 1));
  EXPECT_EQ(heads[0].color, drawing::color_at(drawing::Colormap::kViridis, 0));
  EXPECT_THAT(heads[0].hover, HasSubstr("feature 4\nimportance 0.6561"));
}

TEST(IntroFigure, LaysOutAnyNumberOfInstances) {
  for (const int instances : {1, 2, 3, 5, 7, 10, 20, 21, 100}) {
    SCOPED_TRACE(instances);
    const drawing::Figure figure = intro_figure(polygon_run(instances));
    EXPECT_EQ(figure.panels.size(), static_cast<std::size_t>(instances));
    expect_sound_layout(figure);
  }
}

TEST(IntroFigure, SaysWhenItDrawsAHundredOfMany) {
  const drawing::Figure figure = intro_figure(polygon_run(1500));
  EXPECT_EQ(figure.panels.size(), 100U);
  EXPECT_EQ(figure.title, "example: 5 features in 2 dimensions (100 of 1500 instances)");
  EXPECT_EQ(figure.panels.front().title, "1 − S = 1");
  EXPECT_EQ(figure.panels.back().title, "1 − S = 0.05");
}

TEST(IntroFigure, WidensAllPanelsForALongVector) {
  auto run = polygon_run(3);
  run.model.W(1)[3] = -4;
  for (const drawing::Panel& panel : intro_figure(run).panels) {
    EXPECT_GT(panel.x.last, 4);
    EXPECT_EQ(panel.x.last, panel.y.last);
    EXPECT_EQ(panel.x.first, -panel.x.last);
  }
}

TEST(IntroFigure, SaysWhereWeightsAreNotFinite) {
  auto run = polygon_run(3);
  run.model.W(1)[0] = std::numeric_limits<float>::quiet_NaN();
  run.model.W(2)[5] = std::numeric_limits<float>::infinity();
  const drawing::Figure figure = intro_figure(run);
  EXPECT_FALSE(says_not_finite(figure.panels[0]));
  EXPECT_TRUE(says_not_finite(figure.panels[1]));
  EXPECT_TRUE(says_not_finite(figure.panels[2]));
  EXPECT_EQ(figure.panels[0].x.last, 1.5);
}

TEST(IntroFigure, ShowsARangeOfSparsities) {
  auto run = polygon_run(1);
  run.feature_probability = {0.1F, 0.2F, 0.3F, 0.4F, 0.5F};
  EXPECT_EQ(intro_figure(run).panels[0].title, "1 − S = 0.1–0.5");
}

TEST(IntroFigure, HasAScaleForEqualImportance) {
  for (const float importance : {0.0F, 1.0F, 3.0F}) {
    auto run = polygon_run(2);
    run.importance.assign(10, importance);
    const drawing::ColorBar bar = intro_figure(run).color_bars.at(0);
    EXPECT_LT(bar.low, bar.high);
    EXPECT_GE(bar.ticks.size(), 2U);
  }
}

TEST(IntroFigure, RefusesWhatIsNotAPlane) {
  const auto run = example_run({.n_instances = 1, .n_features = 20, .n_hidden = 5});
  EXPECT_THAT([&] { intro_figure(run); }, ::testing::ThrowsMessage<InvalidRequest>(AllOf(
                                              HasSubstr("n_hidden = 2, got 5"), HasSubstr("features"))));
}

TEST(IntroFigure, HasAPlotlyPanelAnInstance) {
  const Json figure = drawing::json_of(intro_figure(polygon_run(10)));
  drawing::expect_sound_plotly(figure);
  // A panel: two axes' strokes, five features' strokes in their colours, their heads; and the colour bar.
  EXPECT_EQ(figure["data"].size(), 10U * (2 + 5 + 1) + 1);
  EXPECT_EQ(figure["layout"]["xaxis10"]["range"], Json({-1.5, 1.5}));
  EXPECT_EQ(figure["layout"]["yaxis10"]["scaleanchor"], "x10");
  EXPECT_EQ(figure["layout"]["shapes"].size(), 10U);  // backgrounds
  EXPECT_EQ(figure["layout"]["title"]["text"], "<b>example: 5 features in 2 dimensions</b>");
  const Json& bar = figure["data"].back()["marker"]["colorbar"];
  EXPECT_EQ(bar["orientation"], "v");
  EXPECT_EQ(bar["tickvals"].size(), bar["ticktext"].size());
}

}  // namespace
}  // namespace superpose::figures
