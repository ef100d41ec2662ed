#include "superpose/train/history.h"

#include "superpose/core/error.h"

namespace superpose {
namespace {

/// Joins the columns of several tables with the same rows.
std::vector<float> join_columns(std::span<const History* const> parts) {
  std::vector<float> joined;
  for (std::size_t row = 0; row < parts.front()->rows(); ++row) {
    for (const History* part : parts) {
      const auto columns = std::span(part->loss).subspan(row * part->columns(), part->columns());
      joined.insert(joined.end(), columns.begin(), columns.end());
    }
  }
  return joined;
}

}  // namespace

void History::record(const Observation& observation) {
  step.push_back(observation.step);
  lr.push_back(static_cast<float>(observation.lr));
  loss.insert(loss.end(), observation.loss.begin(), observation.loss.end());
}

void History::record_with_parameters(const Observation& observation) {
  record(observation);
  models.push_back(observation.model);
}

void History::drop_row_between(std::int64_t every) {
  if (step.empty() || step.back() % every == 0) return;
  loss.resize(loss.size() - columns());
  step.pop_back();
  lr.pop_back();
  if (!models.empty()) models.pop_back();
}

History History::keep(std::span<const std::int64_t> kept_restart, std::int64_t restarts) const {
  std::vector<std::int64_t> members;
  for (const std::int64_t restart : kept_restart) members.push_back(std::ssize(members) * restarts + restart);
  History kept{.step = step, .lr = lr, .loss = {}};
  kept.loss.reserve(rows() * kept_restart.size());
  for (std::size_t row = 0; row < rows(); ++row) {
    for (const std::int64_t member : members)
      kept.loss.push_back(loss[row * columns() + static_cast<std::size_t>(member)]);
  }
  for (const Model& model : models) kept.models.push_back(choose_instances(model, members));
  return kept;
}

History join_histories(std::span<const History* const> parts) {
  const History& first = *parts.front();
  for (const History* part : parts) {
    if (part->step != first.step || part->lr != first.lr || part->models.size() != first.models.size())
      throw InvalidRequest({.key = "parts", .expected = "histories of the same steps", .got = "several"});
  }
  History joined{.step = first.step, .lr = first.lr, .loss = join_columns(parts)};
  for (std::size_t row = 0; row < first.models.size(); ++row) {
    std::vector<const Model*> models;
    for (const History* part : parts) models.push_back(&part->models[row]);
    joined.models.push_back(join_instances(models));
  }
  return joined;
}

}  // namespace superpose
