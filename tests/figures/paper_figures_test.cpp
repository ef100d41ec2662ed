#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <variant>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/figures/dimensionality_figure.h"
#include "superpose/figures/figure_kinds.h"
#include "superpose/figures/inhibition_figure.h"
#include "superpose/figures/neurons_figure.h"
#include "superpose/figures/pentagon_figure.h"
#include "superpose/figures/phase_figure.h"
#include "superpose/figures/sets_figure.h"
#include "superpose/figures/vulnerability_figure.h"
#include "superpose/paper/catalogue.h"
#include "tests/drawing/layout_checks.h"
#include "tests/figures/example_runs.h"

namespace superpose::figures {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::ThrowsMessage;

/// A run of an experiment with W and b_final 0.
run::Run untrained(const Experiment& experiment) {
  return {.experiment = experiment,
          .model = Model(experiment.model.kind, experiment.model.shape),
          .feature_probability = experiment.feature_probability(),
          .importance = experiment.importance(),
          .loss = std::vector<float>(experiment.model.shape.instances(), 0.01F),
          .history = {}};
}

run::Run phase_run() {
  const Experiment experiment = parse_experiment({.text = R"([model]
n_features = 2
n_hidden = 1
n_instances = 4
[data]
feature_probability = [1, 1, 0.1, 0.1]
importance = [[1, 0.5], [1, 2], [1, 0.5], [1, 2]]
)",
                                                  .overrides = {}});
  run::Run run = untrained(experiment);
  // Columns are dense, sparse; rows little, much important. Nothing; own dimension; two antipodal pairs.
  run.model.W(0)[0] = 1;
  run.model.W(1)[1] = 1;
  for (const int i : {2, 3}) {
    run.model.W(i)[0] = 1;
    run.model.W(i)[1] = -1;
  }
  return run;
}

TEST(PhaseFigure, ColoursWhatBecomesOfTheExtraFeature) {
  const drawing::Figure figure = phase_figure(phase_run());
  expect_sound_layout(figure);
  ASSERT_EQ(figure.panels.size(), 3U);
  const auto& trained = mark<drawing::Cells>(figure.panels[0]);
  const auto& theory = mark<drawing::Cells>(figure.panels[1]);
  ASSERT_EQ(trained.colors.size(), 4U);
  EXPECT_EQ(trained.colors[0], drawing::kWhite);
  const drawing::Color shared = trained.colors[1], own = trained.colors[2];
  EXPECT_GT(shared.red, shared.blue);
  EXPECT_GT(own.blue, own.red);
  EXPECT_EQ(trained.colors[3], shared);
  EXPECT_EQ(theory.colors, trained.colors);
  EXPECT_THAT(trained.hover[1], HasSubstr("density 0.1"));
  EXPECT_THAT(theory.hover[1], HasSubstr("antipodal"));
}

TEST(PhaseFigure, LeavesTheWorstRestartOut) {
  auto run = phase_run();
  run.experiment.train.restarts = 3;
  // In the first cell one restart represents the extra feature, one does not, and the worst is something
  // else.
  run.restart_models.assign(3, run.model);
  run.restart_models[0].W(0)[1] = 0;
  run.restart_models[1].W(0)[0] = 0;
  run.restart_models[1].W(0)[1] = 1;
  run.restart_models[2].W(0)[1] = 5;
  run.restart_loss.assign(12, 0.1F);
  run.restart_loss[8] = 0.2F;
  const drawing::Figure figure = phase_figure(run);
  EXPECT_EQ(figure.panels[0].title, "trained, mean of 2 of 3");
  EXPECT_THAT(mark<drawing::Cells>(figure.panels[0]).hover[0], HasSubstr("norm 0.50, shared 0.00"));
}

TEST(PhaseFigure, DrawsTheBoundaryWhereTheoryHasIt) {
  const drawing::Figure figure = phase_figure(phase_run());
  const drawing::Line& curve = mark<drawing::Line>(figure.panels[0]);
  // r = 1 lies in the middle of the rows, and 4/7 at log(4/7) / log(0.1) of the way between the columns.
  const auto& middle = curve.at[curve.at.size() / 2];
  EXPECT_NEAR(middle.y, 0.5, 1e-12);
  EXPECT_NEAR(middle.x, std::log(4.0 / 7) / std::log(0.1), 1e-6);
}

TEST(PhaseFigure, RefusesRunsThatAreNoGrid) {
  EXPECT_THAT([] { phase_figure(polygon_run(3)); },
              ThrowsMessage<InvalidRequest>(HasSubstr("phase diagram")));
}

TEST(DimensionalityFigure, ShowsPolygonsAtTheirDimensionality) {
  const drawing::Figure figure = dimensionality_figure(polygon_run(3));
  expect_sound_layout(figure);
  ASSERT_EQ(figure.panels.size(), 2U);
  for (const drawing::Point& point : mark<drawing::Points>(figure.panels[0]).points)
    EXPECT_NEAR(point.at.y, 0.4, 1e-6);
  const auto& points = mark<drawing::Points>(figure.panels[1]).points;
  ASSERT_EQ(points.size(), 15U);
  for (const drawing::Point& point : points) EXPECT_NEAR(point.at.y, 0.4, 1e-6);
  EXPECT_NEAR(points[7].at.x, std::sqrt(20), 1e-4) << "the middle feature of the middle instance";
  EXPECT_THROW(dimensionality_figure(polygon_run(1)), InvalidRequest) << "one density";
}

TEST(PentagonFigure, ShowsEveryFitInTheColourOfItsGeometryAndTheBestModels) {
  const Experiment experiment = parse_experiment({.text = R"([model]
n_features = 5
n_hidden = 2
n_instances = 6
[data]
feature_probability = [[0.1, 0.1, 0.1, 0.1, 0.02], [0.1, 0.1, 0.1, 0.1, 0.02], [0.1, 0.1, 0.1, 0.1, 0.02],
                       [0.1, 0.1, 0.1, 0.1, 0.5], [0.1, 0.1, 0.1, 0.1, 0.5], [0.1, 0.1, 0.1, 0.1, 0.5]]
)",
                                                  .overrides = {}});
  auto run = untrained(experiment);
  const auto pentagon = polygon_run(1);
  constexpr std::array<float, 10> kDigons = {1, 0, -1, 0, 0, 1, 0, -1, 0, 0};
  for (const int i : {0, 3}) {
    std::ranges::copy(pentagon.model.W(0), run.model.W(i).begin());
    std::ranges::copy(kDigons, run.model.W(i + 1).begin());
  }
  const drawing::Figure figure = pentagon_figure(run);
  expect_sound_layout(figure);
  ASSERT_EQ(figure.panels.size(), 3U) << "and a model at each density";
  std::size_t points = 0, texts = 0;
  for (const drawing::Mark& candidate : figure.panels[0].marks) {
    if (const auto* found = std::get_if<drawing::Points>(&candidate)) points += found->points.size();
    const auto* text = std::get_if<drawing::Text>(&candidate);
    if (text != nullptr && text->text.starts_with("×")) ++texts;
  }
  EXPECT_EQ(points, 6U);
  EXPECT_EQ(texts, 1U) << "where the geometry changes";
  const auto& sparse = mark<drawing::Points>(figure.panels[1]).points;
  const auto& dense = mark<drawing::Points>(figure.panels[2]).points;
  EXPECT_NEAR(std::hypot(sparse[4].at.x, sparse[4].at.y), 0, 1e-6) << "two digons, the odd feature dropped";
  EXPECT_NEAR(dense[4].at.x, 0, 1e-6) << "the odd feature upward";
  EXPECT_NEAR(dense[4].at.y, 1, 1e-6);
  EXPECT_NE(dense[4].color, dense[3].color);

  expect_sound_layout(pentagon_figure(untrained(experiment)));
  EXPECT_THROW(pentagon_figure(polygon_run(3)), InvalidRequest) << "one density";
  EXPECT_THROW(pentagon_figure(polygon_run(3, 4)), InvalidRequest);
}

TEST(VulnerabilityFigure, HasFeaturesPerDimensionBesideIt) {
  auto run = identity_run({.n_instances = 3, .n_features = 6, .n_hidden = 3});
  EXPECT_THROW(vulnerability_figure(run), InvalidRequest) << "one density";
  run.experiment.data.feature_probability = std::vector<double>{1, 0.3, 0.1};
  const drawing::Figure figure = vulnerability_figure(run).value();
  expect_sound_layout(figure);
  ASSERT_EQ(figure.panels.size(), 2U);
  std::size_t curves = 0;
  for (const drawing::Mark& candidate : figure.panels[0].marks) {
    const auto* line = std::get_if<drawing::Line>(&candidate);
    if (line == nullptr) continue;
    ++curves;
    ASSERT_EQ(line->at.size(), 3U);
    EXPECT_NEAR(line->at[2].x, 10, 1e-5);
    for (const drawing::Position& at : line->at) EXPECT_NEAR(at.y, 1, 1e-6) << "no superposition";
  }
  EXPECT_EQ(curves, 3U);
  run.model = Model(ModelKind::kReluOutput, run.model.shape());
  expect_sound_layout(vulnerability_figure(run).value());
}

TEST(VulnerabilityFigure, IsRefusedBeforeAnythingIsMeasured) {
  StopSource stop;
  stop.request_stop();  // a measurement would end at once, without an answer
  auto run = identity_run({.n_instances = 3, .n_features = 6, .n_hidden = 3});
  EXPECT_THROW(vulnerability_figure(run, stop.get_token()), InvalidRequest) << "one density";
  EXPECT_THROW(find_figure_kind("vulnerability").check(run), InvalidRequest);
  run.experiment.data.feature_probability = std::vector<double>{1, 0.3, 0.1};
  EXPECT_FALSE(vulnerability_figure(run, stop.get_token()));
  EXPECT_NO_THROW(find_figure_kind("vulnerability").check(run));
}

TEST(SetsFigure, ColoursFeaturesBySet) {
  auto run = polygon_run(8, 4);
  run.experiment.data.distribution.sets = {
      {.rule = FeatureSet::Rule::kCorrelated, .members = {{.feature = 0}, {.feature = 2}}}};
  const drawing::Figure figure = sets_figure(std::array<const run::Run*, 2>{&run, &run});
  expect_sound_layout(figure);
  EXPECT_EQ(figure.panels.size(), 12U) << "at most six a row";
  const auto& points = mark<drawing::Points>(figure.panels[0]).points;
  EXPECT_EQ(points[0].color, points[2].color);
  EXPECT_EQ(points[1].color, points[3].color);
  EXPECT_NE(points[0].color, points[1].color);
  EXPECT_THAT(points[1].hover, HasSubstr("in no set"));
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
  EXPECT_THROW(sets_figure(std::array<const run::Run*, 1>{&many}), InvalidRequest);
}

TEST(InhibitionFigure, DrawsThePapersExample) {
  auto run = example_run({.n_instances = 2, .n_features = 2, .n_hidden = 2}, ModelKind::kAbsoluteValue);
  // In the second instance neuron 0 holds both features and neuron 1 takes its cross-talk back.
  std::ranges::copy(std::array{2.0F, 1.0F, -0.5F, 0.0F}, run.model.W(1).begin());
  std::ranges::copy(std::array{0.5F, 0.0F, 2.0F, -4.0F}, run.model.W2(1).begin());
  const drawing::Figure figure = inhibition_figure(run);
  expect_sound_layout(figure);
  ASSERT_EQ(figure.panels.size(), 2U);
  std::vector<drawing::Line> lines;
  for (const drawing::Mark& one : figure.panels[1].marks) {
    if (const auto* line = std::get_if<drawing::Line>(&one)) lines.push_back(*line);
  }
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[1].at.back().y, 4) << "without inhibition";
  EXPECT_EQ(lines[2].at.back().y, 0) << "as trained";
  EXPECT_EQ(lines[1].at.front().y, 0) << "silent on the other side";
}

TEST(InhibitionFigure, SaysWhereThereIsNone) {
  const auto run = example_run({.n_instances = 1, .n_features = 2, .n_hidden = 2}, ModelKind::kAbsoluteValue);
  EXPECT_THAT(mark<drawing::Text>(inhibition_figure(run).panels[0]).text, HasSubstr("no neuron"));
  EXPECT_THROW(inhibition_figure(polygon_run(1)), InvalidRequest) << "one matrix";
}

TEST(NeuronsFigure, StacksWeightsByFeature) {
  auto run = example_run({.n_instances = 2, .n_features = 3, .n_hidden = 2}, ModelKind::kReluHidden);
  const std::array<float, 6> W = {0.5F, 1, 0.25F, 0, -1, 0};
  std::ranges::copy(W, run.model.W(0).begin());
  const drawing::Figure figure = neurons_figure(run);
  expect_sound_layout(figure);
  const auto& bars = mark<drawing::Bars>(figure.panels[0]);
  EXPECT_TRUE(bars.upright);
  ASSERT_EQ(bars.bars.size(), 6U);
  // Neuron 1 answers to feature 0 and comes first; neuron 0 mostly to feature 2.
  EXPECT_EQ(bars.bars[0].length, 1);
  EXPECT_EQ(bars.bars[3].length, 0.5);
  EXPECT_EQ(bars.bars[4].from, 0.5) << "on top of the first";
  EXPECT_EQ(bars.bars[5].from, 0) << "below 0";
  EXPECT_EQ(bars.bars[5].length, -1);
  EXPECT_EQ(figure.panels[0].x.label, "1 of 2 monosemantic");
  EXPECT_THROW(neurons_figure(polygon_run(2)), InvalidRequest) << "no neurons";
}

}  // namespace
}  // namespace superpose::figures
