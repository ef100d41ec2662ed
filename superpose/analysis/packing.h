#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "superpose/core/philox.h"

namespace superpose {

// How many almost orthogonal vectors fit into d dimensions: unit vectors of which no two have a |cosine|
// above eps, the coherence. Vectors are (n_vectors, n_dimensions), row-major.

/// Welch's bound: no n_vectors have a coherence below sqrt((N - d) / (d (N - 1))); 0 where N <= d. (Welch,
/// 1974)
double welch_bound(std::int64_t n_vectors, std::int64_t n_dimensions);

/// The best of Welch's bound, the orthoplex bound 1/sqrt(d) for N > d (d + 1) / 2 (Conway, Hardin and Sloane,
/// 1996), and Levenshtein's sqrt((3 N - d^2 - 2 d) / ((d + 2) (N - d))) (1982), for real vectors.
double coherence_bound(std::int64_t n_vectors, std::int64_t n_dimensions);

/// The most vectors of coherence eps that these bounds allow, a whole number; infinity where none of them
/// says anything, from eps = sqrt(3 / (d + 2)) on. n_dimensions: at least 2. eps: in (0, 1).
double most_vectors(std::int64_t n_dimensions, double eps);

/// How fast the number of random vectors of coherence eps grows with each dimension, eps^2 / 2 and more:
/// -ln(1 - eps^2) / 2, by which the share of the sphere that lies within eps of orthogonality nears 1.
double random_growth_rate(double eps);

/// The largest |cosine| between two of the unit vectors; 0 of less than two.
double coherence(std::span<const double> vectors, std::int64_t n_dimensions);

/// Uniform on the sphere: vector i is a function of key and i.
std::vector<double> random_unit_vectors(std::int64_t n_vectors, std::int64_t n_dimensions, philox::Key key);

/// Drawing random vectors, each kept when it is almost orthogonal to all that were kept before it.
struct Draws {
  std::int64_t n_dimensions = 2;
  double eps = 0.5;
  std::int64_t patience = 1000;  ///< draws in a row without one to keep, after which it ends
  std::int64_t most = 2000;      ///< vectors after which it ends, too
  philox::Key key{};
};
/// returns: how many were kept; draws.most where there was room for more.
std::int64_t draw_almost_orthogonal(const Draws& draws);

/// Vectors that spread out.
struct Spreading {
  std::int64_t n_vectors = 2;
  std::int64_t n_dimensions = 2;
  std::int64_t steps = 100;  ///< for every exponent
  philox::Key key{};         ///< where they start: random_unit_vectors
};
/// Unit vectors of low coherence: gradient descent on the p-norm of the squared cosines, p doubled from 2 to
/// 2^12 so that the largest of them counts more and more. A local optimum.
std::vector<double> spread_out(const Spreading& spreading);

}  // namespace superpose
