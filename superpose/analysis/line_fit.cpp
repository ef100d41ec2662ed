#include "superpose/analysis/line_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "superpose/core/error.h"

namespace superpose {

LineFit fit_line(std::span<const double> x, std::span<const double> y) {
  if (x.size() != y.size())
    throw InvalidRequest(
        {.key = "line", .expected = "as many y as x", .got = fmt::format("{} and {}", y.size(), x.size())});
  // Compare the numbers themselves: the sum of squares around a rounded mean is above 0 even where all
  // numbers are equal.
  const auto differ = [](std::span<const double> values) {
    return std::ranges::any_of(values, [&](double value) { return value != values.front(); });
  };
  if (!differ(x))
    throw InvalidRequest({.key = "line", .expected = "two different x or more", .got = "fewer"});
  if (!differ(y)) return {.intercept = y.front(), .slope = 0, .r_squared = 1};
  const auto n = static_cast<double>(x.size());
  const double mean_x = std::accumulate(x.begin(), x.end(), 0.0) / n;
  const double mean_y = std::accumulate(y.begin(), y.end(), 0.0) / n;
  double xx = 0, xy = 0, yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mean_x) * (x[i] - mean_x);
    xy += (x[i] - mean_x) * (y[i] - mean_y);
    yy += (y[i] - mean_y) * (y[i] - mean_y);
  }
  const double slope = xy / xx;
  return {.intercept = mean_y - slope * mean_x, .slope = slope, .r_squared = slope * xy / yy};
}

}  // namespace superpose
