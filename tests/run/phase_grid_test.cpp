#include "superpose/run/phase_grid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "superpose/core/error.h"

namespace superpose::run {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

Experiment parse(std::vector<std::string> overrides) {
  return parse_experiment({.text = R"([model]
n_features = 2
n_hidden = 1
n_instances = 4
[data]
feature_probability = [0.1, 0.5, 0.1, 0.5]
importance = [[1, 2], [1, 2], [1, 0.5], [1, 0.5]]
)",
                           .overrides = std::move(overrides)});
}

TEST(PhaseGrid, FindsTheInstanceOfEachCellInAnyOrder) {
  const PhaseGrid grid(parse({}));
  EXPECT_THAT(grid.density, ElementsAre(DoubleNear(0.5, 1e-7), DoubleNear(0.1, 1e-7)));
  EXPECT_THAT(grid.relative_importance, ElementsAre(0.5, 2));
  EXPECT_EQ(grid.instance(0, 0), 3);
  EXPECT_EQ(grid.instance(1, 0), 2);
  EXPECT_EQ(grid.instance(0, 1), 1);
  EXPECT_EQ(grid.instance(1, 1), 0);
  const PhaseProblem problem = grid.problem(1, 1);
  EXPECT_EQ(problem.n_hidden, 1);
  EXPECT_FLOAT_EQ(static_cast<float>(problem.feature_probability), 0.1F);
  EXPECT_EQ(problem.relative_importance, 2);
}

TEST(PhaseGrid, RefusesWhatIsNone) {
  const auto refused = [](std::vector<std::string> overrides, const std::string& why) {
    EXPECT_THAT([&] { PhaseGrid{parse(overrides)}; }, ThrowsMessage<InvalidRequest>(HasSubstr(why)));
  };
  refused({"kind=linear"}, "expected models of kind \"relu_output\", got \"linear\"");
  refused({"n_hidden=3"}, "2 features in 1 dimension or 3 in 2, got 2 in 3");
  refused({"importance=[2, 1]"}, "importance 1 for all features but the last, got another in instance 0");
  refused({"importance=[1, 0]"}, "above 0 for the last feature, got 0 in instance 0");
  refused({"feature_probability=[[1, 0.5], [1, 1], [1, 1], [1, 1]]"},
          "one feature_probability for all features of an instance, got several in instance 0");
  refused({"feature_probability=[0.1, 0.5, 0.1, 0.1]"},
          "an instance for each of 2 densities x 2 importances, got 4 instances");
  // What varies how.
  refused({"importance=[2, 1]"},
          "feature_probability (n_instances), importance (n_instances, n_features) with rows");
}

}  // namespace
}  // namespace superpose::run
