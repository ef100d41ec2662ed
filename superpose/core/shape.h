#pragma once

#include <cstddef>
#include <cstdint>

namespace superpose {

/// The shape that all instances of a model share. Every count is above 0.
struct Shape {
  std::int64_t n_instances = 1;
  std::int64_t n_features = 1;  ///< the paper's n
  std::int64_t n_hidden = 1;    ///< the paper's m

  /// Elements of one instance's W, (n_features, n_hidden).
  [[nodiscard]] constexpr std::size_t weights() const {
    return static_cast<std::size_t>(n_features) * static_cast<std::size_t>(n_hidden);
  }
  /// Elements of one instance's b_final, (n_features).
  [[nodiscard]] constexpr std::size_t features() const { return static_cast<std::size_t>(n_features); }
  /// Number of instances as a size.
  [[nodiscard]] constexpr std::size_t instances() const { return static_cast<std::size_t>(n_instances); }

  friend constexpr bool operator==(const Shape&, const Shape&) = default;
};

}  // namespace superpose
