#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "superpose/study/kind.h"

namespace superpose::study {

/// What JohnsonLindenstrauss measures. Shapes name the study's keys: (eps) means one number for each eps.
struct JohnsonLindenstraussResult {
  std::vector<std::int64_t> k;  ///< (eps): johnson_lindenstrauss_dimensions
  /// (n_dimensions, trials, eps, kQuantileCount): relative errors |projected / true - 1| of squared
  /// distances, at kQuantiles of all pairs.
  std::vector<float> distortion;
  std::vector<float>
      share_beyond;  ///< (n_dimensions, trials, eps): share of the pairs with an error above eps

  static constexpr std::int64_t kQuantileCount = 3;
  static constexpr double kQuantiles[kQuantileCount] = {0.5, 0.99, 1};
  friend bool operator==(const JohnsonLindenstraussResult&, const JohnsonLindenstraussResult&) = default;
};

/// How much random projections change the distances of random points. (analysis/johnson_lindenstrauss.h)
struct JohnsonLindenstrauss {
  static constexpr std::string_view kName = "johnson_lindenstrauss";  ///< in files
  using Result = JohnsonLindenstraussResult;

  std::int64_t n_points = 100;
  std::vector<std::int64_t> n_dimensions = {1000, 4000};  ///< of the points, before they are projected
  std::vector<double> eps = {0.5, 0.4, 0.3, 0.2, 0.15, 0.12, 0.1};  ///< the bound gives a k for each
  std::int64_t trials = 20;                                         ///< each with new points and a new map
  friend bool operator==(const JohnsonLindenstrauss&, const JohnsonLindenstrauss&) = default;
};

/// As kind.h says. returns: false when stopped.
bool measure(const JohnsonLindenstrauss& study, std::uint32_t seed, const MeasureOptions& options,
             JohnsonLindenstraussResult& result);

// The rest of what kind.h asks of a kind.
std::vector<Field> fields(JohnsonLindenstrauss& study);
std::vector<Tensor> tensors(const JohnsonLindenstrauss& study, JohnsonLindenstraussResult& result);
void check(const JohnsonLindenstrauss& study, const TomlValue& section, std::optional<double> memory_limit);

}  // namespace superpose::study
