#pragma once

#include <cstdint>
#include <span>

#include "superpose/core/error.h"  // IWYU pragma: export

namespace superpose {

/// What the expected loss of an instance depends on, besides its parameters.
struct ExpectedLossProblem {
  std::int64_t n_hidden;                       ///< > 0
  std::span<const float> feature_probability;  ///< (n_features), each in (0, 1]
  std::span<const float> importance;           ///< (n_features)
};

/// The most features, because there are 2^n sets of active ones.
inline constexpr std::int64_t kMostExpectedFeatures = 10;

/// Expected loss of x' = ReLU(W W^T x + b) on independent features, each uniform on [0, 1] where active: the
/// mean over features, without sampling. It sums over all sets of active features. For one set, the sum
/// before the ReLU, z = b_j + sum a_i x_i, is a linear form of uniforms, and E[(z)_+^2] is a sum over the
/// corners of their cube,
///   2 / ((k + 2)! prod a_i) sum over v in {0,1}^k of (-1)^(k - |v|) (b_j + a . v)_+^(k + 2),
/// and E[x_j (z)_+] is half its derivative in a_j. Slopes so small that the terms would cancel are integrated
/// over x_i by Gauss's rule of three points instead. Absolute error below 1e-6. W: (n_features, n_hidden),
/// row-major; b_final: (n_features). NaN where a parameter is not finite. Errors: InvalidRequest when a size
/// is wrong, a probability is out of range or there are more than kMostExpectedFeatures.
double expected_loss(std::span<const float> W, std::span<const float> b_final,
                     const ExpectedLossProblem& problem);

}  // namespace superpose
