#include "superpose/figures/set_colors.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

#include "tests/figures/example_runs.h"

namespace superpose::figures {
namespace {

/// A run of so many features, with these sets.
run::Run run_with(std::vector<FeatureSet> sets, std::int64_t n_features) {
  run::Run run = example_run({.n_instances = 2, .n_features = n_features, .n_hidden = 2});
  run.experiment.data.distribution.sets = std::move(sets);
  return run;
}

TEST(SetsOf, NumbersTheOutermostSetsFromOne) {
  const FeatureSet inner{.rule = FeatureSet::Rule::kAnticorrelated,
                         .members = {{.feature = 0}, {.feature = 4}}};
  const run::Run run =
      run_with({{.rule = FeatureSet::Rule::kCorrelated, .members = {{.feature = 5}, {.feature = 1}}},
                {.rule = FeatureSet::Rule::kExactly, .count = 1, .members = {{.feature = 2}, inner}}},
               6);
  EXPECT_EQ(sets_of(run), (std::vector<std::size_t>{2, 1, 2, 0, 2, 1}));
}

TEST(SetsOf, AreZeroWithoutSets) {
  EXPECT_EQ(sets_of(run_with({}, 3)), (std::vector<std::size_t>{0, 0, 0}));
}

TEST(SetColor, DiffersAmongSixSetsAndRepeatsAfterThem) {
  for (std::size_t set = 0; set <= 6; ++set) {
    for (std::size_t other = set + 1; other <= 6; ++other)
      EXPECT_NE(set_color(set), set_color(other)) << set << " " << other;
  }
  for (std::size_t set = 1; set <= 6; ++set) {
    EXPECT_EQ(set_color(set + 6), set_color(set));
    EXPECT_EQ(set_color(set + 600), set_color(set));
  }
}

TEST(SetColor, IsGreyWithoutASetAndNeverOtherwise) {
  const auto is_grey = [](drawing::Color color) {
    return color.red == color.green && color.green == color.blue;
  };
  EXPECT_TRUE(is_grey(set_color(0)));
  for (std::size_t set = 1; set <= 12; ++set) EXPECT_FALSE(is_grey(set_color(set))) << set;
}

}  // namespace
}  // namespace superpose::figures
