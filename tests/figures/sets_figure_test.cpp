#include "superpose/figures/sets_figure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "superpose/core/error.h"
#include "tests/drawing/layout_checks.h"
#include "tests/figures/example_runs.h"
#include "tests/message_of.h"

namespace superpose::figures {
namespace {

using ::testing::HasSubstr;

TEST(SetsFigure, ColoursFeaturesBySet) {
  auto run = polygon_run(8, 4);
  run.experiment.data.distribution.sets = {
      {.rule = FeatureSet::Rule::kCorrelated, .members = {{.feature = 0}, {.feature = 2}}}};
  const drawing::Figure figure = sets_figure(std::array<const run::Run*, 2>{&run, &run});
  expect_sound_layout(figure);
  EXPECT_EQ(figure.panels.size(), 12U + 1U) << "at most six a row, and the legend";
  const auto& points = mark<drawing::Points>(figure.panels[0]).points;
  EXPECT_EQ(points[0].color, points[2].color);
  EXPECT_EQ(points[1].color, points[3].color);
  EXPECT_NE(points[0].color, points[1].color);
  EXPECT_THAT(points[1].hover, HasSubstr("in no set"));
}

// The words in front of a range do not fit below a panel.
TEST(SetsFigure, SaysOnceWhatItsRangesAreOf) {
  auto run = polygon_run(3, 4);
  const std::size_t n = run.model.shape().features();
  for (std::size_t i = 0; i < run.feature_probability.size(); ++i)
    run.feature_probability[i] = (i % n == 0 ? 0.5F : 0.25F) / static_cast<float>(1 + i / n);
  const drawing::Figure figure = sets_figure(std::array<const run::Run*, 1>{&run});
  EXPECT_EQ(figure.panels[0].x.label, "0.25–0.5");
  EXPECT_EQ(figure.panels[1].x.label, "0.12–0.25");
  EXPECT_THAT(figure.panels[1].title, HasSubstr(", with their 1 − S"));
}

TEST(SetsFigure, ShowsGramMatricesSetBySetBeyondThePlane) {
  auto deep = identity_run({.n_instances = 1, .n_features = 4, .n_hidden = 3});
  deep.experiment.data.distribution.sets = {
      {.rule = FeatureSet::Rule::kCorrelated, .members = {{.feature = 3}, {.feature = 1}}}};
  const drawing::Figure figure = sets_figure(std::array<const run::Run*, 1>{&deep});
  expect_sound_layout(figure);
  // Features 1 and 3 of the set first, then 0 and 2; feature 3 is 0.
  const std::vector<double> expected = {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
  EXPECT_EQ(mark<drawing::HeatMap>(figure.panels[0]).values, expected);
  EXPECT_THAT(figure.panels[0].title, HasSubstr("WᵀW"));
  const auto many = identity_run({.n_instances = 1, .n_features = 201, .n_hidden = 3});
  EXPECT_EQ(message_of<InvalidRequest>([&] { (void)sets_figure(std::array<const run::Run*, 1>{&many}); }),
            "figure sets: expected a run with n_hidden = 2 or at most 200 features, got 201");
}

}  // namespace
}  // namespace superpose::figures
