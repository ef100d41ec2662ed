#pragma once

#include <cstddef>
#include <cstdint>

#include "superpose/train/observation.h"

namespace superpose {

/// How far a training is: what a progress bar shows, as a message that can be sent anywhere.
struct TrainingProgress {
  std::int64_t step = 0;       ///< steps taken
  std::int64_t steps = 1;      ///< of the whole training
  double lr = 0;               ///< of the last step
  double loss = 0;             ///< mean over the members whose loss is finite; NaN when none is
  std::size_t not_finite = 0;  ///< members whose loss is not finite
};

/// Makes the message from what an observer sees.
TrainingProgress progress_of(const Observation& observation);

}  // namespace superpose
