#include "superpose/figures/neurons_figure.h"

#include <gtest/gtest.h>

#include "superpose/core/error.h"
#include "tests/drawing/layout_checks.h"
#include "tests/figures/example_runs.h"
#include "tests/message_of.h"

namespace superpose::figures {
namespace {

TEST(NeuronsFigure, StacksWeightsByFeature) {
  const auto run = neurons_run();
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
  EXPECT_EQ(message_of<InvalidRequest>([&] { (void)neurons_figure(polygon_run(2)); }),
            "figure neurons: expected a kind whose hidden layer has an activation, as \"relu_hidden\", got "
            "\"relu_output\"");
}

}  // namespace
}  // namespace superpose::figures
