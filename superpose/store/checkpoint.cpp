#include "superpose/store/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "superpose/core/error.h"
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

/// The members that a file belongs to, in words.
std::string described_members(const File& file) {
  const auto members = file.metadata.find(std::string(kMembersKey));
  return members == file.metadata.end() ? "all members" : "members " + on_one_line(members->second);
}

/// The experiment of a file. Errors: InvalidRequest when it is not this one, nor one with fewer steps.
Experiment expect_same_origin(const File& file, const Experiment& experiment,
                              const std::optional<MemberRange>& members) {
  expect_own_version(file);
  const auto text = file.tensors.find("experiment");
  if (text == file.tensors.end())
    throw InvalidRequest({.expected = "a checkpoint of this experiment", .got = "one that names none"});
  const Experiment written = parse_experiment(
      {.text = text_of(text->second), .file = std::string(kCheckpointFile), .overrides = {}});
  if (written != experiment && !is_longer(experiment, written))
    throw InvalidRequest({.expected = "a checkpoint of this experiment", .got = "another's"});
  File expected;
  add_provenance(expected, experiment, members);
  if (described_members(file) != described_members(expected)) {
    throw InvalidRequest({.expected = "a checkpoint of " + described_members(expected),
                          .got = "one of " + described_members(file)});
  }
  return written;
}

Checkpoint read_state(const File& file, const Experiment& experiment,
                      const std::optional<MemberRange>& range) {
  const Experiment written = expect_same_origin(file, experiment, range);
  const Shape members = shape_of_members(experiment, range);
  const std::int64_t taken = file.integers("steps_taken", {}).front();
  if (taken < 0 || taken > written.train.steps) {
    throw InvalidRequest({.key = "tensor \"steps_taken\"",
                          .expected = fmt::format("a number from 0 to {}", written.train.steps),
                          .got = fmt::to_string(taken)});
  }
  const auto values = file.floats("moments", moments_shape(experiment.model.kind, members));
  AlignedBuffer<float> moments(values.size());
  std::ranges::copy(values, moments.data());
  History history = read_history(file, written, taken, members.n_instances, kRecorded);
  if (written != experiment) history.drop_row_between(experiment.record.every);
  return {.state = {.step = taken,
                    .model = read_model(file, experiment.model.kind, members),
                    .moments = std::move(moments)},
          .history = std::move(history)};
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

Checkpoint expect_checkpoint(const Directory& directory, const Experiment& experiment,
                             const std::optional<MemberRange>& members) {
  try {
    return read_checkpoint(directory, experiment, members);
  } catch (const InvalidRequest& error) {
    throw CannotResume(error.fault(), directory.path(), /*resumable=*/false);
  }
}

void check_checkpoint(const std::optional<Directory>& run, const Experiment& experiment) {
  if (run && run->has(kCheckpointFile)) (void)expect_checkpoint(*run, experiment);
}

std::int64_t checkpoint_interval(const Experiment& experiment, const std::optional<MemberRange>& members) {
  const Shape shape = shape_of_members(experiment, members);
  const double steps = kSecondsBetweenLooks / most_step_seconds(shape, experiment.train.batch_size);
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(steps), 1, experiment.record.every);
}

}  // namespace superpose::store
