#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "superpose/core/shape.h"
#include "superpose/run/run.h"

namespace superpose::figures {

/// What one instance goes through while it trains: the recorded rows of its run. Keeps a reference to the
/// run.
class Trajectory {
 public:
  /// run: recorded with its parameters, with at least one row.
  Trajectory(const run::Run& run, std::size_t instance);

  [[nodiscard]] const run::Run& run() const { return *run_; }
  [[nodiscard]] std::size_t instance() const { return instance_; }
  [[nodiscard]] const Shape& shape() const { return run_->model.shape(); }
  [[nodiscard]] std::size_t rows() const { return D_.size(); }
  [[nodiscard]] std::size_t features() const { return shape().features(); }
  [[nodiscard]] std::size_t hidden() const { return shape().hidden(); }

  [[nodiscard]] double step(std::size_t row) const { return static_cast<double>(run_->history.step[row]); }
  [[nodiscard]] double last_step() const { return step(rows() - 1); }
  [[nodiscard]] double loss(std::size_t row) const {
    return static_cast<double>(run_->history.loss[row * run_->history.columns() + instance_]);
  }
  /// The dimensionality of a feature.
  [[nodiscard]] double D(std::size_t row, std::size_t f) const { return D_[row][f]; }
  /// (n_features, n_hidden), row-major.
  [[nodiscard]] std::span<const float> W(std::size_t row) const {
    return run_->history.models[row].W(instance_);
  }
  /// |W_f|.
  [[nodiscard]] double norm(std::size_t row, std::size_t f) const;

  /// The first row with a loss or a weight that is not finite.
  [[nodiscard]] std::optional<std::size_t> first_not_finite() const;

  /// How much the end differs from the moment after a quarter of the way, when the turmoil of the beginning
  /// is over. Below 0 where one of the two is not finite.
  [[nodiscard]] double liveliness() const;

  /// Rows in which little moves. The way is cut into `count` parts in which equally much moves, and each part
  /// gives its stillest row. The last one is the end.
  [[nodiscard]] std::vector<std::size_t> still_moments(std::size_t count) const;

 private:
  /// How much the dimensionalities of two rows differ.
  [[nodiscard]] double distance(std::size_t row, std::size_t other) const;

  const run::Run* run_;
  std::size_t instance_;
  std::vector<std::vector<double>> D_;  // (rows, features)
  std::vector<double> moved_;           // (rows), how much the dimensionalities have moved so far
};

/// The liveliest instance of a run.
Trajectory liveliest(const run::Run& run);

}  // namespace superpose::figures
