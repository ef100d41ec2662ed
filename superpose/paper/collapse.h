#pragma once

#include <cstdint>
#include <span>

namespace superpose::paper {

/// A pair has collapsed when the cosine between its features is above this (an angle below 15 degrees), the
/// smaller norm is above 0.8 of the larger, and the smaller norm is above 0.25.
inline constexpr double kCollapsedCosine = 0.966;

/// The number of pairs (features 2 k and 2 k + 1) that have collapsed onto one direction. W: (n_features, 2).
int collapsed_pairs(std::span<const float> W);

/// The mean squared error, over features, of the best linear reconstruction from n_hidden dimensions (PCA
/// with means). Data: pairs of features that are active together with probability p; an active feature is
/// uniform on [0, 1], independent of its partner. A feature has the variance v = p/3 - p^2/4 and its pair the
/// covariance c = (p - p^2)/4, so each pair has the eigenvalues v + c and v - c. Errors: InvalidRequest when
/// there are more dimensions than pairs.
double pca_loss(double p, std::int64_t pairs, std::int64_t n_hidden);

}  // namespace superpose::paper
