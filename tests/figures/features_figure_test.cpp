#include "superpose/figures/features_figure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <string>

#include "superpose/core/error.h"
#include "tests/drawing/layout_checks.h"
#include "tests/drawing/plotly_checks.h"
#include "tests/figures/example_runs.h"
#include "tests/message_of.h"

namespace superpose::figures {
namespace {

using drawing::Json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

drawing::Figure figure_of(const run::Run& run) {
  return features_figure(std::array{&run});
}

TEST(FeaturesFigure, HasARowAnInstanceOfEveryRun) {
  const auto linear = identity_run({.n_instances = 1, .n_features = 20, .n_hidden = 5}, ModelKind::kLinear);
  const auto relu = identity_run({.n_instances = 7, .n_features = 20, .n_hidden = 5});
  const drawing::Figure figure = features_figure(std::array{&linear, &relu});
  ASSERT_EQ(figure.panels.size(), 3U * 8);
  EXPECT_EQ(figure.panels[0].title, "linear, 1 − S = 1");
  EXPECT_EQ(figure.panels[3].title, "ReLU, 1 − S = 1");
  EXPECT_EQ(figure.panels[21].title, "ReLU, 1 − S = 0.05");
  for (std::size_t i = 0; i < figure.panels.size(); i += 3) {
    EXPECT_EQ(figure.panels[i].area.y, figure.panels[i + 2].area.y);
    EXPECT_EQ(figure.panels[i].area.width, figure.panels[i].area.height);  // square cells
  }
  EXPECT_EQ(figure.title, "example: 20 features in 5 dimensions");
  EXPECT_EQ(figure.color_bars.size(), 2U);
  expect_sound_layout(figure);
}

TEST(FeaturesFigure, ShowsGramBiasAndNorms) {
  auto run = identity_run({.n_instances = 1, .n_features = 3, .n_hidden = 2});
  run.model.W()[2] = 0.6F;  // feature 1 at (0.6, 0.8)
  run.model.W()[3] = 0.8F;
  const drawing::Figure figure = figure_of(run);

  const auto& gram = mark<drawing::HeatMap>(figure.panels[0]);
  EXPECT_EQ(gram.columns, 3U);
  EXPECT_THAT(gram.values,
              ElementsAre(::testing::DoubleNear(1, 1e-6), ::testing::DoubleNear(0.6, 1e-6), 0,
                          ::testing::DoubleNear(0.6, 1e-6), ::testing::DoubleNear(1, 1e-6), 0, 0, 0, 0));
  EXPECT_EQ(gram.colormap, drawing::Colormap::kCoolwarm);
  EXPECT_EQ(gram.column_name, "In");
  EXPECT_EQ(figure.panels[0].y.last, -0.5);  // feature 0 on top

  EXPECT_THAT(mark<drawing::HeatMap>(figure.panels[1]).values, ElementsAre(0, 0, 0.5));

  const auto& bars = mark<drawing::Bars>(figure.panels[2]).bars;
  ASSERT_EQ(bars.size(), 3U);
  EXPECT_NEAR(bars[0].length, 1, 1e-6);
  EXPECT_EQ(bars[2].length, 0);
  EXPECT_EQ(bars[2].at, 2);
  EXPECT_EQ(bars[0].color, drawing::color_at(drawing::Colormap::kViridis, 0.6 / (1 + 1e-5)));
  EXPECT_EQ(bars[2].color, drawing::color_at(drawing::Colormap::kViridis, 0));
  EXPECT_THAT(bars[1].hover, HasSubstr("feature 1\n|W| = 1.000\npolysemanticity 0.600"));

  const auto& line = mark<drawing::Line>(figure.panels[2]);
  EXPECT_EQ(line.at.at(0).y, 1.5);
}

TEST(FeaturesFigure, HasNoLineWhereEveryFeatureHasADimension) {
  const drawing::Figure figure = figure_of(identity_run({.n_instances = 1, .n_features = 3, .n_hidden = 3}));
  EXPECT_THROW(mark<drawing::Line>(figure.panels[2]), std::runtime_error);
}

TEST(FeaturesFigure, LaysOutAnySize) {
  for (const std::int64_t features : {1, 2, 5, 20, 100}) {
    for (const std::int64_t instances : {1, 20}) {
      SCOPED_TRACE(features);
      expect_sound_layout(
          figure_of(identity_run({.n_instances = instances, .n_features = features, .n_hidden = 1})));
    }
  }
}

TEST(FeaturesFigure, IsNoTallStrip) {
  for (const std::int64_t instances : {3, 4, 5, 8, 20, 24, 30}) {
    const drawing::Figure figure =
        figure_of(identity_run({.n_instances = instances, .n_features = 100, .n_hidden = 20}));
    EXPECT_LT(figure.height, 1.9 * figure.width) << instances;
    EXPECT_LT(figure.width, 1.7 * figure.height) << instances;
    // Down the columns.
    EXPECT_EQ(figure.panels[0].area.x, figure.panels[3].area.x) << instances;
    EXPECT_LT(figure.panels[0].area.y, figure.panels[3].area.y) << instances;
  }
}

TEST(FeaturesFigure, SaysWhatItLeavesOut) {
  const drawing::Figure rows = figure_of(identity_run({.n_instances = 50, .n_features = 5, .n_hidden = 2}));
  EXPECT_EQ(rows.panels.size(), 3U * 24);
  EXPECT_THAT(rows.title, HasSubstr("24 of 50 instances"));
  EXPECT_EQ(rows.panels[69].title, "ReLU, 1 − S = 0.05");

  const drawing::Figure columns =
      figure_of(identity_run({.n_instances = 1, .n_features = 500, .n_hidden = 2}));
  EXPECT_EQ(mark<drawing::HeatMap>(columns.panels[0]).values.size(), 400U * 400);
  EXPECT_EQ(mark<drawing::Bars>(columns.panels[2]).bars.size(), 400U);
  EXPECT_THAT(columns.title, HasSubstr("500 features in 2 dimensions, the first 400"));
}

TEST(FeaturesFigure, LengthensTheBarsAxis) {
  auto run = identity_run({.n_instances = 2, .n_features = 5, .n_hidden = 2});
  EXPECT_DOUBLE_EQ(figure_of(run).panels[2].x.last, 1.15);
  run.model.W(1)[0] = 3;
  EXPECT_DOUBLE_EQ(figure_of(run).panels[2].x.last, 3.15);
}

TEST(FeaturesFigure, SaysWhereWeightsAreNotFinite) {
  auto run = identity_run({.n_instances = 2, .n_features = 5, .n_hidden = 2});
  run.model.W(1)[0] = std::numeric_limits<float>::quiet_NaN();
  const drawing::Figure figure = figure_of(run);
  EXPECT_THROW(mark<drawing::Text>(figure.panels[2]), std::runtime_error);
  EXPECT_EQ(mark<drawing::Text>(figure.panels[5]).text, "not finite");
  EXPECT_DOUBLE_EQ(figure.panels[5].x.last, 1.15);
}

TEST(FeaturesFigure, RefusesNothing) {
  EXPECT_EQ(message_of<InvalidRequest>([&] { (void)features_figure({}); }),
            "figure features: expected a run, got none");
}

TEST(FeaturesFigure, HasThreePlotlyPanelsAnInstance) {
  const auto run = identity_run({.n_instances = 7, .n_features = 20, .n_hidden = 5});
  const Json figure = drawing::json_of(features_figure(std::array{&run}));
  drawing::expect_sound_plotly(figure);
  EXPECT_EQ(drawing::count_type(figure, "heatmap"), 14U);
  EXPECT_EQ(drawing::count_type(figure, "bar"), 7U);
  const Json& map = figure["data"][0];
  EXPECT_EQ(map["hovertemplate"], "In: %{x}<br>Out: %{y}<br>Weight: %{z:0.2f}<extra></extra>");
  EXPECT_EQ(map["z"].size(), 20U);
  EXPECT_EQ(map["z"][3].size(), 20U);
  EXPECT_EQ(map["z"][3][3], 1);
  EXPECT_EQ(map["z"][3][4], 0);
  EXPECT_EQ(map["zmin"], -1);
  EXPECT_EQ(map["colorscale"].front(), Json({0.0, "#3b4cc0"}));
  EXPECT_EQ(map["colorscale"].back(), Json({1.0, "#b40426"}));
  EXPECT_EQ(figure["data"][1]["hovertemplate"], "Feature: %{y}<br>Bias: %{z:0.2f}<extra></extra>");
  EXPECT_EQ(figure["layout"]["yaxis"]["range"], Json({19.5, -0.5}));
  EXPECT_EQ(figure["data"][2]["orientation"], "h");
}

}  // namespace
}  // namespace superpose::figures
