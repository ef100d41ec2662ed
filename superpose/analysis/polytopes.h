#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace superpose {

/// How features that share dimensions can lie: the vertices of a regular figure around the origin. [P, "The
/// geometry of superposition"]
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

/// Its name: "digon", "square antiprism", ...; a polygon is "k-gon".
std::string_view name(Polytope polytope);

/// The vertices of a polytope around the origin, of unit length, and where there is a choice (the antiprism's
/// height) such that they point equally much in all directions. vertices: of kPolygon; the others have their
/// number. returns: (vertices, dimension), row-major. Errors: InvalidRequest for kOther and for a kPolygon of
/// fewer than 3.
struct Vertices {
  std::int64_t dimension = 1;
  std::vector<double> coordinates;  ///< (count, dimension)

  [[nodiscard]] std::int64_t count() const {
    return static_cast<std::int64_t>(coordinates.size()) / dimension;
  }
};
Vertices vertices_of(Polytope polytope, std::int64_t vertices = 0);

/// What some vectors look like.
struct Recognition {
  Polytope polytope = Polytope::kOther;
  /// 1: exactly; 0: as near to another shape, or to none. Of kOther: how far it is from being anything else.
  double confidence = 0;
  /// Root mean square of what the cosines between the vectors are off.
  double deviation = 0;
};

/// Beyond this deviation vectors are no polytope: noise of a tenth of a vector's length in each direction
/// stays below.
inline constexpr double kMostDeviation = 0.2;

/// Norms of one polytope's vectors differ by less than this factor.
inline constexpr double kMostNormRatio = 1.5;

/// Which polytope the vectors are, whatever their order, size and rotation. Compares all cosines between
/// them with the polytope's, vertex matched to vertex in the best way: of 8 vertices or fewer the best of all
/// matches, of larger polygons the order around the plane that the vectors lie closest to. Among polytopes of
/// that many vertices the nearest wins; the confidence is 1 - 2 deviation / (distance from it to the next
/// nearest), at least 0. vectors: (count, dimension), row-major. Errors: InvalidRequest when they are not
/// whole rows.
Recognition recognise(std::span<const double> vectors, std::int64_t dimension);

/// Two represented features belong together when the absolute cosine between them is above this: the smallest
/// that holds a polytope together is the pentagon's, 0.31.
inline constexpr double kConnectedCosine = 0.2;

/// Features of an instance that share dimensions with each other and with no other feature.
struct Component {
  std::vector<std::int64_t> features;  ///< in order
  Recognition shape;
};

/// The connected components of the graph of represented features (|W_f| above kRepresentedNorm), whose edges
/// join features that are not orthogonal, and what each looks like. A square is two digons here, an
/// octahedron three, a bipyramid a digon and a polygon: orthogonal parts do not interfere, and are components
/// of their own; recognise() sees them as a whole. W: (n_features, n_hidden), row-major. returns: by first
/// feature. Errors: InvalidRequest when n_hidden is not above 0 or W has no whole number of rows.
std::vector<Component> components(std::span<const float> W, std::int64_t n_hidden);

}  // namespace superpose
