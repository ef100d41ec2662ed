#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "superpose/core/philox.h"

namespace superpose {

/// How the values that are not 0 are drawn.
enum class SparseValues {
  kNormal,   ///< standard normal
  kUniform,  ///< uniform on (0, 1), as a toy model's active features
};

/// k numbers that are not 0 among n, to be found again from m linear measurements: y = A x, with A standard
/// normal over sqrt(m).
struct SparseProblem {
  std::int64_t n = 0, m = 0, k = 0;  ///< n >= m >= k > 0
  SparseValues values = SparseValues::kNormal;
  philox::Key key{};
};

/// Orthogonal matching pursuit: k times takes the column of A whose inner product with what is left of y is
/// largest, then fits y by all columns taken. (Pati, Rezaiifar and Krishnaprasad, 1993)
/// A: (m, n), row-major. y: (m). k: at most m and n. returns: (n).
std::vector<double> orthogonal_matching_pursuit(std::span<const double> A, std::span<const double> y,
                                                std::int64_t n, std::int64_t k);

/// Whether it finds a problem's x: to a thousandth of its norm.
bool recovers(const SparseProblem& problem);

/// Where rates that begin above 1/2 first pass below it: between two places, by a straight line. Nothing
/// where the first is not above, or none is below. at: ascending.
std::optional<double> half_way(std::span<const double> at, std::span<const double> rate);

/// k ln(n / k), which the number of measurements m must exceed but for a constant factor to recover all
/// k-sparse x stably. (Ba, Indyk, Price and Woodruff, 2010)
double sparse_bound(double n, double k);

}  // namespace superpose
