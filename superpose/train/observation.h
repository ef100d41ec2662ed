#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "superpose/models/model.h"

namespace superpose {

/// What an observer sees after the update of a step. Valid only during the call, in which any thread may read
/// it: nothing is trained meanwhile.
struct Observation {
  std::int64_t step;   ///< the step just taken, 0 <= step < steps
  std::int64_t steps;  ///< steps of the whole run
  double lr;           ///< learning rate of this step, schedule included
  std::span<const float>
      loss;            ///< (members), on this step's batch, before its update; empty where it is not wanted
  const Model& model;  ///< of all members: restart r of instance i has number i * restarts + r
};

/// Called during training, on the thread that trains. These are the hooks of the notebook.
using Observer = std::function<void(const Observation&)>;

}  // namespace superpose
