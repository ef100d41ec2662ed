#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace superpose {

/// The shape that all instances of a model share. Every count is above 0.
///
/// Descriptions count in std::int64_t, memory in std::size_t. The functions below give the counts, and places
/// in a model's tables, as sizes. An instance's number may be of either type, in [0, n_instances).
struct Shape {
  std::int64_t n_instances = 1;
  std::int64_t n_features = 1;  ///< the paper's n
  std::int64_t n_hidden = 1;    ///< the paper's m

  /// The shape of one instance whose W has so many weights. n_hidden: above 0, divides `weights`.
  [[nodiscard]] static constexpr Shape of_weights(std::size_t weights, std::int64_t n_hidden) {
    return {.n_features = static_cast<std::int64_t>(weights) / n_hidden, .n_hidden = n_hidden};
  }
  /// The shape of one of the instances alone.
  [[nodiscard]] constexpr Shape of_one_instance() const {
    return {.n_features = n_features, .n_hidden = n_hidden};
  }

  /// n_instances as a size.
  [[nodiscard]] constexpr std::size_t instances() const { return static_cast<std::size_t>(n_instances); }
  /// n_features as a size: elements of one instance's b_final.
  [[nodiscard]] constexpr std::size_t features() const { return static_cast<std::size_t>(n_features); }
  /// n_hidden as a size: elements of one feature's row of W.
  [[nodiscard]] constexpr std::size_t hidden() const { return static_cast<std::size_t>(n_hidden); }
  /// Elements of one instance's W, (n_features, n_hidden).
  [[nodiscard]] constexpr std::size_t weights() const { return features() * hidden(); }

  /// Where an instance begins in a table of (n_instances, n_features).
  [[nodiscard]] constexpr std::size_t first_feature(std::integral auto instance) const {
    return static_cast<std::size_t>(instance) * features();
  }
  /// Where an instance begins in weights of (n_instances, n_features, n_hidden).
  [[nodiscard]] constexpr std::size_t first_weight(std::integral auto instance) const {
    return static_cast<std::size_t>(instance) * weights();
  }
  /// An instance's row, (n_features), of a table of (n_instances, n_features).
  template <class T>
  [[nodiscard]] constexpr std::span<T> row(std::span<T> table, std::integral auto instance) const {
    return table.subspan(first_feature(instance), features());
  }

  friend constexpr bool operator==(const Shape&, const Shape&) = default;
};

}  // namespace superpose
