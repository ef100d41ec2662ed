#include "superpose/figures/inhibition_figure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <variant>
#include <vector>

#include "superpose/core/error.h"
#include "tests/drawing/layout_checks.h"
#include "tests/figures/example_runs.h"
#include "tests/message_of.h"

namespace superpose::figures {
namespace {

using ::testing::HasSubstr;

TEST(InhibitionFigure, DrawsThePapersExample) {
  const auto run = inhibition_run();
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
  EXPECT_EQ(
      message_of<InvalidRequest>([&] { (void)inhibition_figure(polygon_run(1)); }),
      "figure inhibition: expected a kind with two matrices, as \"absolute_value\", got \"relu_output\"");
}

}  // namespace
}  // namespace superpose::figures
