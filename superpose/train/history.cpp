#include "superpose/train/history.h"

namespace superpose {

void History::record(const Observation& observation) {
  step.push_back(observation.step);
  lr.push_back(static_cast<float>(observation.lr));
  loss.insert(loss.end(), observation.loss.begin(), observation.loss.end());
}

History History::keep(std::span<const std::int64_t> kept_restart, std::int64_t restarts) const {
  History kept{.step = step, .lr = lr, .loss = {}};
  kept.loss.reserve(rows() * kept_restart.size());
  for (std::size_t row = 0; row < rows(); ++row) {
    for (std::size_t i = 0; i < kept_restart.size(); ++i) {
      const auto member = static_cast<std::int64_t>(i) * restarts + kept_restart[i];
      kept.loss.push_back(loss[row * columns() + static_cast<std::size_t>(member)]);
    }
  }
  return kept;
}

}  // namespace superpose
