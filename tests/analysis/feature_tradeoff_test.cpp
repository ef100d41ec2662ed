#include "superpose/analysis/feature_tradeoff.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "superpose/analysis/expected_loss.h"
#include "superpose/analysis/theory.h"
#include "superpose/core/error.h"
#include "superpose/core/random.h"

namespace superpose {
namespace {

using Floats = std::vector<float>;

/// Numbers on (low, high) that depend on the stream alone.
Floats uniforms(std::uint32_t stream, std::size_t count, double low, double high) {
  Floats result;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto words = philox::generate({i, 0, 0, 0}, {stream, 5});
    result.push_back(static_cast<float>(low + (high - low) * uniform_open(words[0], words[1])));
  }
  return result;
}

double sum(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

/// An instance of four features in two dimensions.
struct Instance {
  Floats W, b, p, importance;

  [[nodiscard]] TradeoffProblem problem(ModelKind kind) const {
    return {.kind = kind,
            .shape = {.n_instances = 1, .n_features = 4, .n_hidden = 2},
            .feature_probability = p,
            .importance = importance};
  }
  [[nodiscard]] FeatureTradeoff tradeoff(ModelKind kind) const {
    return feature_tradeoff(W, b, problem(kind));
  }
  [[nodiscard]] double dot(std::size_t f, std::size_t g) const {
    return static_cast<double>(W[2 * f]) * static_cast<double>(W[2 * g]) +
           static_cast<double>(W[2 * f + 1]) * static_cast<double>(W[2 * g + 1]);
  }
};
/// Weights and biases on either side of 0.
Instance random_instance(std::uint32_t stream) {
  return {.W = uniforms(stream, 8, -1, 1),
          .b = uniforms(stream + 100, 4, -0.3, 0.2),
          .p = uniforms(stream + 200, 4, 0.1, 0.9),
          .importance = uniforms(stream + 300, 4, 0.2, 1)};
}

TEST(FeatureTradeoff, OfALinearModelMakesUpItsLoss) {
  for (std::uint32_t stream = 0; stream < 10; ++stream) {
    Instance instance = random_instance(stream);
    instance.p.assign(4, 0.3F);
    const LinearProblem linear{
        .n_hidden = 2, .feature_probability = static_cast<double>(0.3F), .importance = instance.importance};
    const auto [benefit, interference_loss] = instance.tradeoff(ModelKind::kLinear);
    EXPECT_NEAR(linear_loss(instance.W, linear),
                linear_loss(Floats(8), linear) - sum(benefit) + sum(interference_loss), 1e-15);
  }
}

TEST(FeatureTradeoff, OfALinearModelWeighsFeaturesByTheirVariance) {
  // Feature 0 alone, half represented, beside one on the same axis.
  const Instance instance{
      .W = {0.5F, 0, 1, 0, 0, 0, 0, 0}, .b = Floats(4), .p = {0.5F, 1, 1, 1}, .importance = {2, 3, 1, 1}};
  const auto [benefit, interference_loss] = instance.tradeoff(ModelKind::kLinear);
  const double variance = 0.5 / 3 - 0.25 / 4;
  EXPECT_DOUBLE_EQ(benefit[0], 2 * variance * (1 - 0.75 * 0.75) / 4);
  EXPECT_DOUBLE_EQ(interference_loss[0], 3 * variance * 0.25 / 4);
  EXPECT_DOUBLE_EQ(benefit[1], 3.0 / 12 / 4);
  EXPECT_EQ(benefit[2], 0) << "not represented";
  EXPECT_EQ(interference_loss[2], 0);
}

TEST(FeatureTradeoff, OfAReluModelIsTheIntegralOfItsErrors) {
  constexpr int kPoints = 20000;  // midpoints: the kinks cost about 1 / kPoints^2
  for (std::uint32_t stream = 0; stream < 20; ++stream) {
    const Instance instance = random_instance(stream);
    const auto [benefit, interference_loss] = instance.tradeoff(ModelKind::kReluOutput);
    for (std::size_t f = 0; f < 4; ++f) {
      double own = 0, others = 0;
      for (int point = 0; point < kPoints; ++point) {
        const double x = (point + 0.5) / kPoints;
        for (std::size_t g = 0; g < 4; ++g) {
          const auto error = [&](double dot) {
            return std::pow((g == f ? x : 0) - std::max(dot * x + static_cast<double>(instance.b[g]), 0.0),
                            2);
          };
          const double change =
              (error(instance.dot(f, g)) - error(0)) * static_cast<double>(instance.importance[g]) / kPoints;
          (g == f ? own : others) += change;
        }
      }
      const double scale = static_cast<double>(instance.p[f]) / 4;
      EXPECT_NEAR(benefit[f], -scale * own, 1e-9) << stream << ", " << f;
      EXPECT_NEAR(interference_loss[f], scale * others, 1e-9) << stream << ", " << f;
    }
  }
}

TEST(FeatureTradeoff, OfAReluModelMakesUpTheLossOfSparseData) {
  // What is left after it falls with the square of the density.
  for (std::uint32_t stream = 0; stream < 10; ++stream) {
    Instance instance = random_instance(stream);
    instance.b = uniforms(stream, 4, -0.3, 0);  // a bias above 0 is an error where nothing is active, too
    const auto left_over = [&](float p) {
      instance.p.assign(4, p);
      const ExpectedLossProblem problem{
          .n_hidden = 2, .feature_probability = instance.p, .importance = instance.importance};
      const auto [benefit, interference_loss] = instance.tradeoff(ModelKind::kReluOutput);
      return expected_loss(instance.W, instance.b, problem) - expected_loss(Floats(8), instance.b, problem) +
             sum(benefit) - sum(interference_loss);
    };
    EXPECT_NEAR(left_over(0.02F) / left_over(0.01F), 4, 0.2) << stream;
    EXPECT_NEAR(left_over(0.01F), 0, 2e-4) << stream;
  }
}

TEST(FeatureTradeoff, OfAnAntipodalPairAndOfThePentagon) {
  // Alone an antipodal pair's features cost nothing; at a right angle neither do the others.
  const Instance square{
      .W = {1, 0, -1, 0, 0, 1, 0, -1}, .b = Floats(4), .p = Floats(4, 0.5F), .importance = Floats(4, 1)};
  const auto free = square.tradeoff(ModelKind::kReluOutput);
  for (std::size_t f = 0; f < 4; ++f) {
    EXPECT_NEAR(free.benefit[f], 0.5 / 3 / 4, 1e-15);
    EXPECT_EQ(free.interference_loss[f], 0);
  }
  EXPECT_GT(square.tradeoff(ModelKind::kLinear).interference_loss[0], 0) << "without the ReLU they do";

  // A pentagon's two neighbours each see cos(72 degrees) x.
  Floats W;
  for (int f = 0; f < 5; ++f) {
    W.push_back(static_cast<float>(std::cos(1.2566370614359172 * f)));
    W.push_back(static_cast<float>(std::sin(1.2566370614359172 * f)));
  }
  const Floats ones(5, 1), b(5);
  const auto pentagon = feature_tradeoff(W, b,
                                         {.kind = ModelKind::kReluOutput,
                                          .shape = {.n_instances = 1, .n_features = 5, .n_hidden = 2},
                                          .feature_probability = ones,
                                          .importance = ones});
  const double cosine = std::cos(1.2566370614359172);
  for (const double loss : pentagon.interference_loss) EXPECT_NEAR(loss, 2 * cosine * cosine / 3 / 5, 1e-7);
}

TEST(FeatureTradeoff, TakesInstancesOneByOne) {
  const Instance first = random_instance(1), second = random_instance(2);
  const auto both = [](Floats a, const Floats& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
  };
  const Floats p = both(first.p, second.p), importance = both(first.importance, second.importance);
  const auto together = feature_tradeoff(both(first.W, second.W), both(first.b, second.b),
                                         {.kind = ModelKind::kReluOutput,
                                          .shape = {.n_instances = 2, .n_features = 4, .n_hidden = 2},
                                          .feature_probability = p,
                                          .importance = importance});
  const auto alone = second.tradeoff(ModelKind::kReluOutput);
  EXPECT_EQ(std::vector(together.benefit.begin() + 4, together.benefit.end()), alone.benefit);
  EXPECT_EQ(std::vector(together.interference_loss.begin() + 4, together.interference_loss.end()),
            alone.interference_loss);
}

TEST(FeatureTradeoff, WhatMakesNoSenseIsRefused) {
  Instance instance = random_instance(1);
  for (const ModelKind kind : {ModelKind::kGeluOutput, ModelKind::kReluHidden, ModelKind::kAbsoluteValue})
    EXPECT_THROW(feature_tradeoff(instance.W, instance.b, instance.problem(kind)), InvalidRequest);
  for (Floats* part : {&instance.W, &instance.b, &instance.p, &instance.importance}) {
    const float last = part->back();
    part->pop_back();
    EXPECT_THROW(feature_tradeoff(instance.W, instance.b, instance.problem(ModelKind::kReluOutput)),
                 InvalidRequest);
    part->push_back(last);
  }
  instance.W[0] = NAN;
  const auto [benefit, interference_loss] = instance.tradeoff(ModelKind::kReluOutput);
  EXPECT_TRUE(std::isnan(benefit[0]));
  EXPECT_TRUE(std::isnan(interference_loss[1]));
}

}  // namespace
}  // namespace superpose
