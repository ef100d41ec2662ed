#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "superpose/models/model.h"
#include "superpose/train/ensemble.h"

namespace superpose {

/// A trained ensemble: for each instance, the restart with the lowest loss.
struct TrainedModel {
  Model model;                             ///< n_instances instances
  std::vector<float> loss;                 ///< (n_instances), on fresh data
  std::vector<std::int64_t> kept_restart;  ///< (n_instances)
  std::vector<float> restart_loss{};  ///< (restarts, n_instances), of every restart on the same fresh data
};

/// Chooses the restart with the lowest loss for each instance. A restart whose loss is not finite is kept
/// only when no restart has a finite one. loss: (n_instances * restarts), of member i * restarts + r.
/// returns: (n_instances).
std::vector<std::int64_t> best_restarts(std::span<const float> loss, std::int64_t restarts);

/// Keeps the best restart of each instance. members: all restarts of some instances. loss: (members).
TrainedModel keep_best_restarts(const Model& members, std::span<const float> loss, std::int64_t restarts);

/// One model for each restart. members: restart r of instance i is member i * restarts + r. returns:
/// (restarts) models, each of n_instances.
std::vector<Model> models_by_restart(const Model& members, std::int64_t restarts);

/// Joins the members of several parts (MemberRange), one part after the other. parts: at least one, all of
/// one kind, shape and step. Errors: InvalidRequest when they differ.
TrainerState join_members(std::span<const TrainerState* const> parts);

}  // namespace superpose
