#include "superpose/analysis/outcome.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "superpose/analysis/polytopes.h"
#include "superpose/core/error.h"

namespace superpose {
namespace {

std::vector<float> weights_of(Polytope polytope, std::int64_t vertices = 0) {
  const auto coordinates = vertices_of(polytope, vertices).coordinates;
  return {coordinates.begin(), coordinates.end()};
}

TEST(Outcome, InWords) {
  EXPECT_EQ(outcome(weights_of(Polytope::kPentagon), 2), "pentagon");
  EXPECT_EQ(outcome(weights_of(Polytope::kPolygon, 7), 2), "7-gon");
  EXPECT_EQ(outcome(std::vector<float>{1, 0, 0, -1, -1, 0, 0.1F, 0.1F, 0, 1}, 2),
            "2 x digon, 1 not represented");
  EXPECT_EQ(outcome(std::vector<float>{1, 0, 0, -1, 0, 1}, 2), "digon, single");
  EXPECT_EQ(outcome(std::vector<float>{1, 0, 0.6F, 0.8F, 0.8F, 0.6F}, 2), "other of 3");
}

TEST(Outcome, SaysThatAModelHasDiverged) {
  EXPECT_EQ(outcome(std::vector<float>{1, 0, NAN, 1}, 2), "not finite");
  EXPECT_EQ(outcome(std::vector<float>{1, 0, INFINITY, 1}, 2), "not finite");
}

TEST(Outcome, Counted) {
  const std::vector<std::string> outcomes = {"a", "b", "a", "c", "d"};
  const auto counts = count_outcomes(outcomes, std::vector<double>{3, 2, 1, 1, NAN});
  ASSERT_EQ(counts.size(), 4U);
  EXPECT_EQ(counts[0].outcome, "a");
  EXPECT_EQ(counts[0].restarts, 2);
  EXPECT_EQ(counts[0].lowest_loss, 1);
  EXPECT_EQ(counts[1].outcome, "c") << "of the same count, the lower loss first";
  EXPECT_EQ(counts[2].outcome, "b");
  EXPECT_EQ(counts[3].lowest_loss, std::numeric_limits<double>::infinity()) << "not hidden";
  EXPECT_THROW(count_outcomes(outcomes, std::vector<double>{1}), InvalidRequest);
  EXPECT_TRUE(count_outcomes({}, {}).empty());
}

}  // namespace
}  // namespace superpose
