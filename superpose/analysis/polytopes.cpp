#include "superpose/analysis/polytopes.h"

#include <fmt/format.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "superpose/analysis/geometry.h"
#include "superpose/core/error.h"
#include "superpose/core/shape.h"

namespace superpose {
namespace {

struct Named {
  Polytope polytope;
  std::string_view name;
  std::int64_t vertices;  // 0: any number
};
constexpr std::array kPolytopes = {
    Named{Polytope::kSingle, "single", 1},
    Named{Polytope::kDigon, "digon", 2},
    Named{Polytope::kTriangle, "triangle", 3},
    Named{Polytope::kSquare, "square", 4},
    Named{Polytope::kTetrahedron, "tetrahedron", 4},
    Named{Polytope::kPentagon, "pentagon", 5},
    Named{Polytope::kTriangularBipyramid, "triangular bipyramid", 5},
    Named{Polytope::kOctahedron, "octahedron", 6},
    Named{Polytope::kPentagonalBipyramid, "pentagonal bipyramid", 7},
    Named{Polytope::kSquareAntiprism, "square antiprism", 8},
    Named{Polytope::kPolygon, "k-gon", 0},
    Named{Polytope::kOther, "other", 0},
};

/// The smallest polygon without a name of its own.
constexpr std::int64_t kLeastPolygon = 6;

/// Up to this many vertices every match is tried. Beyond it there are only polygons, whose order is their
/// match.
constexpr std::int64_t kMostMatched = 8;

/// A regular polygon in the first two of `dimension` coordinates, at a height in the third coordinate.
void add_polygon(Vertices& to, std::int64_t count, double radius = 1, double height = 0, double turn = 0) {
  for (std::int64_t i = 0; i < count; ++i) {
    const double angle = 2 * std::numbers::pi * (static_cast<double>(i) + turn) / static_cast<double>(count);
    to.coordinates.insert(to.coordinates.end(), {radius * std::cos(angle), radius * std::sin(angle)});
    if (to.dimension == 3) to.coordinates.push_back(height);
  }
}

Vertices polygon(std::int64_t count) {
  Vertices vertices{.dimension = 2, .coordinates = {}};
  add_polygon(vertices, count);
  return vertices;
}

Vertices bipyramid(std::int64_t around) {
  Vertices vertices{.dimension = 3, .coordinates = {0, 0, 1, 0, 0, -1}};
  add_polygon(vertices, around);
  return vertices;
}

double dot(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// The cosines between vectors. They do not change with rotation or size.
struct Cosines {
  std::size_t count = 0;
  std::vector<double> values;  ///< (count, count)

  [[nodiscard]] double operator()(std::size_t i, std::size_t j) const { return values[i * count + j]; }
  [[nodiscard]] bool all_finite() const {
    return std::ranges::all_of(values, [](double cosine) { return std::isfinite(cosine); });
  }
};

Cosines cosines(std::span<const double> vectors, std::size_t dimension) {
  Cosines result{.count = vectors.size() / dimension, .values = {}};
  const auto row = [&](std::size_t i) { return vectors.subspan(i * dimension, dimension); };
  for (std::size_t i = 0; i < result.count; ++i) {
    for (std::size_t j = 0; j < result.count; ++j)
      result.values.push_back(dot(row(i), row(j)) / std::sqrt(dot(row(i), row(i)) * dot(row(j), row(j))));
  }
  return result;
}

Cosines cosines(const Vertices& vertices) {
  return cosines(vertices.coordinates, static_cast<std::size_t>(vertices.dimension));
}

/// Turns a sum over pairs into the root mean square.
double root_mean_square(double sum, std::size_t count) {
  return count < 2 ? 0 : std::sqrt(sum / (static_cast<double>(count) * static_cast<double>(count - 1) / 2));
}

/// Matches the vertices of one figure to those of another so that the sum of the squared differences of their
/// cosines is least. It places one vertex after the other, the best place first. It gives a match up as soon
/// as its sum is above that of the best match so far. For up to about 8 vertices.
class Matching {
 public:
  Matching(const Cosines& a, const Cosines& b) : a_(a), b_(b), taken_(b.count) { place_next(0); }

  /// Root mean square difference of the cosines in the best match.
  [[nodiscard]] double distance() const { return root_mean_square(best_, a_.count); }

 private:
  void place_next(double sum) {
    const std::size_t i = place_.size();
    if (i == a_.count) {
      best_ = sum;
      return;
    }
    std::vector<std::pair<double, std::size_t>> choices;
    for (std::size_t vertex = 0; vertex < b_.count; ++vertex) {
      if (taken_[vertex]) continue;
      double with = sum;
      for (std::size_t j = 0; j < i; ++j) {
        const double off = a_(i, j) - b_(vertex, place_[j]);
        with += off * off;
      }
      choices.emplace_back(with, vertex);
    }
    std::ranges::sort(choices);
    for (const auto& [with, vertex] : choices) {
      if (!(with < best_)) break;
      taken_[vertex] = true;
      place_.push_back(vertex);
      place_next(with);
      place_.pop_back();
      taken_[vertex] = false;
    }
  }

  const Cosines& a_;
  const Cosines& b_;
  std::vector<bool> taken_;
  std::vector<std::size_t> place_;  // b's vertex for each of a's vertices placed so far
  double best_ = INFINITY;
};

/// The vectors in order of their angle in the plane that holds most of them.
std::vector<std::size_t> around_the_circle(std::span<const double> vectors, std::size_t dimension) {
  using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto d = static_cast<Eigen::Index>(dimension);
  const Eigen::Map<const Rows> rows(vectors.data(), static_cast<Eigen::Index>(vectors.size()) / d, d);
  std::vector<std::size_t> order(vectors.size() / dimension);
  std::iota(order.begin(), order.end(), 0U);
  if (dimension < 2) return order;
  const Eigen::SelfAdjointEigenSolver<Rows> solver(rows.transpose() * rows);
  const Rows plane = rows * solver.eigenvectors().rightCols(2);
  std::ranges::sort(order, {}, [&](std::size_t i) {
    const auto row = static_cast<Eigen::Index>(i);
    return std::pair(std::atan2(plane(row, 0), plane(row, 1)), i);
  });
  return order;
}

/// The root mean square difference from the cosines of a regular polygon.
double distance_from_polygon(const Cosines& mine, std::span<const std::size_t> order) {
  const Cosines ideal = cosines(polygon(static_cast<std::int64_t>(mine.count)));
  double sum = 0;
  for (std::size_t i = 0; i < mine.count; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double off = mine(order[i], order[j]) - ideal(i, j);
      sum += off * off;
    }
  }
  return root_mean_square(sum, mine.count);
}

/// The polytopes with so many vertices.
std::vector<Polytope> candidates(std::int64_t vertices) {
  std::vector<Polytope> result;
  for (const Named& row : kPolytopes) {
    if (row.vertices > 0 && row.vertices == vertices) result.push_back(row.polytope);
  }
  if (vertices >= kLeastPolygon) result.push_back(Polytope::kPolygon);
  return result;
}

bool norms_are_alike(std::span<const double> vectors, std::size_t dimension) {
  double least = INFINITY;
  double most = 0;
  for (std::size_t i = 0; i < vectors.size(); i += dimension) {
    const auto row = vectors.subspan(i, dimension);
    const double norm = std::sqrt(dot(row, row));
    least = std::min(least, norm);
    most = std::max(most, norm);
  }
  return least > 0 && most < kMostNormRatio * least;
}

}  // namespace

std::string_view name(Polytope polytope) {
  return std::ranges::find(kPolytopes, polytope, &Named::polytope)->name;
}

std::string name(const Component& component) {
  const Polytope polytope = component.shape.polytope;
  if (polytope == Polytope::kPolygon) return fmt::format("{}-gon", component.features.size());
  return std::string(name(polytope));
}

Vertices vertices_of(Polytope polytope, std::int64_t vertices) {
  switch (polytope) {
    case Polytope::kSingle:
      return {.dimension = 1, .coordinates = {1}};
    case Polytope::kDigon:
      return {.dimension = 1, .coordinates = {1, -1}};
    case Polytope::kTriangle:
      return polygon(3);
    case Polytope::kSquare:
      return polygon(4);
    case Polytope::kPentagon:
      return polygon(5);
    case Polytope::kPolygon:
      if (vertices < 3)
        throw InvalidRequest(
            {.key = "vertices", .expected = "3 or more of a polygon", .got = fmt::to_string(vertices)});
      return polygon(vertices);
    case Polytope::kTetrahedron: {
      const double c = 1 / std::numbers::sqrt3;
      return {.dimension = 3, .coordinates = {c, c, c, c, -c, -c, -c, c, -c, -c, -c, c}};
    }
    case Polytope::kTriangularBipyramid:
      return bipyramid(3);
    case Polytope::kOctahedron:
      return bipyramid(4);
    case Polytope::kPentagonalBipyramid:
      return bipyramid(5);
    case Polytope::kSquareAntiprism: {
      // A third of each vector's square lies along the axis, as much as along each of the other two: every
      // direction is alike.
      Vertices antiprism{.dimension = 3, .coordinates = {}};
      const double height = 1 / std::numbers::sqrt3;
      const double radius = std::sqrt(2.0 / 3);
      add_polygon(antiprism, 4, radius, height);
      add_polygon(antiprism, 4, radius, -height, 0.5);
      return antiprism;
    }
    case Polytope::kOther:
      break;
  }
  throw InvalidRequest({.key = "vertices", .expected = "a polytope that has some", .got = "\"other\""});
}

Recognition recognise(std::span<const double> vectors, std::int64_t dimension) {
  if (dimension <= 0 || vectors.size() % static_cast<std::size_t>(dimension) != 0) {
    throw InvalidRequest({.key = "vectors",
                          .expected = fmt::format("rows of {} numbers", dimension),
                          .got = fmt::to_string(vectors.size())});
  }
  const auto d = static_cast<std::size_t>(dimension);
  const auto count = static_cast<std::int64_t>(vectors.size() / d);
  Recognition other{.polytope = Polytope::kOther, .confidence = 1, .deviation = INFINITY};
  if (!norms_are_alike(vectors, d)) return other;

  const Cosines mine = cosines(vectors, d);
  if (!mine.all_finite()) return other;
  struct Rival {
    Polytope polytope;
    Cosines ideal;
    double deviation;
  };
  std::vector<Rival> rivals;
  for (const Polytope polytope : candidates(count)) {
    Cosines ideal = cosines(vertices_of(polytope, count));
    const double deviation = count <= kMostMatched
                                 ? Matching(mine, ideal).distance()
                                 : distance_from_polygon(mine, around_the_circle(vectors, d));
    rivals.push_back({polytope, std::move(ideal), deviation});
  }
  const auto best = std::ranges::min_element(rivals, {}, &Rival::deviation);
  if (best == rivals.end()) return other;
  if (best->deviation > kMostDeviation) {
    other.deviation = best->deviation;
    other.confidence = std::min(1.0, best->deviation / kMostDeviation - 1);
    return other;
  }
  double nearest = 2 * kMostDeviation;  // at this distance, being no polytope at all is as near
  for (const Rival& rival : rivals) {
    if (rival.polytope != best->polytope)
      nearest = std::min(nearest, Matching(best->ideal, rival.ideal).distance());
  }
  return {.polytope = best->polytope,
          .confidence = std::clamp(1 - 2 * best->deviation / nearest, 0.0, 1.0),
          .deviation = best->deviation};
}

std::vector<Component> components(std::span<const float> W, std::int64_t n_hidden) {
  const Geometry geometry(W, n_hidden);
  const auto& represented = geometry.represented();
  const std::size_t hidden = Shape::of_weights(W.size(), n_hidden).hidden();
  const auto row = [&](std::int64_t f) {
    const auto weights = W.subspan(static_cast<std::size_t>(f) * hidden, hidden);
    return std::vector<double>(weights.begin(), weights.end());
  };
  std::vector<std::vector<double>> rows;
  rows.reserve(represented.size());
  std::vector<double> squares;
  for (const auto f : represented) {
    rows.push_back(row(f));
    squares.push_back(dot(rows.back(), rows.back()));
  }
  const auto connected = [&](std::size_t i, std::size_t j) {
    const double product = dot(rows[i], rows[j]);
    return product * product > kConnectedCosine * kConnectedCosine * squares[i] * squares[j];
  };

  std::vector<Component> result;
  std::vector<bool> reached(rows.size());
  for (std::size_t start = 0; start < rows.size(); ++start) {
    if (reached[start]) continue;
    std::vector<std::size_t> members = {start};
    reached[start] = true;
    for (std::size_t next = 0; next < members.size(); ++next) {
      for (std::size_t j = 0; j < rows.size(); ++j) {
        if (reached[j] || !connected(members[next], j)) continue;
        reached[j] = true;
        members.push_back(j);
      }
    }
    std::ranges::sort(members);
    Component component;
    std::vector<double> vectors;
    for (const std::size_t member : members) {
      component.features.push_back(represented[member]);
      vectors.insert(vectors.end(), rows[member].begin(), rows[member].end());
    }
    component.shape = recognise(vectors, n_hidden);
    result.push_back(std::move(component));
  }
  return result;
}

}  // namespace superpose
