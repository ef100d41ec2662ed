#include "superpose/experiment/run_tensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "superpose/core/version.h"

namespace superpose {
namespace {

using Counts = std::vector<std::int64_t>;

Counts weights_shape(const Shape& shape) {
  return {shape.n_instances, shape.n_features, shape.n_hidden};
}
Counts features_shape(const Shape& shape) {
  return {shape.n_instances, shape.n_features};
}

/// Rows that a run records in its first `taken` steps: steps 0, every, 2 every, ... and the last.
Counts recorded_steps(const Experiment& experiment, std::int64_t taken) {
  Counts steps;
  for (std::int64_t step = 0; step < taken; step += experiment.record.every) steps.push_back(step);
  const std::int64_t last = experiment.train.steps - 1;
  if (taken > last && steps.back() != last) steps.push_back(last);
  return steps;
}

}  // namespace

void add_provenance(safetensors::File& file, const Experiment& experiment) {
  file.metadata = {{"format", "pt"},  // what Hugging Face's tools want to see
                   {"superpose_version", std::string(kVersion)},
                   {"kind", std::string(name(experiment.model.kind))},
                   {"seed", fmt::to_string(experiment.train.seed)}};
}

void add_model(safetensors::File& file, const Model& model) {
  const Counts weights = weights_shape(model.shape());
  if (parts(model.kind()).tied) {
    file.add("W", weights, model.W());
  } else {
    file.add("W1", weights, model.W());
    file.add("W2", weights, model.W2());
  }
  file.add("b_final", features_shape(model.shape()), model.b_final());
}

Model read_model(const safetensors::File& file, ModelKind kind, const Shape& shape) {
  const bool tied = parts(kind).tied;
  const Counts weights = weights_shape(shape);
  const auto W = file.floats(tied ? "W" : "W1", weights);
  const auto W2 = tied ? std::vector<float>() : file.floats("W2", weights);
  const auto b_final = file.floats("b_final", features_shape(shape));
  Model model(kind, shape);
  std::ranges::copy(W, model.W().begin());
  std::ranges::copy(W2, model.W2().begin());
  std::ranges::copy(b_final, model.b_final().begin());
  return model;
}

void add_history(safetensors::File& file, const History& history, std::int64_t columns) {
  const auto rows = static_cast<std::int64_t>(history.rows());
  file.add("step", {rows}, history.step);
  file.add("lr", {rows}, history.lr);
  file.add("loss", {rows, columns}, history.loss);
}

History read_history(const safetensors::File& file, const Experiment& experiment, std::int64_t steps,
                     std::int64_t columns) {
  const Counts recorded = recorded_steps(experiment, steps);
  const auto rows = static_cast<std::int64_t>(recorded.size());
  History history{.step = file.integers("step", Counts{rows}),
                  .lr = file.floats("lr", Counts{rows}),
                  .loss = file.floats("loss", Counts{rows, columns})};
  if (history.step != recorded) {
    throw InvalidRequest(
        fmt::format("tensor \"step\": expected every {} of {} steps and the last, got others",
                    experiment.record.every, experiment.train.steps));
  }
  return history;
}

}  // namespace superpose
