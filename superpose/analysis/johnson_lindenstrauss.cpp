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

/// One projection, its points drawn and their distances measured.
class Projector {
 public:
  explicit Projector(const Projection& projection)
      : key_(projection.key),
        n_points_(static_cast<std::size_t>(projection.n_points)),
        n_dimensions_(static_cast<std::size_t>(projection.n_dimensions)),
        points_(n_dimensions_ * n_points_),
        original_(n_points_ * (n_points_ - 1) / 2),
        projected_(original_.size()),
        map_(kRows * n_dimensions_),
        block_(kRows * n_points_) {}

  /// Draws standard normal points. returns: false when stopped.
  bool draw(const StopToken& stop) {
    for (std::size_t d = 0; d < n_dimensions_ && !stop.stop_requested(); ++d) {
      const auto coordinate = std::span(points_).subspan(d * n_points_, n_points_);
      fill_normal(coordinate, key_, kPoints, static_cast<std::uint32_t>(d));
      add_squared_differences(coordinate, original_);
    }
    return !stop.stop_requested();
  }

  /// Projects the points on the map's next row as well.
  void add_row() {
    const std::size_t of_block = rows_ % kRows;
    if (of_block == 0) project_block();
    add_squared_differences(std::span(block_).subspan(of_block * n_points_, n_points_), projected_);
    ++rows_;
  }

  /// Of the map of all rows so far: (pairs).
  [[nodiscard]] std::vector<double> distortions() const {
    std::vector<double> distortions(original_.size());
    const double scale = 1 / static_cast<double>(rows_);
    for (std::size_t pair = 0; pair < distortions.size(); ++pair)
      distortions[pair] = projected_[pair] * scale / original_[pair] - 1;
    return distortions;
  }

 private:
  /// Draws the map's next kRows rows, and projects the points on them.
  void project_block() {
    for (std::size_t r = 0; r < kRows; ++r) {
      fill_normal(std::span(map_).subspan(r * n_dimensions_, n_dimensions_), key_, kMap,
                  static_cast<std::uint32_t>(rows_ + r));
    }
    std::ranges::fill(block_, 0.0);
    for (std::size_t d = 0; d < n_dimensions_; ++d) {
      for (std::size_t r = 0; r < kRows; ++r) {
        const double weight = map_[r * n_dimensions_ + d];
        for (std::size_t i = 0; i < n_points_; ++i)
          block_[r * n_points_ + i] += weight * points_[d * n_points_ + i];
      }
    }
  }

  philox::Key key_;
  std::size_t n_points_, n_dimensions_, rows_ = 0;
  std::vector<double> points_;  ///< by coordinate: (n_dimensions, n_points)
  std::vector<double> original_,
      projected_;                    ///< (pairs): squared distances, projected ones over the rows so far
  std::vector<double> map_, block_;  ///< (kRows, n_dimensions), and the points on it: (kRows, n_points)
};

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

std::optional<std::vector<std::vector<double>>> projection_distortions(const Projection& projection,
                                                                       std::span<const std::int64_t> k,
                                                                       const StopToken& stop) {
  if (projection.n_points < 2 || projection.n_dimensions < 1)
    throw InvalidRequest({.key = "projection", .expected = "2 points or more in 1 dimension or more"});
  if (std::ranges::adjacent_find(k, std::greater_equal()) != k.end() || (!k.empty() && k.front() < 1))
    throw InvalidRequest(
        {.key = "k", .expected = "numbers of dimensions above 0, each larger than the one before"});
  Projector projector(projection);
  if (!projector.draw(stop)) return std::nullopt;
  std::vector<std::vector<double>> distortions;
  for (std::int64_t row = 1; distortions.size() < k.size(); ++row) {
    if (stop.stop_requested()) return std::nullopt;
    projector.add_row();
    if (k[distortions.size()] == row) distortions.push_back(projector.distortions());
  }
  return distortions;
}

}  // namespace superpose
