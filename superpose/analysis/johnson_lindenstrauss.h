#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "superpose/core/error.h"  // IWYU pragma: export
#include "superpose/core/philox.h"
#include "superpose/core/stop.h"

namespace superpose {

// N points can be mapped linearly into k > 8 ln(N) / eps^2 dimensions, however many they had, such that no
// squared distance between two of them changes by more than the factor 1 +- eps (Johnson and Lindenstrauss,
// 1984; the constant as commonly stated). Dasgupta and Gupta's proof (2003), which draws the map at random,
// needs k >= 4 ln(N) / (eps^2/2 - eps^3/3), a little more.

/// The least whole number above 8 ln(n_points) / eps^2. n_points: at least 1. eps: in (0, 1).
std::int64_t johnson_lindenstrauss_dimensions(double n_points, double eps);
/// The least whole number that the proof of Dasgupta and Gupta allows.
std::int64_t dasgupta_gupta_dimensions(double n_points, double eps);
/// The eps for which n_points need k dimensions by the first bound: sqrt(8 ln(n_points) / k). An eps above 1
/// means that the bound says nothing.
double johnson_lindenstrauss_distortion(double n_points, double k);

/// Random points, and the random map that projects them.
struct Projection {
  std::int64_t n_points = 100;       ///< N, at least 2
  std::int64_t n_dimensions = 4000;  ///< n, dimensions of the points
  philox::Key key{};
};

/// Projects standard normal points with a standard normal map, divided by sqrt(k), and measures how much each
/// squared distance changes: |projected|^2 / |original|^2 - 1. The map onto k dimensions is the first k rows
/// of the map onto more. k: numbers of dimensions, ascending, each above 0.
/// returns: (k, n_points (n_points - 1) / 2); nothing when stopped. Errors: InvalidRequest when a number is
/// out of range or k is not ascending.
std::optional<std::vector<std::vector<double>>> projection_distortions(const Projection& projection,
                                                                       std::span<const std::int64_t> k,
                                                                       const StopToken& stop = {});

}  // namespace superpose
