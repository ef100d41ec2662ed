#include "superpose/train/restarts.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "superpose/core/error.h"
#include "superpose/core/floating_point.h"

namespace superpose {

std::vector<std::int64_t> best_restarts(std::span<const float> loss, std::int64_t restarts) {
  const auto better = [](float a, float b) {
    return std::isfinite(a) && !(a >= b);
  };  // any finite loss beats NaN and infinity
  std::vector<std::int64_t> best;
  const auto count = static_cast<std::size_t>(restarts);
  for (std::size_t first = 0; first < loss.size(); first += count) {
    const auto of_instance = loss.subspan(first, count);
    best.push_back(std::ranges::min_element(of_instance, better) - of_instance.begin());
  }
  return best;
}

TrainedModel keep_best_restarts(const Model& members, std::span<const float> loss, std::int64_t restarts) {
  const StandardFloatingPoint mode;
  TrainedModel trained{
      .model = Model(members.kind(), {}), .loss = {}, .kept_restart = best_restarts(loss, restarts)};
  const auto count = static_cast<std::size_t>(restarts);
  for (std::size_t r = 0; r < count; ++r) {
    for (std::size_t member = r; member < loss.size(); member += count)
      trained.restart_loss.push_back(loss[member]);
  }
  std::vector<std::int64_t> kept;
  for (const std::int64_t restart : trained.kept_restart) {
    kept.push_back(std::ssize(kept) * restarts + restart);
    trained.loss.push_back(loss[static_cast<std::size_t>(kept.back())]);
  }
  trained.model = choose_instances(members, kept);
  return trained;
}

std::vector<Model> models_by_restart(const Model& members, std::int64_t restarts) {
  std::vector<Model> models;
  for (std::int64_t r = 0; r < restarts; ++r) {
    std::vector<std::int64_t> of_restart;
    for (std::int64_t member = r; member < members.shape().n_instances; member += restarts)
      of_restart.push_back(member);
    models.push_back(choose_instances(members, of_restart));
  }
  return models;
}

TrainerState join_members(std::span<const TrainerState* const> parts) {
  std::vector<const Model*> models;
  std::size_t moments = 0;
  for (const TrainerState* part : parts) {
    if (part->step != parts.front()->step)
      throw InvalidRequest(
          {.key = "parts", .expected = "members after the same number of steps", .got = "several"});
    models.push_back(&part->model);
    moments += part->moments.size();
  }
  TrainerState joined{
      .step = parts.front()->step, .model = join_instances(models), .moments = AlignedBuffer<float>(moments)};
  auto* next = joined.moments.data();
  for (const TrainerState* part : parts) next = std::ranges::copy(part->moments.span(), next).out;
  return joined;
}

}  // namespace superpose
