#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "superpose/analysis/geometry.h"

namespace superpose::paper {

/// The features of an instance with two hidden dimensions. Internal to the catalogue.
class Plane {
 public:
  /// W: (n_features, 2).
  explicit Plane(std::span<const float> W) : W_(W.begin(), W.end()) {}

  [[nodiscard]] std::size_t features() const { return W_.size() / 2; }
  [[nodiscard]] double norm(std::size_t f) const { return std::hypot(x(f), y(f)); }
  [[nodiscard]] double cosine(std::size_t f, std::size_t g) const {
    return (x(f) * x(g) + y(f) * y(g)) / (norm(f) * norm(g));
  }
  [[nodiscard]] bool all_represented() const {
    for (std::size_t f = 0; f < features(); ++f) {
      if (!(norm(f) > kRepresentedNorm)) return false;
    }
    return true;
  }
  /// The features in their order around the origin, counter-clockwise.
  [[nodiscard]] std::vector<std::size_t> around() const {
    std::vector<std::size_t> order(features());
    for (std::size_t f = 0; f < features(); ++f) order[f] = f;
    std::ranges::sort(order, {}, [&](std::size_t f) { return std::atan2(y(f), x(f)); });
    return order;
  }
  /// Whether all features are represented and each is the neighbour of its partner around the origin.
  /// Features 2 k and 2 k + 1 are partners.
  [[nodiscard]] bool partners_are_neighbours() const {
    if (!all_represented()) return false;
    const auto order = around();
    const std::size_t n = order.size();
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t partner = order[i] ^ 1U;
      if (order[(i + 1) % n] != partner && order[(i + n - 1) % n] != partner) return false;
    }
    return true;
  }

 private:
  [[nodiscard]] double x(std::size_t f) const { return static_cast<double>(W_[2 * f]); }
  [[nodiscard]] double y(std::size_t f) const { return static_cast<double>(W_[2 * f + 1]); }

  std::vector<float> W_;
};

}  // namespace superpose::paper
