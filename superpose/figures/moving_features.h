#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "superpose/drawing/figure.h"
#include "superpose/figures/trajectory.h"

namespace superpose::figures {

/// A plane in which to see vectors of up to three dimensions.
class ViewPlane {
 public:
  /// Vectors of up to two dimensions lie in the plane. For three, of many planes this is the one that keeps
  /// these vectors apart best. W: (n_features, n_hidden), row-major.
  ViewPlane(std::span<const float> W, std::size_t n_hidden);

  /// w: (n_hidden), at most three.
  [[nodiscard]] drawing::Position operator()(std::span<const float> w) const;

 private:
  void look_from(int i, int count);
  [[nodiscard]] double least_distance(std::span<const float> W) const;

  std::size_t hidden_;
  std::array<double, 3> right_ = {1, 0, 0}, up_ = {0, 1, 0};
};

/// The colour of each feature of a trajectory: that of its set where there are sets. Elsewhere it says
/// whether the feature is represented at the end. returns: (n_features).
std::vector<drawing::Color> colors_of(const Trajectory& trajectory);

/// Draws the features of one instance at any recorded row: as arrows in up to three dimensions, as W^T W
/// beyond. Keeps a reference to the trajectory.
class MovingFeatures {
 public:
  explicit MovingFeatures(const Trajectory& trajectory);

  [[nodiscard]] drawing::Panel panel(std::size_t row, const drawing::Rect& area) const;

  /// The marks of the panel at a row. Every row has as many marks, of the same kinds.
  [[nodiscard]] std::vector<drawing::Mark> marks(std::size_t row) const;

 private:
  [[nodiscard]] bool as_arrows() const { return trajectory_->shape().n_hidden <= 3; }
  void choose_shown();

  const Trajectory* trajectory_;
  ViewPlane view_;
  std::vector<drawing::Color> colors_;  // (n_features)
  double half_width_ = 1.2;             // half the width of the plane
  std::vector<std::size_t> shown_;      // features of the heat map
};

}  // namespace superpose::figures
