#include "superpose/paper/dynamics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "superpose/analysis/polytopes.h"
#include "tests/paper/hand_made.h"

namespace superpose::paper {
namespace {

TEST(Dynamics, JumpsAndHowLongTheyTake) {
  EXPECT_EQ(jump_durations(jumping()), std::vector<double>{0});
  // Of ten rows those at 3, 4, 5, 6 and 7 tenths are in between.
  EXPECT_EQ(jump_durations(jumping(10)), std::vector<double>{0.05});
  Course still = jumping();
  for (auto& row : still.dimensionality) row[1] = 0.2;
  EXPECT_TRUE(jump_durations(still).empty());
}

TEST(Dynamics, TheLossFallsFasterWhileSomethingMoves) {
  FallOfLoss at_once;
  at_once.add(jumping());
  EXPECT_EQ(at_once.rows, 74) << "from a quarter of the way on";
  EXPECT_EQ(at_once.rows_moving, 1);
  EXPECT_DOUBLE_EQ(at_once.ratio(), 74);

  // Where the loss falls evenly, movement or not, nothing is faster.
  Course even = jumping();
  for (std::size_t row = 0; row < even.rows(); ++row) even.loss[row] = 3 - 0.01 * static_cast<double>(row);
  FallOfLoss evenly;
  evenly.add(even);
  EXPECT_NEAR(evenly.ratio(), 1, 1e-9);

  EXPECT_TRUE(std::isnan(FallOfLoss().ratio())) << "nothing moves";
}

TEST(JumpClaims, HoldOfSuddenJumpsWithDropsAndNotOfOtherCourses) {
  const auto holds = [](const Course& course, bool finite = true) {
    std::vector<bool> all;
    for (const Claim& claim : jump_claims(std::vector{course, course}, finite)) {
      EXPECT_EQ(claim.seeds, 2);
      all.push_back(claim.holds());
    }
    return all;
  };
  EXPECT_EQ(holds(jumping()), (std::vector{true, true}));
  EXPECT_EQ(holds(jumping(40)), (std::vector{false, false})) << "gradually, and so does the loss";
  Course even = jumping();
  for (std::size_t row = 0; row < even.rows(); ++row) even.loss[row] = 3 - 0.01 * static_cast<double>(row);
  EXPECT_EQ(holds(even), (std::vector{true, false}));
  EXPECT_EQ(holds(jumping(), /*finite=*/false), (std::vector{false, false}));
  Course still = jumping();
  for (auto& row : still.dimensionality) row[1] = 0.2;
  for (const Claim& claim : jump_claims(std::vector{still}, /*finite=*/true)) {
    EXPECT_FALSE(claim.holds());
    EXPECT_EQ(measured_text(claim), "nothing to measure") << "nothing jumps, though no model has diverged";
  }
}

std::vector<double> loss_of_stages(int stages) {
  std::vector<double> loss;
  for (int stage = 0; stage < stages; ++stage) {
    for (int row = 0; row < 20; ++row)
      loss.push_back(std::pow(10.0, -stage - 1 / (1 + std::exp(10.0 - row))));
  }
  return loss;
}

TEST(Dynamics, StagesAreCountedByTheirDrops) {
  for (const int stages : {1, 2, 3}) EXPECT_EQ(count_drops(loss_of_stages(stages)), stages);
  std::vector<double> slower;
  for (int row = 0; row < 100; ++row) slower.push_back(1.0 / (1 + row));
  EXPECT_EQ(count_drops(slower), 1) << "ever more slowly";
  EXPECT_EQ(count_drops(std::vector<double>{1, 2, 3}), 0) << "it rises";
  EXPECT_EQ(count_drops(std::vector<double>{1}), 0);
}

TEST(Dynamics, AnOctahedronWithItsAntipodesInDifferentSets) {
  const std::vector<float> across = {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, -1, 0, -1, 0, 0, 0, 0, -1};
  EXPECT_TRUE(is_octahedron(across));
  EXPECT_TRUE(antipodes_are_in_different_sets(across));
  const std::vector<float> within = {1, 0, 0, -1, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 1, 0, 0, -1};
  EXPECT_TRUE(is_octahedron(within));
  EXPECT_FALSE(antipodes_are_in_different_sets(within));
  std::vector<float> collapsed = across;
  std::copy_n(collapsed.begin(), 3, collapsed.begin() + 3);
  EXPECT_FALSE(is_octahedron(collapsed));
}

}  // namespace
}  // namespace superpose::paper
