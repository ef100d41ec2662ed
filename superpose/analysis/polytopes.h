#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "superpose/core/error.h"  // IWYU pragma: export

namespace superpose {

/// Shapes that features that share dimensions can form: the vertices of a regular figure around the origin.
/// [P, "The geometry of superposition"]
enum class Polytope {
  kSingle,  ///< a feature with a dimension of its own
  kDigon,   ///< an antipodal pair
  kTriangle,
  kSquare,
  kPentagon,
  kPolygon,  ///< a regular polygon of six vertices or more
  kTetrahedron,
  kTriangularBipyramid,
  kOctahedron,
  kPentagonalBipyramid,
  kSquareAntiprism,
  kOther,
};

/// The name: "digon", "square antiprism", ...; that of polygons of any number of vertices is "k-gon".
std::string_view name(Polytope polytope);

/// The vertices of a polytope around the origin, of unit length. The height of the antiprism is free; it is
/// chosen so that the vertices point equally much in all directions. vertices: for kPolygon; the others have
/// a fixed number. returns: (vertices, dimension), row-major. Errors: InvalidRequest for kOther and for a
/// kPolygon of fewer than 3.
struct Vertices {
  std::int64_t dimension = 1;
  std::vector<double> coordinates;  ///< (count, dimension)

  [[nodiscard]] std::int64_t count() const {
    return static_cast<std::int64_t>(coordinates.size()) / dimension;
  }
};
Vertices vertices_of(Polytope polytope, std::int64_t vertices = 0);

/// What shape some vectors have.
struct Recognition {
  Polytope polytope = Polytope::kOther;
  /// 1 for an exact match; 0 where another shape, or none, is as near. For kOther: how far the vectors are
  /// from every shape.
  double confidence = 0;
  /// Root mean square error of the cosines between the vectors.
  double deviation = 0;
};

/// Vectors with a larger deviation are not a polytope. Noise of a tenth of a vector's length in each
/// direction stays below it.
inline constexpr double kMostDeviation = 0.2;

/// The norms of a polytope's vectors differ by less than this factor.
inline constexpr double kMostNormRatio = 1.5;

/// Which polytope the vectors are, whatever their order, size and rotation. It compares all cosines between
/// them with those of the polytope, after matching vertices in the best way. For 8 vertices or fewer it finds
/// the best of all matches. For larger polygons it takes the order around the plane that the vectors lie
/// closest to. The nearest polytope with this number of vertices wins. The confidence is 1 - 2 deviation /
/// (distance from it to the next nearest), at least 0. vectors: (count, dimension), row-major. Errors:
/// InvalidRequest when they are not whole rows.
Recognition recognise(std::span<const double> vectors, std::int64_t dimension);

/// Two represented features belong together when the absolute cosine between them is above this. The smallest
/// cosine that holds a polytope together is that of the pentagon, 0.31.
inline constexpr double kConnectedCosine = 0.2;

/// Features of an instance that share dimensions with each other and with no other feature.
struct Component {
  std::vector<std::int64_t> features;  ///< in order
  Recognition shape;
};

/// The name of its shape; a polygon's says how many vertices it has: "7-gon".
std::string name(const Component& component);

/// The connected components of the graph of represented features (|W_f| above kRepresentedNorm), and what
/// each looks like. Edges join features that are not orthogonal. A square is two digons here, an octahedron
/// three, a bipyramid a digon and a polygon: orthogonal parts do not interfere, so each is a component.
/// recognise() sees them as a whole. W: (n_features, n_hidden), row-major. returns: components in the order
/// of their first feature. Errors: InvalidRequest when n_hidden is not above 0 or W has no whole number of
/// rows.
std::vector<Component> components(std::span<const float> W, std::int64_t n_hidden);

}  // namespace superpose
