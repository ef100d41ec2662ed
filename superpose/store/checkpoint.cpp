#include "superpose/store/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "superpose/core/error.h"
#include "superpose/core/version.h"
#include "superpose/experiment/toml_reader.h"
#include "superpose/store/result_directory.h"
#include "superpose/store/run_tensors.h"

namespace superpose::store {
namespace {

using safetensors::File;

/// Seconds of work, on one core, between two looks at the clock.
constexpr double kSecondsBetweenLooks = 1;

/// The prefix of the recorded models' tensors. Those of the model in training have none.
constexpr const char* kRecorded = "recorded.";

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

/// The members that a file belongs to, in words.
std::string described_members(const File& file) {
  const auto members = file.metadata.find(std::string(kMembersKey));
  return members == file.metadata.end() ? "all members" : "members " + on_one_line(members->second);
}

void expect_same_origin(const File& file, const Experiment& experiment,
                        const std::optional<MemberRange>& members) {
  const auto version = file.metadata.find("superpose_version");
  if (version == file.metadata.end() || version->second != kVersion) {
    throw InvalidRequest(
        {.expected = fmt::format("a checkpoint of superpose {}", kVersion), .got = "another version's"});
  }
  const auto text = file.tensors.find("experiment");
  if (text == file.tensors.end() || text->second != text_tensor(to_toml(experiment))) {
    throw InvalidRequest({.expected = "a checkpoint of this experiment", .got = "another's"});
  }
  File expected;
  add_provenance(expected, experiment, members);
  if (described_members(file) != described_members(expected)) {
    throw InvalidRequest({.expected = "a checkpoint of " + described_members(expected),
                          .got = "one of " + described_members(file)});
  }
}

Checkpoint read_state(const File& file, const Experiment& experiment,
                      const std::optional<MemberRange>& range) {
  expect_same_origin(file, experiment, range);
  const Shape members = shape_of_members(experiment, range);
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
                      const History& history, const std::optional<MemberRange>& members) {
  const auto shape = moments_shape(state.model.kind(), state.model.shape());
  File tensors;
  add_provenance(tensors, experiment, members);
  tensors.tensors["experiment"] = text_tensor(to_toml(experiment));
  tensors.add("steps_taken", {}, std::span(&state.step, 1));
  tensors.add("moments", {shape.begin(), shape.end()}, state.moments.span());
  add_model(tensors, state.model);
  add_history(tensors, history, state.model.shape().n_instances, kRecorded);
  directory.write_whole(kCheckpointFile, safetensors::serialise(tensors));
}

Checkpoint read_checkpoint(const Directory& directory, const Experiment& experiment,
                           const std::optional<MemberRange>& members) {
  return with_tensors(directory, kCheckpointFile,
                      [&](const File& tensors) { return read_state(tensors, experiment, members); });
}

std::int64_t checkpoint_interval(const Experiment& experiment, const std::optional<MemberRange>& members) {
  const Shape shape = shape_of_members(experiment, members);
  const double steps = kSecondsBetweenLooks / most_step_seconds(shape, experiment.train.batch_size);
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(steps), 1, experiment.record.every);
}

}  // namespace superpose::store
