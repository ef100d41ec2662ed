#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "superpose/analysis/polytopes.h"

namespace superpose {

/// What the models of one density have settled in: how many of their represented features lie in components()
/// of each shape.
class PolytopeCensus {
 public:
  /// density: the probability that a feature is active, the same for all features and models.
  explicit PolytopeCensus(double density) : density_(density) {}

  /// Counts one more model. W: (n_features, n_hidden), row-major. Errors: as of components().
  void add(std::span<const float> W, std::int64_t n_hidden);

  [[nodiscard]] double density() const { return density_; }
  [[nodiscard]] std::int64_t models() const { return static_cast<std::int64_t>(capacity_.size()); }
  /// D* and the capacity of each model. returns: (models).
  [[nodiscard]] const std::vector<double>& dimensions_per_feature() const { return dimensions_per_feature_; }
  [[nodiscard]] const std::vector<double>& capacity() const { return capacity_; }

  /// How many represented features of all models lie in components of that shape.
  [[nodiscard]] std::int64_t features_in(Polytope polytope) const;
  /// How many models have such a component.
  [[nodiscard]] std::int64_t models_with(Polytope polytope) const;
  /// How many represented features all models have.
  [[nodiscard]] std::int64_t represented() const { return represented_; }
  /// The share of the represented features that features_in() counts; 0 where there are none.
  [[nodiscard]] double share_in(Polytope polytope) const;

 private:
  struct Count {
    std::int64_t features = 0, models = 0;
  };
  double density_;
  std::vector<double> dimensions_per_feature_, capacity_;
  std::int64_t represented_ = 0;
  std::map<Polytope, Count> counts_;
};

/// The longest run of neighbouring levels in which D* of every model is that value within the tolerance; the
/// first of equally long ones. levels: by density.
std::span<const PolytopeCensus> longest_plateau(std::span<const PolytopeCensus> levels, double value,
                                                double tolerance);

/// The typical density of a polytope: the geometric mean of the density over the features that lie in one;
/// nothing where no feature does.
std::optional<double> mean_density(std::span<const PolytopeCensus> levels, Polytope polytope);

}  // namespace superpose
