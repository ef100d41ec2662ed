#include "superpose/analysis/theory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/core/random.h"

namespace superpose {
namespace {

constexpr std::size_t kFeatures = 4, kHidden = 2;

/// Loss of the linear model on samples drawn here, its bias the best one: E[x] - E[W W^T x].
double sampled_loss(const std::vector<float>& W, const LinearProblem& problem, int samples) {
  const double p = problem.feature_probability;
  double total = 0;
  for (int s = 0; s < samples; ++s) {
    double x[kFeatures], hidden[kHidden] = {};  // x: less its mean, which the best bias takes care of
    for (std::size_t f = 0; f < kFeatures; ++f) {
      const auto words =
          philox::generate({static_cast<std::uint32_t>(s), static_cast<std::uint32_t>(f), 0, 0}, {});
      x[f] = (uniform_open(words[0], 0) < p ? uniform_open(words[1], 0) : 0) - p / 2;
      for (std::size_t h = 0; h < kHidden; ++h) hidden[h] += x[f] * static_cast<double>(W[f * kHidden + h]);
    }
    for (std::size_t f = 0; f < kFeatures; ++f) {
      double error = x[f];
      for (std::size_t h = 0; h < kHidden; ++h) error -= hidden[h] * static_cast<double>(W[f * kHidden + h]);
      total += static_cast<double>(problem.importance[f]) * error * error;
    }
  }
  return total / (static_cast<double>(samples) * kFeatures);
}

TEST(LinearLoss, IsTheMeanSquaredErrorOfSamples) {
  const std::vector<float> W{0.9F, 0.1F, -0.3F, 0.8F, 0.2F, -0.5F, 0.0F, 0.4F};
  const std::vector<float> importance{1, 0.7F, 0.5F, 0.3F};
  for (const double p : {1.0, 0.2}) {
    const LinearProblem problem{.n_hidden = kHidden, .feature_probability = p, .importance = importance};
    const double expected = linear_loss(W, problem);
    EXPECT_NEAR(sampled_loss(W, problem, 200000), expected, 0.01 * expected) << "p = " << p;
  }
}

TEST(LinearLoss, IsLowestWhereTheMostImportantFeaturesAreKept) {
  const std::vector<float> importance{0.25F, 1, 0.5F};
  const LinearProblem problem{.n_hidden = 2, .feature_probability = 1, .importance = importance};
  const double lowest = 0.25 / 12 / 3;
  EXPECT_DOUBLE_EQ(lowest_linear_loss(problem), lowest);
  EXPECT_DOUBLE_EQ(linear_loss(std::vector<float>{0, 0, 1, 0, 0, 1}, problem), lowest);
  EXPECT_GT(linear_loss(std::vector<float>{1, 0, 0, 1, 0, 0}, problem), lowest);

  for (std::uint32_t draw = 0; draw < 1000; ++draw) {
    std::vector<float> W(6);
    for (std::uint32_t i = 0; i < 6; ++i) {
      W[i] = static_cast<float>(2 * uniform_open(philox::generate({i, draw, 0, 0}, {3, 0})[0], 0) - 1);
    }
    EXPECT_GE(linear_loss(W, problem), lowest);
  }
}

TEST(LowestLinearLoss, RefusesWhatIsNoProblem) {
  const std::vector<float> importance = {1, 0.5F}, negative = {1, -0.5F}, not_finite = {1, NAN};
  for (const LinearProblem& wrong : {LinearProblem{0, 0.5, importance},
                                     {1, 0, importance},
                                     {1, 1.5, importance},
                                     {1, NAN, importance},
                                     {1, 0.5, negative},
                                     {1, 0.5, not_finite},
                                     {1, 0.5, {}}})
    EXPECT_THROW((void)lowest_linear_loss(wrong), InvalidRequest);
}

TEST(LowestLinearLoss, IsZeroWhereEveryFeatureFits) {
  const std::vector<float> importance{1, 2};
  EXPECT_EQ(lowest_linear_loss({.n_hidden = 3, .feature_probability = 0.5, .importance = importance}), 0);
}

TEST(LinearLoss, RefusesWeightsOfAnotherSize) {
  const std::vector<float> importance{1, 2};
  const LinearProblem problem{.n_hidden = 1, .feature_probability = 1, .importance = importance};
  EXPECT_THROW(linear_loss(std::vector<float>(3), problem), InvalidRequest);
}

}  // namespace
}  // namespace superpose
