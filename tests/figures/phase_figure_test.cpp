#include "superpose/figures/phase_figure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "superpose/core/error.h"
#include "tests/drawing/layout_checks.h"
#include "tests/figures/example_runs.h"

namespace superpose::figures {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

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

}  // namespace
}  // namespace superpose::figures
