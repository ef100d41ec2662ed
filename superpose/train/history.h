#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "superpose/models/model.h"
#include "superpose/train/observation.h"

namespace superpose {

/// What was recorded while training: a row for each observation.
struct History {
  std::vector<std::int64_t> step;  ///< (rows)
  std::vector<float> lr;           ///< (rows)
  std::vector<float> loss;         ///< (rows, columns): as in Observation, or n_instances after keep()
  std::vector<Model> models{};  ///< (rows), each of `columns` instances; empty where models are not recorded

  [[nodiscard]] std::size_t rows() const { return step.size(); }
  [[nodiscard]] std::size_t columns() const { return rows() == 0 ? 0 : loss.size() / rows(); }

  /// Adds a row without the parameters. It can serve as an Observer.
  void record(const Observation& observation);
  /// Adds a row with the parameters.
  void record_with_parameters(const Observation& observation);

  /// Removes the last row where its step is no multiple of `every`: that of the last step of a training,
  /// which a longer one does not have.
  void drop_row_between(std::int64_t every);

  /// Keeps the columns of the kept restarts. kept_restart: (n_instances). returns: a history with loss (rows,
  /// n_instances), and models of n_instances.
  [[nodiscard]] History keep(std::span<const std::int64_t> kept_restart, std::int64_t restarts) const;
};

/// Joins the histories of several parts of the members (MemberRange), one part after the other. parts: at
/// least one, with the same recorded steps. Errors: InvalidRequest when the steps differ.
History join_histories(std::span<const History* const> parts);

}  // namespace superpose
