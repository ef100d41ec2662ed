#include "superpose/analysis/neurons.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "superpose/core/error.h"

namespace superpose {
namespace {

TEST(Neurons, AreCountedByWhatTheyAnswerTo) {
  // Columns: one feature; one and a little of another; two; nothing.
  const std::vector<float> W = {1,    0.09F, 0.5F,  0.05F,  //
                                0,    -1,    0.49F, 0,      //
                                0.0F, 0,     0,     -0.09F};
  const NeuronCounts counts = count_neurons(W, 4);
  EXPECT_EQ(counts.monosemantic, 2);
  EXPECT_EQ(counts.polysemantic, 1);
  EXPECT_EQ(counts.dead, 1);
  EXPECT_EQ(count_neurons(std::vector<float>{1, -0.11F}, 1).polysemantic, 1) << "a tenth is too much";
  EXPECT_EQ(count_neurons(std::vector<float>{1, std::numeric_limits<float>::quiet_NaN()}, 1).polysemantic, 1);
  EXPECT_EQ(count_neurons(std::vector<float>{0.5F}, 1).monosemantic, 1);
  EXPECT_THROW(count_neurons(W, 5), InvalidRequest);
  EXPECT_THROW(count_neurons(W, 0), InvalidRequest);
}

}  // namespace
}  // namespace superpose
