#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "superpose/core/philox.h"
#include "superpose/core/stop.h"

namespace superpose {

// How many almost orthogonal vectors fit into d dimensions. A set of unit vectors has the coherence eps when
// no two of them have a larger |cosine|. Vectors are (n_vectors, n_dimensions), row-major.

/// Welch's bound: n_vectors have at least the coherence sqrt((N - d) / (d (N - 1))); 0 where N <= d. (Welch,
/// 1974)
double welch_bound(std::int64_t n_vectors, std::int64_t n_dimensions);

/// The best of Welch's bound, the orthoplex bound 1/sqrt(d) for N > d (d + 1) / 2 (Conway, Hardin and Sloane,
/// 1996), and Levenshtein's sqrt((3 N - d^2 - 2 d) / ((d + 2) (N - d))) (1982), for real vectors.
double coherence_bound(std::int64_t n_vectors, std::int64_t n_dimensions);

/// The most vectors of coherence eps that these bounds allow, a whole number. Infinity where no bound says
/// anything: from eps = sqrt(3 / (d + 2)) on. n_dimensions: at least 2. eps: in (0, 1).
double most_vectors(std::int64_t n_dimensions, double eps);

/// How fast the number of random vectors of coherence eps grows: the growth of its logarithm with each
/// dimension. It is eps^2 / 2 for a small eps, and more for a larger one: -ln(1 - eps^2) / 2, the rate at
/// which the share of the sphere within eps of orthogonality nears 1.
double random_growth_rate(double eps);

/// The largest |cosine| between two of the unit vectors; 0 for less than two.
double coherence(std::span<const double> vectors, std::int64_t n_dimensions);

/// Unit vectors, uniform on the sphere. Vector i is a function of key and i.
std::vector<double> random_unit_vectors(std::int64_t n_vectors, std::int64_t n_dimensions, philox::Key key);

/// How to draw random vectors. Each is kept when it is almost orthogonal to all that were kept before.
struct Draws {
  std::int64_t n_dimensions = 2;
  double eps = 0.5;
  std::int64_t patience = 1000;  ///< ends after so many draws in a row that were not kept
  std::int64_t most = 2000;      ///< ends, too, when so many vectors are kept
  philox::Key key{};
};
/// returns: how many vectors were kept, draws.most where there was room for more; nothing when stopped.
std::optional<std::int64_t> draw_almost_orthogonal(const Draws& draws, const StopToken& stop = {});

/// How to spread vectors out.
struct Spreading {
  std::int64_t n_vectors = 2;
  std::int64_t n_dimensions = 2;
  std::int64_t steps = 100;  ///< for every exponent
  philox::Key key{};         ///< of the vectors to start from: random_unit_vectors
};
/// Unit vectors of low coherence, found by gradient descent on the p-norm of the squared cosines. p doubles
/// from 2 to 2^12, so that the largest cosines count more and more. The result is a local optimum. returns:
/// (n_vectors, n_dimensions); nothing when stopped.
std::optional<std::vector<double>> spread_out(const Spreading& spreading, const StopToken& stop = {});

}  // namespace superpose
