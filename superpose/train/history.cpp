#include "superpose/train/history.h"

namespace superpose {

void History::record(const Observation& observation) {
  step.push_back(observation.step);
  lr.push_back(static_cast<float>(observation.lr));
  loss.insert(loss.end(), observation.loss.begin(), observation.loss.end());
}

void History::record_with_parameters(const Observation& observation) {
  record(observation);
  models.push_back(observation.model);
}

History History::keep(std::span<const std::int64_t> kept_restart, std::int64_t restarts) const {
  const auto member_of = [&](std::size_t i) {
    return static_cast<std::int64_t>(i) * restarts + kept_restart[i];
  };
  History kept{.step = step, .lr = lr, .loss = {}};
  kept.loss.reserve(rows() * kept_restart.size());
  for (std::size_t row = 0; row < rows(); ++row) {
    for (std::size_t i = 0; i < kept_restart.size(); ++i) {
      kept.loss.push_back(loss[row * columns() + static_cast<std::size_t>(member_of(i))]);
    }
  }
  std::vector<std::int64_t> members;
  for (std::size_t i = 0; i < kept_restart.size(); ++i) members.push_back(member_of(i));
  for (const Model& model : models) kept.models.push_back(choose_instances(model, members));
  return kept;
}

}  // namespace superpose
