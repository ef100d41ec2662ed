#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

namespace superpose {

// The order of measured numbers, in which NaN counts: std::max and std::min skip it, and a model that has
// diverged would then vanish from the worst case.

/// The larger of two numbers; NaN when either is NaN.
inline double larger(double a, double b) {
  return std::isnan(a) || std::isnan(b) ? std::numeric_limits<double>::quiet_NaN() : std::max(a, b);
}
/// The smaller of two numbers; NaN when either is NaN.
inline double smaller(double a, double b) {
  return std::isnan(a) || std::isnan(b) ? std::numeric_limits<double>::quiet_NaN() : std::min(a, b);
}

/// The largest of the numbers; NaN when one of them is NaN, or when there are none.
inline double largest(std::span<const double> values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  double result = values.front();
  for (const double value : values) result = larger(result, value);
  return result;
}
/// The smallest of the numbers; NaN when one of them is NaN, or when there are none.
inline double smallest(std::span<const double> values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  double result = values.front();
  for (const double value : values) result = smaller(result, value);
  return result;
}

/// The middle number, or the mean of the middle two where their count is even; NaN when one of them is NaN,
/// or when there are none.
double median(std::vector<double> values);

/// The value that a share q of the numbers does not exceed, by nearest rank. values: not empty and without
/// NaN. q: in (0, 1].
double quantile(std::vector<double> values, double q);

}  // namespace superpose
