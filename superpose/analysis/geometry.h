#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "superpose/core/error.h"  // IWYU pragma: export

namespace superpose {

/// A feature is represented when |W_f| is above this: trained norms are close to 0 or to 1.
inline constexpr double kRepresentedNorm = 0.5;

/// A represented feature is in superposition when sum over g != f of (unit(W_f) . W_g)^2 is above this. The
/// sum is 0 for a feature with a dimension of its own, and 1 in an antipodal pair. [P, "Demonstrating
/// superposition"]
inline constexpr double kSuperposition = 0.25;

/// Two features are antipodal when their cosine is below this: an angle above 154 degrees. The widest angle
/// in a pentagon is 144.
inline constexpr double kAntipodalCosine = -0.9;

/// How far the angles and norms of a regular polygon may be off, as a share of what they should be. The
/// nearest rival of the pentagon, a triangle beside a digon, has angles of 60 and 90 degrees: 17 and 25 % off
/// 72.
inline constexpr double kPolygonTolerance = 0.15;

/// How the features of one instance lie.
class Geometry {
 public:
  /// W: (n_features, n_hidden), row-major. A feature whose weights are not numbers is not represented.
  /// Errors: InvalidRequest when n_hidden is not above 0 or W has no whole number of rows.
  Geometry(std::span<const float> W, std::int64_t n_hidden);

  /// The represented features, in order.
  [[nodiscard]] const std::vector<std::int64_t>& represented() const { return represented_; }

  /// The represented features that are in superposition, in order.
  [[nodiscard]] const std::vector<std::int64_t>& in_superposition() const { return in_superposition_; }

  /// The largest |cosine| between two represented features: 0 when they are orthogonal, or when there are
  /// fewer than two.
  [[nodiscard]] double largest_cosine() const;

  /// Pairs f < g of represented features that are antipodal. A feature may be in several pairs.
  [[nodiscard]] std::vector<std::pair<std::int64_t, std::int64_t>> antipodal_pairs() const;

  /// Whether n_hidden is 2 and the represented features form a regular polygon around the origin: three
  /// vectors or more, of equal norms and equally spaced.
  [[nodiscard]] bool is_regular_polygon() const;

 private:
  [[nodiscard]] double dot(std::int64_t f, std::int64_t g) const;
  [[nodiscard]] double norm(std::int64_t f) const;
  [[nodiscard]] double cosine(std::int64_t f, std::int64_t g) const {
    return dot(f, g) / (norm(f) * norm(g));
  }

  std::int64_t n_hidden_, n_features_;
  std::vector<float> W_;      // (n_features, n_hidden)
  std::vector<double> gram_;  // (n_features, n_features)
  std::vector<std::int64_t> represented_, in_superposition_;
};

}  // namespace superpose
