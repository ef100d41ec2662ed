#pragma once

#include <cstdint>
#include <span>

#include "superpose/core/error.h"  // IWYU pragma: export

namespace superpose {

// Closed forms for features that are active with one probability p, in (0, 1], and then uniform on [0, 1].
// The paper sums the squared error over features; the results here are the program's loss, the mean over
// features: the paper's divided by n_features. Errors: InvalidRequest when an argument's size is wrong.

/// An instance's sizes and data, as far as its loss depends on them.
struct LinearProblem {
  std::int64_t n_hidden;              ///< > 0
  double feature_probability;         ///< p, the same for all features
  std::span<const float> importance;  ///< (n_features)
};

/// Loss of a linear instance with the best bias for its weights: (p/3 - p^2/4) [sum_i I_i (1 - |W_i|^2)^2 +
/// sum_{i != j} I_j (W_j . W_i)^2] / n_features. W: (n_features, n_hidden), row-major. [P, section 2]
double linear_loss(std::span<const float> W, const LinearProblem& problem);

/// The lowest loss that a linear instance can have. It keeps its n_hidden most important features and
/// predicts the others by their mean: (p/3 - p^2/4) sum of the other I_i / n_features. Errors: InvalidRequest
/// also when p is out of range or an importance is negative or not finite. [P, section 2]
double lowest_linear_loss(const LinearProblem& problem);

}  // namespace superpose
