#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "superpose/core/philox.h"
#include "superpose/core/stop.h"

namespace superpose {

/// How the values that are not 0 are drawn.
enum class SparseValues {
  kNormal,   ///< standard normal
  kUniform,  ///< uniform on (0, 1), as a toy model's active features
};

/// A recovery problem: find the k numbers that are not 0 among n from m linear measurements y = A x. A is
/// standard normal, divided by sqrt(m).
struct SparseProblem {
  std::int64_t n = 0, m = 0, k = 0;  ///< n >= m >= k > 0
  SparseValues values = SparseValues::kNormal;
  philox::Key key{};
};

/// Orthogonal matching pursuit: k times takes the column of A that has the largest inner product with the
/// rest of y, then fits y by all columns taken. (Pati, Rezaiifar and Krishnaprasad, 1993) A: (m, n),
/// row-major. y: (m). k: at most m and n. returns: (n); nothing when stopped.
std::optional<std::vector<double>> orthogonal_matching_pursuit(std::span<const double> A,
                                                               std::span<const double> y, std::int64_t n,
                                                               std::int64_t k, const StopToken& stop = {});

/// Whether matching pursuit finds a problem's x, to a thousandth of its norm; nothing when stopped.
std::optional<bool> recovers(const SparseProblem& problem, const StopToken& stop = {});

/// Where rates that begin above 1/2 first fall below it, interpolated by a straight line between two places.
/// Nothing where the first rate is not above 1/2 or no rate is below it. at: ascending.
std::optional<double> half_way(std::span<const double> at, std::span<const double> rate);

/// k ln(n / k). To recover all k-sparse x stably, the number of measurements m must exceed a constant times
/// this. (Ba, Indyk, Price and Woodruff, 2010)
double sparse_bound(double n, double k);

}  // namespace superpose
