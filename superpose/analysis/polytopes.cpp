#include "superpose/analysis/polytopes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <optional>

#include "superpose/analysis/geometry.h"
#include "superpose/core/error.h"

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

/// The least polygon without a name of its own.
constexpr std::int64_t kLeastPolygon = 6;

/// A regular polygon in the first two of `dimension` coordinates, at a height in the third.
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

/// For each vector the sorted cosines with the others, and these lists in order: the same for any order,
/// rotation and size of the vectors. (count, count - 1)
using Signature = std::vector<std::vector<double>>;

double dot(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

Signature signature(std::span<const double> vectors, std::size_t dimension) {
  const std::size_t count = vectors.size() / dimension;
  const auto row = [&](std::size_t i) { return vectors.subspan(i * dimension, dimension); };
  Signature result(count);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) {
      if (i != j)
        result[i].push_back(dot(row(i), row(j)) / std::sqrt(dot(row(i), row(i)) * dot(row(j), row(j))));
    }
    std::ranges::sort(result[i]);
  }
  std::ranges::sort(result);
  return result;
}

/// Root mean square difference.
double distance(const Signature& a, const Signature& b) {
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < a[i].size(); ++j, ++count) sum += (a[i][j] - b[i][j]) * (a[i][j] - b[i][j]);
  }
  return count == 0 ? 0 : std::sqrt(sum / static_cast<double>(count));
}

Signature signature(const Vertices& vertices) {
  return signature(vertices.coordinates, static_cast<std::size_t>(vertices.dimension));
}

/// The polytopes of so many vertices.
std::vector<Polytope> candidates(std::int64_t vertices) {
  std::vector<Polytope> result;
  for (const Named& row : kPolytopes) {
    if (row.vertices == vertices) result.push_back(row.polytope);
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
        throw InvalidRequest(fmt::format("vertices: expected 3 or more of a polygon, got {}", vertices));
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
      // A third of each vector's square along the axis, as along the two others: every direction alike.
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
  throw InvalidRequest("vertices: expected a polytope that has some, got \"other\"");
}

Recognition recognise(std::span<const double> vectors, std::int64_t dimension) {
  if (dimension <= 0 || vectors.size() % static_cast<std::size_t>(dimension) != 0) {
    throw InvalidRequest(
        fmt::format("vectors: expected rows of {} numbers, got {}", dimension, vectors.size()));
  }
  const auto d = static_cast<std::size_t>(dimension);
  const auto count = static_cast<std::int64_t>(vectors.size() / d);
  Recognition other{.polytope = Polytope::kOther, .confidence = 1, .deviation = INFINITY};
  if (!norms_are_alike(vectors, d)) return other;

  const Signature mine = signature(vectors, d);
  struct Rival {
    Polytope polytope;
    Signature ideal;
    double deviation;
  };
  std::vector<Rival> rivals;
  for (const Polytope polytope : candidates(count)) {
    Signature ideal = signature(vertices_of(polytope, count));
    const double deviation = distance(mine, ideal);
    if (!std::isnan(deviation)) rivals.push_back({polytope, std::move(ideal), deviation});
  }
  const auto best = std::ranges::min_element(rivals, {}, &Rival::deviation);
  if (best == rivals.end()) return other;
  if (best->deviation > kMostDeviation) {
    other.deviation = best->deviation;
    other.confidence = std::min(1.0, best->deviation / kMostDeviation - 1);
    return other;
  }
  double nearest = 2 * kMostDeviation;  // where being no polytope at all is as near
  for (const Rival& rival : rivals) {
    if (rival.polytope != best->polytope) nearest = std::min(nearest, distance(best->ideal, rival.ideal));
  }
  return {.polytope = best->polytope,
          .confidence = std::clamp(1 - 2 * best->deviation / nearest, 0.0, 1.0),
          .deviation = best->deviation};
}

std::vector<Component> components(std::span<const float> W, std::int64_t n_hidden) {
  const Geometry geometry(W, n_hidden);
  const auto& represented = geometry.represented();
  const auto hidden = static_cast<std::size_t>(n_hidden);
  const auto row = [&](std::int64_t f) {
    const auto weights = W.subspan(static_cast<std::size_t>(f) * hidden, hidden);
    return std::vector<double>(weights.begin(), weights.end());
  };
  std::vector<std::vector<double>> rows;
  rows.reserve(represented.size());
  for (const auto f : represented) rows.push_back(row(f));
  const auto connected = [&](std::size_t i, std::size_t j) {
    const double product = dot(rows[i], rows[j]);
    return product * product >
           kConnectedCosine * kConnectedCosine * dot(rows[i], rows[i]) * dot(rows[j], rows[j]);
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
