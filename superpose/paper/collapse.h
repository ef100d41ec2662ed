#pragma once

#include <cstdint>
#include <span>

namespace superpose::paper {

/// A pair has collapsed when the cosine between its features is above this, an angle below 15 degrees, and
/// their norms are within a fifth of each other, and not next to nothing.
inline constexpr double kCollapsedCosine = 0.966;

/// How many of the pairs, feature 2 k and 2 k + 1, have collapsed onto one direction. W: (n_features, 2).
int collapsed_pairs(std::span<const float> W);

/// The mean squared error, over features, of the best linear reconstruction from n_hidden dimensions (PCA
/// with means) of pairs that are active together with probability p, each feature then uniform on [0, 1] on
/// its own: each pair has the eigenvalues v + c and v - c of its variance v = p/3 - p^2/4 and covariance c =
/// (p - p^2)/4. Errors: InvalidRequest when there are more dimensions than pairs.
double pca_loss(double p, std::int64_t pairs, std::int64_t n_hidden);

}  // namespace superpose::paper
