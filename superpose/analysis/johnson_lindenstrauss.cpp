#include "superpose/analysis/johnson_lindenstrauss.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>

#include "superpose/core/error.h"
#include "superpose/core/portable_math.h"
#include "superpose/core/random.h"

namespace superpose {
namespace {

/// What tables of random numbers are for.
enum Table : std::uint32_t { kPoints = 0, kMap = 1 };

/// How many rows of the map are applied together: each coordinate of the points is then read once for all of
/// them.
constexpr std::size_t kRows = 8;

std::int64_t least_above(double bound) {
  return static_cast<std::int64_t>(std::floor(bound)) + 1;
}

/// Adds the squared differences of one coordinate, (n_points), to every pair.
void add_squared_differences(std::span<const double> coordinate, std::span<double> pairs) {
  std::size_t pair = 0;
  for (std::size_t i = 0; i < coordinate.size(); ++i) {
    for (std::size_t j = i + 1; j < coordinate.size(); ++j, ++pair) {
      const double difference = coordinate[i] - coordinate[j];
      pairs[pair] += difference * difference;
    }
  }
}

/// Standard normal points by coordinate: (n_dimensions, n_points).
std::vector<double> draw_points(const Projection& projection) {
  const auto n = static_cast<std::size_t>(projection.n_points);
  std::vector<double> points(static_cast<std::size_t>(projection.n_dimensions) * n);
  for (std::size_t d = 0; d < static_cast<std::size_t>(projection.n_dimensions); ++d)
    fill_normal(std::span(points).subspan(d * n, n), projection.key, kPoints, static_cast<std::uint32_t>(d));
  return points;
}

}  // namespace

std::int64_t johnson_lindenstrauss_dimensions(double n_points, double eps) {
  return least_above(8 * portable::log(n_points) / (eps * eps));
}

std::int64_t dasgupta_gupta_dimensions(double n_points, double eps) {
  return static_cast<std::int64_t>(std::ceil(4 * portable::log(n_points) / (eps * eps * (0.5 - eps / 3))));
}

double johnson_lindenstrauss_distortion(double n_points, double k) {
  return std::sqrt(8 * portable::log(n_points) / k);
}

std::vector<std::vector<double>> projection_distortions(const Projection& projection,
                                                        std::span<const std::int64_t> k) {
  if (projection.n_points < 2 || projection.n_dimensions < 1)
    throw InvalidRequest({.key = "projection", .expected = "2 points or more in 1 dimension or more"});
  if (std::ranges::adjacent_find(k, std::greater_equal()) != k.end() || (!k.empty() && k.front() < 1))
    throw InvalidRequest(
        {.key = "k", .expected = "numbers of dimensions above 0, each larger than the one before"});
  const auto n = static_cast<std::size_t>(projection.n_points);
  const auto dimensions = static_cast<std::size_t>(projection.n_dimensions);
  const std::vector<double> points = draw_points(projection);
  std::vector<double> original(n * (n - 1) / 2);
  for (std::size_t d = 0; d < dimensions; ++d)
    add_squared_differences(std::span(points).subspan(d * n, n), original);

  std::vector<std::vector<double>> distortions;
  std::vector<double> projected(original.size());
  std::vector<double> map(kRows * dimensions), block(kRows * n);  // the next rows, and the points on them
  for (std::int64_t row = 0; distortions.size() < k.size(); ++row) {
    const auto of_block = static_cast<std::size_t>(row) % kRows;
    if (of_block == 0) {
      for (std::size_t r = 0; r < kRows; ++r) {
        fill_normal(std::span(map).subspan(r * dimensions, dimensions), projection.key, kMap,
                    static_cast<std::uint32_t>(row) + static_cast<std::uint32_t>(r));
      }
      std::ranges::fill(block, 0.0);
      for (std::size_t d = 0; d < dimensions; ++d) {
        for (std::size_t r = 0; r < kRows; ++r) {
          const double weight = map[r * dimensions + d];
          for (std::size_t i = 0; i < n; ++i) block[r * n + i] += weight * points[d * n + i];
        }
      }
    }
    add_squared_differences(std::span(block).subspan(of_block * n, n), projected);
    while (distortions.size() < k.size() && k[distortions.size()] == row + 1) {
      std::vector<double>& at_k = distortions.emplace_back(original.size());
      const double scale = 1 / static_cast<double>(row + 1);
      for (std::size_t pair = 0; pair < at_k.size(); ++pair)
        at_k[pair] = projected[pair] * scale / original[pair] - 1;
    }
  }
  return distortions;
}

}  // namespace superpose
