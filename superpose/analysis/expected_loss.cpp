#include "superpose/analysis/expected_loss.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <numeric>
#include <vector>

#include "superpose/analysis/metrics.h"
#include "superpose/core/error.h"
#include "superpose/core/portable_math.h"

namespace superpose {
namespace {

/// The most that rounding may add to a sum over corners.
constexpr double kRounding = 1e-8;

/// The points and weights of Gauss-Legendre on [0, 1].
constexpr std::array<double, 3> kNode = {0.1127016653792583, 0.5, 0.8872983346207417};
constexpr std::array<double, 3> kWeight = {5.0 / 18, 8.0 / 18, 5.0 / 18};

/// Moments over independent uniforms x, with z = b + sum of a_i x_i.
struct Moments {
  double square = 0;  ///< E[(z)_+^2]
  double cross = 0;   ///< E[x_own (z)_+]; 0 where no slope is x_own's
};

/// A linear form of the active features.
class Form {
 public:
  static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

  /// own: the index of the slope of x_own, or kNone. The steepest slopes come first and use corners, as long
  /// as these do not cancel: k slopes have 2^k terms of up to 2 z^(k + 2) / ((k + 2)! prod a).
  Form(std::span<const double> slopes, std::size_t own, double b) {
    std::vector<std::size_t> order(slopes.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, std::greater(), [&](std::size_t i) { return std::abs(slopes[i]); });
    double largest = std::abs(b);  // the largest |z|
    for (const double a : slopes) largest += std::abs(a);
    double term = largest * largest;
    bool cancels = false;
    for (const std::size_t i : order) {
      term *= 2 * largest / (static_cast<double>(large_.size()) + 3) / std::abs(slopes[i]);
      cancels = cancels || !(term * std::numeric_limits<double>::epsilon() < kRounding);
      if (cancels) {
        if (i == own) own_small_ = small_.size();
        small_.push_back(slopes[i]);
      } else {
        if (i == own) own_large_ = large_.size();
        large_.push_back(slopes[i]);
      }
    }
  }

  [[nodiscard]] Moments at(double b) const { return over_small(0, b, 1); }

 private:
  /// Integrates over the small slopes from `next` on by Gauss's rule. own: the value of x_own, if it is one
  /// of those before.
  [[nodiscard]] Moments over_small(std::size_t next, double b, double own) const {
    if (next == small_.size()) return over_large(b, own);
    Moments sum;
    for (std::size_t node = 0; node < kNode.size(); ++node) {
      const double x = kNode[node];
      const Moments part = over_small(next + 1, b + small_[next] * x, next == own_small_ ? x : own);
      sum.square += kWeight[node] * part.square;
      sum.cross += kWeight[node] * part.cross;
    }
    return sum;
  }

  /// Integrates over the large slopes by the corners of their cube.
  [[nodiscard]] Moments over_large(double b, double own) const {
    const std::size_t k = large_.size();
    double scale = 2;  // 2 / ((k + 2)! prod a)
    for (std::size_t i = 0; i < k; ++i) scale /= static_cast<double>(i + 3) * large_[i];
    scale /= 2;  // a factor of the factorial
    Corners sums;
    add_corners(0, {.z = b, .sign = k % 2 == 0 ? 1.0 : -1.0}, sums);
    const double order = static_cast<double>(k) + 2;
    Moments result{.square = scale * sums.square, .cross = 0};
    if (own_large_ != kNone) {
      result.cross = scale / 2 * (order * sums.linear_where_own - sums.square / large_[own_large_]);
    } else if (own_small_ != kNone) {
      result.cross = own * scale / 2 * order * sums.linear;
    }
    return result;
  }

  /// A corner: z there, the sign of its term, and whether x_own is 1.
  struct Corner {
    double z;
    double sign;
    bool own = false;
  };
  /// The sums over corners of sign z^(k + 2) and of sign z^(k + 1), where z is above 0.
  struct Corners {
    double square = 0, linear = 0, linear_where_own = 0;
  };
  /// Adds all corners whose coordinates before `next` are those of `from`.
  void add_corners(std::size_t next, const Corner& from, Corners& sums) const {
    if (next < large_.size()) {
      add_corners(next + 1, from, sums);
      add_corners(next + 1,
                  {.z = from.z + large_[next], .sign = -from.sign, .own = from.own || next == own_large_},
                  sums);
    } else if (from.z > 0) {
      const double power = from.sign * portable::power(from.z, static_cast<std::int64_t>(large_.size()) + 1);
      sums.linear += power;
      sums.square += power * from.z;
      if (from.own) sums.linear_where_own += power;
    }
  }

  std::vector<double> small_, large_;
  std::size_t own_small_ = kNone, own_large_ = kNone;  // the index of x_own
};

void check(std::span<const float> W, std::span<const float> b_final, const ExpectedLossProblem& problem) {
  const auto n = static_cast<std::int64_t>(b_final.size());
  if (n == 0 || n > kMostExpectedFeatures)
    throw InvalidRequest({.key = "b_final",
                          .expected = fmt::format("1 to {} features", kMostExpectedFeatures),
                          .got = fmt::to_string(n)});
  const auto expect = [](std::string_view what, std::int64_t expected, std::size_t got) {
    if (expected != static_cast<std::int64_t>(got))
      throw InvalidRequest({.key = std::string(what),
                            .expected = fmt::format("{} numbers", expected),
                            .got = fmt::to_string(got)});
  };
  if (problem.n_hidden <= 0)
    throw InvalidRequest(
        {.key = "n_hidden", .expected = "a whole number above 0", .got = fmt::to_string(problem.n_hidden)});
  for (const float p : problem.feature_probability) {
    if (!(p > 0 && p <= 1))
      throw InvalidRequest({.key = "feature_probability",
                            .expected = "numbers above 0 and at most 1",
                            .got = fmt::to_string(p)});
  }
  expect("W", n * problem.n_hidden, W.size());
  expect("feature_probability", n, problem.feature_probability.size());
  expect("importance", n, problem.importance.size());
}

}  // namespace

double expected_loss(std::span<const float> W, std::span<const float> b_final,
                     const ExpectedLossProblem& problem) {
  check(W, b_final, problem);
  const std::size_t n = b_final.size();
  const auto dots = gram(W, Shape::of_weights(W.size(), problem.n_hidden));
  const auto is_finite = [](auto value) { return std::isfinite(value); };
  if (!std::ranges::all_of(dots, is_finite) || !std::ranges::all_of(b_final, is_finite))
    return std::numeric_limits<double>::quiet_NaN();
  double loss = 0;
  std::vector<double> slopes;
  for (std::size_t active = 0; active < std::size_t{1} << n; ++active) {
    const auto is_on = [&](std::size_t f) { return (active >> f & 1U) != 0; };
    double probability = 1;
    for (std::size_t f = 0; f < n; ++f) {
      const auto p = static_cast<double>(problem.feature_probability[f]);
      probability *= is_on(f) ? p : 1 - p;
    }
    if (probability == 0) continue;
    for (std::size_t j = 0; j < n; ++j) {
      slopes.clear();
      std::size_t own = Form::kNone;
      for (std::size_t i = 0; i < n; ++i) {
        if (!is_on(i)) continue;
        if (i == j) own = slopes.size();
        slopes.push_back(dots[j * n + i]);
      }
      const auto b = static_cast<double>(b_final[j]);
      const Moments moments = Form(slopes, own, b).at(b);
      const double error = (is_on(j) ? 1.0 / 3 - 2 * moments.cross : 0) + moments.square;
      loss += probability * static_cast<double>(problem.importance[j]) * error;
    }
  }
  return loss / static_cast<double>(n);
}

}  // namespace superpose
