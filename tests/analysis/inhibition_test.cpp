#include "superpose/analysis/inhibition.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "superpose/core/error.h"

namespace superpose {
namespace {

/// The paper's example: neuron 0 holds features 0 and 1; neuron 1 answers to feature 0 as well and takes back
/// what neuron 0 writes on output 1. (n_features, n_hidden)
const std::vector<float> kIn = {2, 1, -0.5F, 0};
const std::vector<float> kOut = {0.5F, 0, 2, -4};

TEST(AsymmetricNeurons, ThePapersExample) {
  const auto found = asymmetric_neurons(kIn, kOut, 2);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].neuron, 0);
  EXPECT_EQ(found[0].loud, 0);
  EXPECT_EQ(found[0].quiet, 1);
  EXPECT_EQ(found[0].crosstalk(), 4);
  EXPECT_EQ(found[0].reverse_crosstalk(), 0.25);
  EXPECT_EQ(found[0].inhibition, -4);
  EXPECT_EQ(found[0].inhibitor, 1);
  EXPECT_TRUE(found[0].is_inhibited());
}

TEST(AsymmetricNeurons, InhibitionCountsOnlyWhereTheNeuronIsActive) {
  auto in = kIn;
  in[1] = -1;  // the other neuron answers to the negative side of feature 0, where this one is silent
  const auto found = asymmetric_neurons(in, kOut, 2);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].inhibition, 0);
  EXPECT_FALSE(found[0].is_inhibited());
}

TEST(AsymmetricNeurons, OthersAreNone) {
  EXPECT_TRUE(asymmetric_neurons(std::vector<float>{1, 0, -1, 0}, std::vector<float>{1, 0, 1, 0}, 2).empty())
      << "symmetric";
  EXPECT_TRUE(
      asymmetric_neurons(std::vector<float>{2, 0, 0.1F, 0}, std::vector<float>{0.5F, 0, 2, 0}, 2).empty())
      << "monosemantic";
  EXPECT_TRUE(asymmetric_neurons(std::vector<float>{0.05F, 0, 0.02F, 0}, std::vector<float>{0.5F, 0, 2, 0}, 2)
                  .empty())
      << "dead";
  EXPECT_TRUE(
      asymmetric_neurons(std::vector<float>{2, 0, 0.5F, 0}, std::vector<float>{2, 0, 0.5F, 0}, 2).empty())
      << "the large input has the large output: no cross-talk to speak of";
  EXPECT_TRUE(
      asymmetric_neurons(std::vector<float>{NAN, 0, 0.5F, 0}, std::vector<float>{0.5F, 0, 2, 0}, 2).empty());
  EXPECT_TRUE(asymmetric_neurons(std::vector<float>{2}, std::vector<float>{2}, 1).empty()) << "one feature";
}

TEST(AsymmetricNeurons, RefusesWrongSizes) {
  EXPECT_THROW(asymmetric_neurons(kIn, kOut, 0), InvalidRequest);
  EXPECT_THROW(asymmetric_neurons(kIn, kOut, 3), InvalidRequest);
  EXPECT_THROW(asymmetric_neurons(kIn, std::vector<float>{1, 2}, 2), InvalidRequest);
}

}  // namespace
}  // namespace superpose
