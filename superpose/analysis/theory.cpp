#include "superpose/analysis/theory.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <numeric>
#include <vector>

#include "superpose/analysis/metrics.h"
#include "superpose/core/error.h"

namespace superpose {
namespace {

/// Variance of a feature: E[x^2] = p/3, E[x] = p/2.
double variance(double p) {
  return p / 3 - p * p / 4;
}

}  // namespace

double linear_loss(std::span<const float> W, const LinearProblem& problem) {
  const std::size_t n = problem.importance.size();
  const auto dots =
      gram(W, {.n_instances = 1, .n_features = static_cast<std::int64_t>(n), .n_hidden = problem.n_hidden});
  double sum = 0;
  for (std::size_t j = 0; j < n; ++j) {  // j: the output
    for (std::size_t i = 0; i < n; ++i) {
      const double error = i == j ? 1 - dots[j * n + i] : dots[j * n + i];
      sum += static_cast<double>(problem.importance[j]) * error * error;
    }
  }
  return variance(problem.feature_probability) * sum / static_cast<double>(n);
}

double lowest_linear_loss(const LinearProblem& problem) {
  if (problem.n_hidden < 1) {
    throw InvalidRequest(
        {.key = "n_hidden", .expected = "a whole number above 0", .got = fmt::to_string(problem.n_hidden)});
  }
  const double p = problem.feature_probability;
  if (!(p > 0 && p <= 1))
    throw InvalidRequest(
        {.key = "feature_probability", .expected = "a number above 0, at most 1", .got = fmt::to_string(p)});
  if (problem.importance.empty())
    throw InvalidRequest({.key = "importance", .expected = "one number or more", .got = "none"});
  for (const float weight : problem.importance) {
    if (!(weight >= 0 && std::isfinite(weight)))
      throw InvalidRequest(
          {.key = "importance", .expected = "finite numbers of at least 0", .got = fmt::to_string(weight)});
  }
  std::vector<double> importance(problem.importance.begin(), problem.importance.end());
  std::ranges::sort(importance, std::greater());
  const auto kept =
      static_cast<std::ptrdiff_t>(std::min<std::int64_t>(problem.n_hidden, std::ssize(importance)));
  const double dropped = std::accumulate(importance.begin() + kept, importance.end(), 0.0);
  return variance(problem.feature_probability) * dropped / static_cast<double>(importance.size());
}

}  // namespace superpose
