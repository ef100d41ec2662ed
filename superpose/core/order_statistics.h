#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

namespace superpose {

// The order of measured numbers, in which NaN takes part: std::max and std::min pass over it, and a model
// that has diverged would vanish from what is said about the worst one.

/// The larger of two; NaN when either is.
inline double larger(double a, double b) {
  return std::isnan(a) || std::isnan(b) ? std::numeric_limits<double>::quiet_NaN() : std::max(a, b);
}
/// The smaller of two; NaN when either is.
inline double smaller(double a, double b) {
  return std::isnan(a) || std::isnan(b) ? std::numeric_limits<double>::quiet_NaN() : std::min(a, b);
}

/// The largest of many; NaN when one is, or when there is none.
inline double largest(std::span<const double> values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  double result = values.front();
  for (const double value : values) result = larger(result, value);
  return result;
}
/// The smallest of many; NaN when one is, or when there is none.
inline double smallest(std::span<const double> values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  double result = values.front();
  for (const double value : values) result = smaller(result, value);
  return result;
}

/// The middle one of many, the mean of the middle two of an even number; NaN when one is, or when there is
/// none.
double median(std::vector<double> values);

/// The value that a share q of the numbers does not exceed, by nearest rank. values: not empty and without
/// NaN. q: in (0, 1].
double quantile(std::vector<double> values, double q);

}  // namespace superpose
