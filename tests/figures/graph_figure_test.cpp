#include "superpose/figures/graph_figure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <span>
#include <string>
#include <vector>

#include "superpose/analysis/polytopes.h"
#include "superpose/figures/polytope_colors.h"
#include "tests/drawing/layout_checks.h"
#include "tests/figures/example_runs.h"

namespace superpose::figures {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Puts a polytope in dimensions of its own, from a feature and a hidden dimension on.
void put(run::Run& run, std::int64_t instance, Polytope polytope, std::size_t feature, std::size_t hidden) {
  const Vertices vertices = vertices_of(polytope);
  const auto d = static_cast<std::size_t>(vertices.dimension);
  const auto n_hidden = static_cast<std::size_t>(run.model.shape().n_hidden);
  for (std::size_t i = 0; i < vertices.coordinates.size(); ++i)
    run.model.W(instance)[(feature + i / d) * n_hidden + hidden + i % d] =
        static_cast<float>(vertices.coordinates[i]);
}

std::vector<std::string> rows(const drawing::Panel& panel) {
  std::vector<std::string> result;
  for (const drawing::Tick& tick : panel.y.ticks) result.push_back(tick.label);
  return result;
}

TEST(GraphFigure, SaysHowManyVerticesPolygonsHave) {
  run::Run run = example_run({.n_instances = 1, .n_features = 20, .n_hidden = 6});
  std::size_t feature = 0, dimension = 0;
  for (const std::size_t vertices : {7U, 6U, 7U}) {
    for (std::size_t v = 0; v < vertices; ++v, ++feature) {
      const double angle = 2 * std::numbers::pi * static_cast<double>(v) / static_cast<double>(vertices);
      run.model.W(0)[feature * 6 + dimension] = static_cast<float>(std::cos(angle));
      run.model.W(0)[feature * 6 + dimension + 1] = static_cast<float>(std::sin(angle));
    }
    dimension += 2;
  }
  EXPECT_THAT(rows(graph_figure(run).panels.front()), ElementsAre("2 7-gons", "1 6-gon"));
}

TEST(GraphFigure, NamesAndCountsTheComponents) {
  auto run = example_run({.n_instances = 1, .n_features = 20, .n_hidden = 8});
  put(run, 0, Polytope::kPentagon, 0, 0);
  put(run, 0, Polytope::kDigon, 5, 2);
  put(run, 0, Polytope::kTetrahedron, 8, 3);
  put(run, 0, Polytope::kDigon, 12, 6);
  const drawing::Figure figure = graph_figure(run);
  expect_sound_layout(figure);
  ASSERT_EQ(figure.panels.size(), 1U);
  const drawing::Panel& panel = figure.panels[0];
  EXPECT_THAT(rows(panel), ElementsAre("1 tetrahedron", "2 digons", "1 pentagon"));
  EXPECT_EQ(panel.title, "1 − S = 1, D* = 0.62");

  const auto& nodes = mark<drawing::Points>(panel).points;
  ASSERT_EQ(nodes.size(), 13U);
  EXPECT_THAT(nodes[0].hover, HasSubstr("feature 8\nD = 0.750\n|W| = 1.00\ntetrahedron, 4 features"));
  EXPECT_THAT(nodes[12].hover, HasSubstr("pentagon, 5 features\nconfidence 1.00"));
  EXPECT_EQ(nodes[0].color, color_of(Polytope::kTetrahedron));
  EXPECT_EQ(nodes[5].color, color_of(Polytope::kDigon));
  for (const drawing::Point& node : nodes) {
    EXPECT_TRUE(node.at.x >= 0 && node.at.x <= panel.area.width) << node.hover;
    EXPECT_TRUE(node.at.y >= 0 && node.at.y <= panel.area.height) << node.hover;
  }

  const auto& edges = mark<drawing::Segments>(panel).segments;
  ASSERT_EQ(edges.size(), 6U + 2 + 10);
  EXPECT_GT(edges.front().color.red, edges.back().color.red) << "weak ones first, and lighter";
}

TEST(GraphFigure, ChoosesInstancesForTheirPolytopes) {
  auto run = example_run({.n_instances = 30, .n_features = 8, .n_hidden = 4});
  for (std::int64_t i = 0; i < 30; ++i) put(run, i, Polytope::kDigon, 0, 0);
  put(run, 7, Polytope::kDigon, 2, 1);
  put(run, 17, Polytope::kTriangle, 2, 1);
  put(run, 23, Polytope::kPentagon, 2, 1);
  const drawing::Figure figure = graph_figure(run);
  expect_sound_layout(figure);
  EXPECT_THAT(figure.title, HasSubstr("(6 of 30 instances)"));
  std::vector<std::vector<std::string>> shown;
  for (const drawing::Panel& panel : figure.panels) shown.push_back(rows(panel));
  EXPECT_THAT(shown, testing::IsSupersetOf(
                         {testing::Matcher<std::vector<std::string>>(ElementsAre("2 digons")),
                          testing::Matcher<std::vector<std::string>>(ElementsAre("1 triangle", "1 digon")),
                          testing::Matcher<std::vector<std::string>>(ElementsAre("1 digon", "1 pentagon"))}));
}

TEST(GraphFigure, BoundsWhatItDraws) {
  // Four hundred and more features in few dimensions: everything is connected.
  auto run = example_run({.n_instances = 1, .n_features = 500, .n_hidden = 3});
  for (std::size_t i = 0; i < run.model.W().size(); ++i)
    run.model.W()[i] = static_cast<float>(std::sin(static_cast<double>(i * i)) + 0.1);
  const drawing::Figure figure = graph_figure(run);
  expect_sound_layout(figure);
  EXPECT_THAT(figure.title, HasSubstr("the first 400"));
  const drawing::Panel& panel = figure.panels[0];
  EXPECT_THAT(rows(panel), ElementsAre("1 other, of 400"));
  EXPECT_LE(mark<drawing::Segments>(panel).segments.size(), 3U * 400);
  for (const drawing::Point& node : mark<drawing::Points>(panel).points) {
    EXPECT_TRUE(node.at.x >= 0 && node.at.x <= panel.area.width) << node.hover;
    EXPECT_TRUE(node.at.y >= 0 && node.at.y <= panel.area.height) << node.hover;
  }
}

TEST(GraphFigure, SaysWhereNothingIsRepresented) {
  auto run = example_run({.n_instances = 2, .n_features = 5, .n_hidden = 2});
  run.model.W(1)[0] = std::numeric_limits<float>::quiet_NaN();
  const drawing::Figure figure = graph_figure(run);
  expect_sound_layout(figure);
  for (const drawing::Panel& panel : figure.panels) EXPECT_THAT(rows(panel), IsEmpty());
  EXPECT_EQ(mark<drawing::Text>(figure.panels[0]).text, "no feature is represented");
  EXPECT_EQ(mark<drawing::Text>(figure.panels[1]).text, "not finite");
}

}  // namespace
}  // namespace superpose::figures
