#include "superpose/analysis/feature_tradeoff.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>

#include "superpose/core/error.h"

namespace superpose {
namespace {

/// Moments over x uniform on [0, 1], with z = slope x + bias.
struct Moments {
  double square = 0;  ///< E[ReLU(z)^2]
  double cross = 0;   ///< E[x ReLU(z)]
};

/// The formulas do not cancel, however small the slope is.
Moments moments(double slope, double bias) {
  const double end = slope + bias;
  if (bias >= 0 && end >= 0)
    return {.square = bias * bias + bias * slope + slope * slope / 3, .cross = slope / 3 + bias / 2};
  if (bias <= 0 && end <= 0) return {};
  // z is above 0 on a part of the interval, which begins at 0 or ends at 1.
  const double steepness = std::abs(slope);
  const double length = std::max(bias, end) / steepness;
  const double mean_x = bias > 0 ? length / 3 : 1 - length / 3;  // the mean x of the triangle between z and 0
  return {.square = slope * slope * length * length * length / 3,
          .cross = steepness * length * length / 2 * mean_x};
}

/// E[(x - ReLU(z))^2].
double own_error(double slope, double bias) {
  const auto [square, cross] = moments(slope, bias);
  return 1.0 / 3 - 2 * cross + square;
}

/// W_f . W_g of one instance.
double dot(std::span<const float> W, std::size_t f, std::size_t g, const Shape& shape) {
  const std::size_t m = shape.weights() / shape.features();
  double sum = 0;
  for (std::size_t h = 0; h < m; ++h)
    sum += static_cast<double>(W[f * m + h]) * static_cast<double>(W[g * m + h]);
  return sum;
}

void check(std::span<const float> W, std::span<const float> b_final, const TradeoffProblem& problem) {
  if (problem.kind != ModelKind::kLinear && problem.kind != ModelKind::kReluOutput)
    throw InvalidRequest({.key = "kind",
                          .expected = "linear or relu_output for the trade-off",
                          .got = fmt::format("{}", name(problem.kind))});
  const std::size_t features = problem.shape.instances() * problem.shape.features();
  const auto expect = [](std::string_view what, std::size_t expected, std::size_t got) {
    if (expected != got)
      throw InvalidRequest({.key = std::string(what),
                            .expected = fmt::format("{} numbers", expected),
                            .got = fmt::to_string(got)});
  };
  expect("W", problem.shape.instances() * problem.shape.weights(), W.size());
  expect("b_final", features, b_final.size());
  expect("feature_probability", features, problem.feature_probability.size());
  expect("importance", features, problem.importance.size());
}

}  // namespace

FeatureTradeoff feature_tradeoff(std::span<const float> W, std::span<const float> b_final,
                                 const TradeoffProblem& problem) {
  check(W, b_final, problem);
  const std::size_t n = problem.shape.features();
  const bool is_linear = problem.kind == ModelKind::kLinear;
  // How a feature changes the error of its own output, and of another one, given their dot product. Compared
  // with a dot product of 0.
  const auto gain = [&](double dot, double bias) {
    return is_linear ? 1 - (1 - dot) * (1 - dot) : own_error(0, bias) - own_error(dot, bias);
  };
  const auto harm = [&](double dot, double bias) {
    return is_linear ? dot * dot : moments(dot, bias).square - moments(0, bias).square;
  };
  FeatureTradeoff result;
  for (std::size_t i = 0; i < problem.shape.instances(); ++i) {
    const auto rows = W.subspan(i * problem.shape.weights(), problem.shape.weights());
    const auto of = [&](std::span<const float> table, std::size_t f) {
      return static_cast<double>(table[i * n + f]);
    };
    for (std::size_t f = 0; f < n; ++f) {
      double interference_loss = 0;
      for (std::size_t g = 0; g < n; ++g) {
        if (g == f) continue;
        interference_loss += of(problem.importance, g) * harm(dot(rows, f, g, problem.shape), of(b_final, g));
      }
      const double p = of(problem.feature_probability, f);
      const double scale = (is_linear ? p / 3 - p * p / 4 : p) / static_cast<double>(n);
      result.benefit.push_back(scale * of(problem.importance, f) *
                               gain(dot(rows, f, f, problem.shape), of(b_final, f)));
      result.interference_loss.push_back(scale * interference_loss);
    }
  }
  return result;
}

}  // namespace superpose
