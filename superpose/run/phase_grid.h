#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "superpose/analysis/phase_theory.h"
#include "superpose/experiment/experiment.h"

namespace superpose::run {

/// The grid of an experiment that is a phase diagram. Its models have one feature more than dimensions. It
/// has an instance for every pair of a density and a relative importance of the last feature.
struct PhaseGrid {
  /// Errors: InvalidRequest, which says what is missing, when the experiment is no phase diagram.
  explicit PhaseGrid(const Experiment& experiment);

  std::int64_t n_hidden;
  std::vector<double> density;              ///< (columns), the densest first
  std::vector<double> relative_importance;  ///< (rows), the least first

  /// The instance of a column (density) and row (importance).
  [[nodiscard]] std::size_t instance(std::size_t column, std::size_t row) const {
    return instances_[row * density.size() + column];
  }
  /// The problem that the instance of a column and row solves.
  [[nodiscard]] PhaseProblem problem(std::size_t column, std::size_t row) const {
    return {.n_hidden = n_hidden,
            .feature_probability = density[column],
            .relative_importance = relative_importance[row]};
  }

 private:
  std::vector<std::size_t> instances_;  // (relative_importance, density)
};

}  // namespace superpose::run
