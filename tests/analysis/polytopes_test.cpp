#include "superpose/analysis/polytopes.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "superpose/analysis/metrics.h"
#include "superpose/core/error.h"
#include "superpose/core/random.h"

namespace superpose {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Normals that depend on the stream alone.
Matrix normals(Eigen::Index rows, Eigen::Index columns, std::uint32_t stream) {
  Matrix result(rows, columns);
  for (Eigen::Index i = 0; i < result.size(); ++i) {
    const auto words = philox::generate({static_cast<std::uint32_t>(i), 0, 0, 0}, {5, stream});
    result.data()[i] = normal_quantile(uniform_open(words[0], words[1]));
  }
  return result;
}

struct Shape3 {
  Polytope polytope;
  std::int64_t vertices;
  double dimensionality;  ///< of each vertex
};
const Shape3 kShapes[] = {
    {Polytope::kSingle, 1, 1},
    {Polytope::kDigon, 2, 1.0 / 2},
    {Polytope::kTriangle, 3, 2.0 / 3},
    {Polytope::kSquare, 4, 1.0 / 2},
    {Polytope::kTetrahedron, 4, 3.0 / 4},
    {Polytope::kPentagon, 5, 2.0 / 5},
    {Polytope::kOctahedron, 6, 1.0 / 2},
    {Polytope::kSquareAntiprism, 8, 3.0 / 8},
    {Polytope::kPolygon, 6, 2.0 / 6},
    {Polytope::kPolygon, 7, 2.0 / 7},
    {Polytope::kPolygon, 12, 2.0 / 12},
};

Matrix ideal(const Shape3& shape) {
  const Vertices vertices = vertices_of(shape.polytope, shape.vertices);
  return Eigen::Map<const Matrix>(vertices.coordinates.data(), vertices.count(), vertices.dimension);
}

/// The rows turned at random into `dimension` dimensions, in another order, scaled, with noise on each
/// number.
Matrix disguised(const Matrix& rows, Eigen::Index dimension, double noise, std::uint32_t stream) {
  const Eigen::HouseholderQR<Matrix> qr(normals(dimension, dimension, stream));
  const Matrix rotation = qr.householderQ();
  Matrix result = 1.1 * rows * rotation.topRows(rows.cols());
  for (Eigen::Index i = result.rows(); i-- > 1;)
    result.row(i).swap(result.row((i * 7 + static_cast<Eigen::Index>(stream)) % (i + 1)));
  return result + noise * normals(result.rows(), result.cols(), stream + 1000);
}

Recognition seen(const Matrix& rows) {
  return recognise({rows.data(), static_cast<std::size_t>(rows.size())}, rows.cols());
}

std::vector<double> dimensionality_of(const Matrix& rows) {
  return dimensionality(std::span(rows.data(), static_cast<std::size_t>(rows.size())),
                        {.n_instances = 1, .n_features = rows.rows(), .n_hidden = rows.cols()});
}

TEST(Polytopes, VerticesHaveTheDimensionalityOfTheirPolytope) {
  for (const Shape3& shape : kShapes) {
    const Matrix rows = ideal(shape);
    ASSERT_EQ(rows.rows(), shape.vertices);
    for (Eigen::Index f = 0; f < rows.rows(); ++f) EXPECT_NEAR(rows.row(f).norm(), 1, 1e-15);
    for (const double D : dimensionality_of(rows))
      EXPECT_NEAR(D, shape.dimensionality, 1e-12) << name(shape.polytope);
  }
  // Of a bipyramid the poles are a digon and the others a polygon.
  for (const auto& [polytope, around] :
       {std::pair(Polytope::kTriangularBipyramid, 3.0), std::pair(Polytope::kPentagonalBipyramid, 5.0)}) {
    const Matrix rows = ideal({polytope, 0, 0});
    const auto D = dimensionality_of(rows);
    EXPECT_NEAR(D[0], 0.5, 1e-12);
    EXPECT_NEAR(D[3], 2 / around, 1e-12);
  }
}

TEST(Polytopes, AreRecognisedTurnedReorderedScaledAndWithNoise) {
  std::vector<Shape3> shapes(std::begin(kShapes), std::end(kShapes));
  shapes.push_back({Polytope::kTriangularBipyramid, 5, 0});
  shapes.push_back({Polytope::kPentagonalBipyramid, 7, 0});
  for (const Shape3& shape : shapes) {
    for (std::uint32_t stream = 0; stream < 20; ++stream) {
      const auto exact = seen(disguised(ideal(shape), 5, 0, stream));
      EXPECT_EQ(exact.polytope, shape.polytope);
      EXPECT_NEAR(exact.confidence, 1, 1e-6) << name(shape.polytope);
      double previous = exact.confidence;
      for (const double noise : {0.01, 0.05}) {
        const auto noisy = seen(disguised(ideal(shape), 5, noise, stream));
        EXPECT_EQ(noisy.polytope, shape.polytope) << name(shape.polytope) << ", noise " << noise;
        EXPECT_LE(noisy.confidence, previous);
        EXPECT_GT(noisy.confidence, noise < 0.02 ? 0.75 : 0.1) << name(shape.polytope) << ", noise " << noise;
        previous = noisy.confidence;
      }
    }
  }
}

TEST(Polytopes, VectorsAtRandomAreNone) {
  int named = 0;
  for (std::uint32_t stream = 0; stream < 200; ++stream) {
    const auto some = seen(normals(4 + stream % 5, 6, stream));
    named += some.polytope == Polytope::kOther ? 0 : 1;
  }
  EXPECT_LE(named, 2);
  EXPECT_EQ(recognise(std::vector<double>{1, 0, 0, 0}, 2).polytope, Polytope::kOther)
      << "a vector of length 0";
  EXPECT_EQ(recognise(std::vector<double>{1, 0, -3, 0}, 2).polytope, Polytope::kOther) << "of uneven length";
  EXPECT_EQ(recognise(std::vector<double>{1, 0, std::nan(""), 0}, 2).polytope, Polytope::kOther);
  EXPECT_EQ(recognise({}, 2).polytope, Polytope::kOther) << "of nothing";
  EXPECT_THROW(recognise(std::vector<double>{1, 0, 1}, 2), InvalidRequest);
}

// Three lines at 60 degrees to each other: in the plane they are a hexagon's, but they need not lie in one.
// Vector by vector the cosines with the others are the same: -1, -1/2 twice, 1/2 twice.
TEST(Polytopes, AreToldFromOthersWithTheSameCosinesAtEveryVertex) {
  const std::vector<double> diagonals = {1,  1,  0, 0, 1,  1,  1,  0, 1,  //
                                         -1, -1, 0, 0, -1, -1, -1, 0, -1};
  const auto found = recognise(diagonals, 3);
  EXPECT_EQ(found.polytope, Polytope::kOther) << name(found.polytope);
  EXPECT_EQ(found.confidence, 1);
  // Of 15 cosines, 4 have the other sign than the hexagon's; nearer is the octahedron, 12 times 0 for 1/2.
  EXPECT_NEAR(found.deviation, std::sqrt(12 * 0.25 / 15), 1e-12);
  EXPECT_EQ(seen(ideal({Polytope::kPolygon, 6, 0})).polytope, Polytope::kPolygon);
}

TEST(Polytopes, LargePolygonsAreRecognisedByTheirOrder) {
  for (const std::int64_t vertices : {9, 24}) {
    const Matrix regular = ideal({Polytope::kPolygon, vertices, 0});
    EXPECT_EQ(seen(disguised(regular, 5, 0.05, 3)).polytope, Polytope::kPolygon);
    Matrix bent = regular;
    bent.col(1) *= 0.6;
    EXPECT_EQ(seen(bent).polytope, Polytope::kOther) << "an ellipse's norms";
    bent.rowwise().normalize();
    EXPECT_LT(seen(bent).confidence, 0.5);
  }
  EXPECT_EQ(recognise(std::vector<double>(9, 1.0), 1).polytope, Polytope::kOther) << "all in one direction";
}

TEST(Polytopes, ComponentsOfAModelAreNamedOneByOne) {
  // A shape in dimensions of its own each, and two features that are not represented.
  const Polytope mixed[] = {Polytope::kPentagon, Polytope::kDigon,    Polytope::kTetrahedron,
                            Polytope::kSingle,   Polytope::kTriangle, Polytope::kSquareAntiprism,
                            Polytope::kDigon};
  Eigen::Index features = 2, hidden = 0;
  for (const Polytope polytope : mixed) {
    features += vertices_of(polytope).count();
    hidden += vertices_of(polytope).dimension;
  }
  Matrix W = Matrix::Zero(features, hidden);
  Eigen::Index row = 1, column = 0;
  for (const Polytope polytope : mixed) {
    const Matrix part = ideal({polytope, 0, 0});
    W.block(row, column, part.rows(), part.cols()) = part;
    row += part.rows();
    column += part.cols();
  }
  W += 0.02 * normals(features, hidden, 77);
  const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> single = W.cast<float>();
  const auto found = components({single.data(), static_cast<std::size_t>(single.size())}, hidden);
  ASSERT_EQ(found.size(), std::size(mixed));
  std::int64_t next = 1;
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].shape.polytope, mixed[i]) << name(found[i].shape.polytope);
    for (const auto f : found[i].features) EXPECT_EQ(f, next++);
  }
}

TEST(Polytopes, OrthogonalPartsAreComponentsOfTheirOwn) {
  const Matrix octahedron = ideal({Polytope::kOctahedron, 6, 0});
  const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> single =
      octahedron.cast<float>();
  const auto found = components({single.data(), static_cast<std::size_t>(single.size())}, 3);
  ASSERT_EQ(found.size(), 3U);
  for (const auto& component : found) EXPECT_EQ(component.shape.polytope, Polytope::kDigon);
}

TEST(Polytopes, HaveNames) {
  EXPECT_EQ(name(Polytope::kSquareAntiprism), "square antiprism");
  EXPECT_EQ(name(Polytope::kPolygon), "k-gon");
  EXPECT_EQ(name(Component{.features = {0, 1}, .shape = {.polytope = Polytope::kDigon}}), "digon");
  EXPECT_EQ(
      name(Component{.features = std::vector<std::int64_t>(7), .shape = {.polytope = Polytope::kPolygon}}),
      "7-gon");
  EXPECT_THROW(vertices_of(Polytope::kOther), InvalidRequest);
  EXPECT_THROW(vertices_of(Polytope::kPolygon, 2), InvalidRequest);
}

}  // namespace
}  // namespace superpose
