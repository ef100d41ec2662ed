#pragma once

#include <span>

namespace superpose {

/// The straight line y = intercept + slope x with the least squared error.
struct LineFit {
  double intercept = 0, slope = 0;
  double r_squared = 0;  ///< share of the variance of y that the line explains; 1 where y is constant
};

/// Errors: InvalidRequest when x and y differ in size or x does not have two different values.
LineFit fit_line(std::span<const double> x, std::span<const double> y);

}  // namespace superpose
