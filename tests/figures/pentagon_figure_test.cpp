#include "superpose/figures/pentagon_figure.h"

#include <gtest/gtest.h>

#include <cmath>
#include <variant>

#include "superpose/core/error.h"
#include "tests/drawing/layout_checks.h"
#include "tests/figures/example_runs.h"
#include "tests/message_of.h"

namespace superpose::figures {
namespace {

TEST(PentagonFigure, ShowsEveryFitInTheColourOfItsGeometryAndTheBestModels) {
  const auto run = perturbed_pentagon_run();
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

  expect_sound_layout(pentagon_figure(untrained_run(run.experiment)));
  EXPECT_EQ(message_of<InvalidRequest>([&] { (void)pentagon_figure(polygon_run(3)); }),
            "figure pentagon: expected a run of two densities or more of the last feature, got one")
      << "one density";
  EXPECT_THROW(pentagon_figure(polygon_run(3, 4)), InvalidRequest);
}

}  // namespace
}  // namespace superpose::figures
