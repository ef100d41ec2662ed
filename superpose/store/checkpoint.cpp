#include "superpose/store/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "superpose/core/error.h"
#include "superpose/core/version.h"
#include "superpose/store/result_directory.h"
#include "superpose/store/run_tensors.h"

namespace superpose::store {
namespace {

using safetensors::File;

/// Cycles between two looks at the clock, about a second on one core.
constexpr double kCyclesBetweenLooks = 3.5e9;

/// Before the names of the recorded models' tensors, beside those of the model in training.
constexpr const char* kRecorded = "recorded.";

/// The shape in training: of every restart of every instance.
Shape members_of(const Experiment& experiment) {
  Shape shape = experiment.model.shape;
  shape.n_instances *= experiment.train.restarts;
  return shape;
}

std::array<std::int64_t, 3> moments_shape(ModelKind kind, const Shape& members) {
  return {members.n_instances, 2, static_cast<std::int64_t>(parameters_per_instance(kind, members))};
}

/// The whole experiment as a tensor of characters.
safetensors::Tensor text_tensor(const std::string& text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {.dtype = safetensors::DType::kU8,
          .shape = {static_cast<std::int64_t>(text.size())},
          .bytes = {bytes.begin(), bytes.end()}};
}

void expect_same_origin(const File& file, const Experiment& experiment) {
  const auto version = file.metadata.find("superpose_version");
  if (version == file.metadata.end() || version->second != kVersion) {
    throw InvalidRequest(
        {.expected = fmt::format("a checkpoint of superpose {}", kVersion), .got = "another version's"});
  }
  const auto text = file.tensors.find("experiment");
  if (text == file.tensors.end() || text->second != text_tensor(to_toml(experiment))) {
    throw InvalidRequest({.expected = "a checkpoint of this experiment", .got = "another's"});
  }
}

Checkpoint read_state(const File& file, const Experiment& experiment) {
  expect_same_origin(file, experiment);
  const Shape members = members_of(experiment);
  const std::int64_t taken = file.integers("steps_taken", {}).front();
  if (taken < 0 || taken > experiment.train.steps) {
    throw InvalidRequest({.key = "tensor \"steps_taken\"",
                          .expected = fmt::format("a number from 0 to {}", experiment.train.steps),
                          .got = fmt::to_string(taken)});
  }
  const auto values = file.floats("moments", moments_shape(experiment.model.kind, members));
  AlignedBuffer<float> moments(values.size());
  std::ranges::copy(values, moments.data());
  return {.state = {.step = taken,
                    .model = read_model(file, experiment.model.kind, members),
                    .moments = std::move(moments)},
          .history = read_history(file, experiment, taken, members.n_instances, kRecorded)};
}

}  // namespace

void write_checkpoint(const Directory& directory, const Experiment& experiment, const TrainerState& state,
                      const History& history) {
  const auto shape = moments_shape(state.model.kind(), state.model.shape());
  File tensors;
  add_provenance(tensors, experiment);
  tensors.tensors["experiment"] = text_tensor(to_toml(experiment));
  tensors.add("steps_taken", {}, std::span(&state.step, 1));
  tensors.add("moments", {shape.begin(), shape.end()}, state.moments.span());
  add_model(tensors, state.model);
  add_history(tensors, history, state.model.shape().n_instances, kRecorded);
  directory.write_whole(kCheckpointFile, safetensors::serialise(tensors));
}

Checkpoint read_checkpoint(const Directory& directory, const Experiment& experiment) {
  return with_tensors(directory, kCheckpointFile,
                      [&](const File& tensors) { return read_state(tensors, experiment); });
}

std::int64_t checkpoint_interval(const Experiment& experiment) {
  const double steps =
      kCyclesBetweenLooks / most_step_cycles(members_of(experiment), experiment.train.batch_size);
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(steps), 1, experiment.record.every);
}

}  // namespace superpose::store
