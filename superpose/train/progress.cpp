#include "superpose/train/progress.h"

#include <cmath>

namespace superpose {

TrainingProgress progress_of(const Observation& observation) {
  TrainingProgress progress{
      .step = observation.step + 1, .steps = observation.steps, .lr = observation.lr, .loss = 0};
  for (const float loss : observation.loss) {
    if (std::isfinite(loss)) {
      progress.loss += static_cast<double>(loss);
    } else {
      ++progress.not_finite;
    }
  }
  progress.loss /= static_cast<double>(observation.loss.size() - progress.not_finite);
  return progress;
}

}  // namespace superpose
