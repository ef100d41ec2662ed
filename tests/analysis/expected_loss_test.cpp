#include "superpose/analysis/expected_loss.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "superpose/analysis/theory.h"
#include "superpose/core/error.h"
#include "superpose/core/random.h"

namespace superpose {
namespace {

using Floats = std::vector<float>;

/// Uniform numbers on (0, 1) that depend on the stream alone.
class Uniforms {
 public:
  explicit Uniforms(std::uint32_t stream) : stream_(stream) {}
  double operator()() {
    const auto words = philox::generate({next_++, 0, 0, 0}, {21, stream_});
    return uniform_open(words[0], words[1]);
  }

 private:
  std::uint32_t stream_, next_ = 0;
};

struct Estimate {
  double mean, error;  ///< and its standard deviation
};
/// The same loss by sampling.
Estimate sampled(const Floats& W, const Floats& b, const ExpectedLossProblem& problem, int samples) {
  const std::size_t n = b.size();
  const auto m = static_cast<std::size_t>(problem.n_hidden);
  Uniforms uniform(99);
  double sum = 0, squares = 0;
  std::vector<double> x(n), h(m);
  for (int s = 0; s < samples; ++s) {
    std::ranges::fill(h, 0);
    for (std::size_t f = 0; f < n; ++f) {
      x[f] = uniform() < static_cast<double>(problem.feature_probability[f]) ? uniform() : 0;
      for (std::size_t j = 0; j < m; ++j) h[j] += static_cast<double>(W[f * m + j]) * x[f];
    }
    double loss = 0;
    for (std::size_t f = 0; f < n; ++f) {
      auto z = static_cast<double>(b[f]);
      for (std::size_t j = 0; j < m; ++j) z += static_cast<double>(W[f * m + j]) * h[j];
      loss += static_cast<double>(problem.importance[f]) * std::pow(x[f] - std::max(z, 0.0), 2);
    }
    loss /= static_cast<double>(n);
    sum += loss;
    squares += loss * loss;
  }
  const double mean = sum / samples;
  return {mean, std::sqrt((squares / samples - mean * mean) / samples)};
}

TEST(ExpectedLoss, OfHandMadeModels) {
  const Floats p = {0.3F, 0.3F}, importance = {1, 0.5F};
  const ExpectedLossProblem problem{.n_hidden = 1, .feature_probability = p, .importance = importance};
  const double variance = 0.3 / 3 - 0.09 / 4;
  // Nothing represented, the mean predicted.
  EXPECT_NEAR(expected_loss(Floats{0, 0}, Floats{0.15F, 0.15F}, problem), 1.5 * variance / 2, 1e-8);
  // The first kept, the second predicted by its mean.
  EXPECT_NEAR(expected_loss(Floats{1, 0}, Floats{0, 0.15F}, problem), 0.5 * variance / 2, 1e-8);
  // An antipodal pair: (1 + r) p^2 / 6 of the sum.
  EXPECT_NEAR(expected_loss(Floats{1, -1}, Floats{0, 0}, problem), 1.5 * 0.09 / 6 / 2, 1e-8);
}

TEST(ExpectedLoss, IsTheLinearOneWhereTheReluNeverCuts) {
  // W and b small and positive: every output is above 0.
  const Floats W = {0.5F, 0.1F, 0.2F, 0.6F, 0.3F, 0.3F}, importance = {1, 0.8F, 0.6F};
  const Floats p(3, 0.4F);
  Floats b;
  for (std::size_t f = 0; f < 3; ++f) {  // the best bias of a linear model: its mean error is 0
    double mean = 0.2;
    for (std::size_t g = 0; g < 3; ++g)
      mean -= 0.2 * static_cast<double>(W[2 * f] * W[2 * g] + W[2 * f + 1] * W[2 * g + 1]);
    b.push_back(static_cast<float>(mean));
  }
  EXPECT_NEAR(expected_loss(W, b, {.n_hidden = 2, .feature_probability = p, .importance = importance}),
              linear_loss(W, {.n_hidden = 2, .feature_probability = 0.4, .importance = importance}), 1e-7);
}

TEST(ExpectedLoss, IsWhatSamplingEstimates) {
  for (std::uint32_t stream = 0; stream < 12; ++stream) {
    Uniforms uniform(stream);
    const std::size_t n = 2 + stream % 5;
    const std::size_t m = 1 + stream % 3;
    Floats W, b, p, importance;
    for (std::size_t i = 0; i < n * m; ++i) W.push_back(static_cast<float>(2 * uniform() - 1));
    // Every third model has a feature that is next to not represented.
    if (stream % 3 == 0) std::fill_n(W.begin(), m, 0.001F);
    for (std::size_t f = 0; f < n; ++f) {
      b.push_back(static_cast<float>(uniform() - 0.6));
      p.push_back(static_cast<float>(0.1 + 0.8 * uniform()));
      importance.push_back(static_cast<float>(uniform()));
    }
    const ExpectedLossProblem problem{
        .n_hidden = static_cast<std::int64_t>(m), .feature_probability = p, .importance = importance};
    const auto [mean, error] = sampled(W, b, problem, 400'000);
    const double exact = expected_loss(W, b, problem);
    EXPECT_NEAR(exact, mean, 4.5 * error) << stream;
    EXPECT_NEAR(exact / mean, 1, 0.01) << stream;
  }
}

TEST(ExpectedLoss, IsSmoothInSlopesOfAnySize) {
  // From slopes that are integrated over corners to those that are not, with the ReLU's kink in the middle.
  const Floats p(3, 0.5F), importance(3, 1.0F), b = {-1e-4F, 0.1F, 0};
  const auto loss = [&](double w) {
    return expected_loss(Floats{static_cast<float>(w), 1, static_cast<float>(-0.7 * w)}, b,
                         {.n_hidden = 1, .feature_probability = p, .importance = importance});
  };
  for (double w = 0.1; w > 1e-7; w *= 0.7) {
    const double second = loss(1.001 * w) - 2 * loss(w) + loss(0.999 * w);
    EXPECT_NEAR(second, 0, 1e-6 * w + 2e-7) << w;
  }
}

TEST(ExpectedLoss, WhatMakesNoSenseIsRefused) {
  const Floats two = {1, 1};
  const ExpectedLossProblem problem{.n_hidden = 1, .feature_probability = two, .importance = two};
  EXPECT_THROW(expected_loss(Floats{1, 0, 1}, two, problem), InvalidRequest);
  EXPECT_THROW(expected_loss(Floats(11), Floats(11), problem), InvalidRequest);
  EXPECT_THROW(expected_loss(Floats{}, Floats{}, problem), InvalidRequest);
  const Floats never = {0, 0.5F}, often = {1.5F, 0.5F};
  EXPECT_THROW(expected_loss(two, two, {.n_hidden = 1, .feature_probability = never, .importance = two}),
               InvalidRequest);
  EXPECT_THROW(expected_loss(two, two, {.n_hidden = 1, .feature_probability = often, .importance = two}),
               InvalidRequest);
  EXPECT_THROW(expected_loss(two, two, {.n_hidden = 0, .feature_probability = two, .importance = two}),
               InvalidRequest);
  for (const float bias : {-INFINITY, INFINITY, NAN})
    EXPECT_TRUE(std::isnan(expected_loss(two, Floats{bias, 0}, problem))) << bias;
  EXPECT_TRUE(std::isnan(expected_loss(Floats{std::numeric_limits<float>::quiet_NaN(), 0}, two, problem)));
}

}  // namespace
}  // namespace superpose
