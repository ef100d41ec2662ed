#include "superpose/run/instances.h"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "superpose/core/error.h"

namespace superpose::run {
namespace {

/// Picks instances from a table (rows, n_instances, width). returns: (rows, chosen, width).
template <class T>
std::vector<T> choose(std::span<const T> table, const Shape& shape, std::size_t width,
                      std::span<const std::int64_t> instances) {
  std::vector<T> chosen;
  const std::size_t row = shape.instances() * width;
  for (std::size_t begin = 0; begin < table.size(); begin += row) {
    for (const std::int64_t i : instances) {
      const auto part = table.subspan(begin + static_cast<std::size_t>(i) * width, width);
      chosen.insert(chosen.end(), part.begin(), part.end());
    }
  }
  return chosen;
}

/// Picks instances from an experiment's values, which keep their form; a rule along instances becomes a list.
/// expanded: the values' full table.
Values choose(const Values& values, Axis own, std::span<const float> expanded, const Shape& shape,
              std::span<const std::int64_t> instances) {
  if (const auto* rows = std::get_if<std::vector<std::vector<double>>>(&values))
    return choose(std::span(*rows), shape, 1, instances);
  if (std::holds_alternative<double>(values) || axis_of(values, own) == Axis::kFeatures)
    return values;  // every instance has the same values
  if (const auto* list = std::get_if<std::vector<double>>(&values))
    return choose(std::span(*list), shape, 1, instances);
  std::vector<double> list;
  list.reserve(instances.size());
  for (const std::int64_t i : instances)
    list.push_back(static_cast<double>(expanded[shape.first_feature(i)]));
  return list;
}

std::vector<Model> choose(const std::vector<Model>& models, std::span<const std::int64_t> instances) {
  std::vector<Model> chosen;
  chosen.reserve(models.size());
  for (const Model& model : models) chosen.push_back(choose_instances(model, instances));
  return chosen;
}

}  // namespace

Run choose_instances(const Run& run, std::span<const std::int64_t> instances) {
  const Shape& shape = run.model.shape();
  if (instances.empty())
    throw InvalidRequest({.key = "instances", .expected = "at least one", .got = "none"});
  for (const std::int64_t i : instances) {
    if (i < 0 || i >= shape.n_instances)
      throw InvalidRequest({.key = "instances",
                            .expected = fmt::format("numbers from 0 to {}", shape.n_instances - 1),
                            .got = fmt::to_string(i)});
  }
  const std::size_t n = shape.features();
  Run chosen{.experiment = run.experiment,
             .model = choose_instances(run.model, instances),
             .feature_probability = choose(std::span(run.feature_probability), shape, n, instances),
             .importance = choose(std::span(run.importance), shape, n, instances),
             .loss = choose(std::span(run.loss), shape, 1, instances),
             .history = {.step = run.history.step,
                         .lr = run.history.lr,
                         .loss = choose(std::span(run.history.loss), shape, 1, instances),
                         .models = choose(run.history.models, instances)},
             .restart_loss = choose(std::span(run.restart_loss), shape, 1, instances),
             .kept_restart = choose(std::span(run.kept_restart), shape, 1, instances),
             .restart_models = choose(run.restart_models, instances)};
  auto& experiment = chosen.experiment;
  experiment.model.shape.n_instances = std::ssize(instances);
  experiment.data.feature_probability = choose(run.experiment.data.feature_probability, Axis::kInstances,
                                               run.experiment.feature_probability(), shape, instances);
  experiment.data.importance =
      choose(run.experiment.data.importance, Axis::kFeatures, run.experiment.importance(), shape, instances);
  return chosen;
}

}  // namespace superpose::run
