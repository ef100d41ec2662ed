#include "superpose/store/run_tensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <vector>

#include "superpose/core/version.h"

namespace superpose::store {
namespace {

using Counts = std::vector<std::int64_t>;

/// The shape of the matrices, or of the vectors, of all instances. models: {n} puts an axis of n models in
/// front; {} is for one model without that axis.
Counts weights_shape(Counts models, const Shape& shape) {
  models.insert(models.end(), {shape.n_instances, shape.n_features, shape.n_hidden});
  return models;
}
Counts features_shape(Counts models, const Shape& shape) {
  models.insert(models.end(), {shape.n_instances, shape.n_features});
  return models;
}

/// One part of each model, one after the other.
template <class Part>
std::vector<float> gather(std::span<const Model> models, const Part& part) {
  std::vector<float> values;
  for (const Model& model : models) {
    const std::span<const float> of_model = part(model);
    values.insert(values.end(), of_model.begin(), of_model.end());
  }
  return values;
}

template <class Part>
void scatter(std::span<const float> values, std::span<Model> models, const Part& part) {
  for (Model& model : models) {
    const std::span<float> of_model = part(model);
    std::ranges::copy(values.first(of_model.size()), of_model.begin());
    values = values.subspan(of_model.size());
  }
}

constexpr auto kW = [](auto& model) { return model.W(); };
constexpr auto kW2 = [](auto& model) { return model.W2(); };
constexpr auto kBias = [](auto& model) { return model.b_final(); };

/// Adds models to a file. prefix: the beginning of the tensors' names. counted: whether their first axis
/// counts the models.
void add(safetensors::File& file, std::span<const Model> models, const std::string& prefix, bool counted) {
  const Counts count = counted ? Counts{std::ssize(models)} : Counts{};
  const Shape& shape = models.front().shape();
  const bool tied = parts(models.front().kind()).tied;
  file.add(prefix + (tied ? "W" : "W1"), weights_shape(count, shape), gather(models, kW));
  if (!tied) file.add(prefix + "W2", weights_shape(count, shape), gather(models, kW2));
  file.add(prefix + "b_final", features_shape(count, shape), gather(models, kBias));
}

/// Reads into models. models: of the expected kind and shape.
void read(const safetensors::File& file, std::span<Model> models, const std::string& prefix, bool counted) {
  const Counts count = counted ? Counts{std::ssize(models)} : Counts{};
  const Shape& shape = models.front().shape();
  const bool tied = parts(models.front().kind()).tied;
  scatter(file.floats(prefix + (tied ? "W" : "W1"), weights_shape(count, shape)), models, kW);
  if (!tied) scatter(file.floats(prefix + "W2", weights_shape(count, shape)), models, kW2);
  scatter(file.floats(prefix + "b_final", features_shape(count, shape)), models, kBias);
}

/// The number of rows that a run records in its first `taken` steps: at steps 0, every, 2 every, ... and the
/// last.
std::int64_t recorded_rows(const Experiment& experiment, std::int64_t taken) {
  const std::int64_t every = experiment.record.every, steps = experiment.train.steps;
  const bool ends_between = taken >= steps && (steps - 1) % every != 0;
  return (taken + every - 1) / every + (ends_between ? 1 : 0);
}

/// Whether the rows are of the steps that a run records.
bool are_recorded(const Counts& rows, const Experiment& experiment) {
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto step = static_cast<std::int64_t>(row) * experiment.record.every;
    if (rows[row] != std::min(step, experiment.train.steps - 1)) return false;
  }
  return true;
}

}  // namespace

MemberRange all_members(const Experiment& experiment) {
  return {.begin = 0, .end = experiment.model.shape.n_instances * experiment.train.restarts};
}

Shape shape_of_members(const Experiment& experiment, const std::optional<MemberRange>& members) {
  Shape shape = experiment.model.shape;
  shape.n_instances = members.value_or(all_members(experiment)).size();
  return shape;
}

std::string name_of(const MemberRange& members) {
  return fmt::format("{}-{}", members.begin, members.end);
}

void add_provenance(safetensors::File& file, const Experiment& experiment,
                    const std::optional<MemberRange>& members) {
  file.metadata = {{"format", "pt"},  // what Hugging Face's tools want to see
                   {"superpose_version", std::string(kVersion)},
                   {"kind", std::string(name(experiment.model.kind))},
                   {"seed", fmt::to_string(experiment.train.seed)}};
  if (members) file.metadata.emplace(kMembersKey, name_of(*members));
}

safetensors::Tensor bytes_tensor(std::span<const std::byte> bytes) {
  return {
      .dtype = safetensors::DType::kU8, .shape = {std::ssize(bytes)}, .bytes = {bytes.begin(), bytes.end()}};
}

safetensors::Tensor text_tensor(std::string_view text) {
  return bytes_tensor(std::as_bytes(std::span(text)));
}

std::string text_of(const safetensors::Tensor& tensor) {
  std::string text(tensor.bytes.size(), ' ');
  std::ranges::transform(tensor.bytes, text.begin(), [](std::byte byte) { return static_cast<char>(byte); });
  return text;
}

void expect_own_version(const safetensors::File& file) {
  const auto version = file.metadata.find("superpose_version");
  if (version != file.metadata.end() && version->second == kVersion) return;
  throw InvalidRequest(
      {.expected = fmt::format("a checkpoint of superpose {}", kVersion), .got = "another version's"});
}

void add_model(safetensors::File& file, const Model& model) {
  add(file, std::span(&model, 1), "", /*counted=*/false);
}

Model read_model(const safetensors::File& file, ModelKind kind, const Shape& shape) {
  Model model(kind, shape);
  read(file, std::span(&model, 1), "", /*counted=*/false);
  return model;
}

void add_models(safetensors::File& file, std::span<const Model> models, const std::string& prefix) {
  if (!models.empty()) add(file, models, prefix, /*counted=*/true);
}

std::vector<Model> read_models(const safetensors::File& file, const Model& alike, std::int64_t count,
                               const std::string& prefix) {
  std::vector<Model> models(static_cast<std::size_t>(count), alike);
  if (count > 0) read(file, models, prefix, /*counted=*/true);
  return models;
}

void add_history(safetensors::File& file, const History& history, std::int64_t columns,
                 const std::string& prefix) {
  const auto rows = static_cast<std::int64_t>(history.rows());
  file.add("step", {rows}, history.step);
  file.add("lr", {rows}, history.lr);
  file.add("loss", {rows, columns}, history.loss);
  add_models(file, history.models, prefix);
}

History read_history(const safetensors::File& file, const Experiment& experiment, std::int64_t steps,
                     std::int64_t columns, const std::string& prefix) {
  const std::int64_t rows = recorded_rows(experiment, steps);
  History history{.step = file.integers("step", Counts{rows}),
                  .lr = file.floats("lr", Counts{rows}),
                  .loss = file.floats("loss", Counts{rows, columns})};
  if (experiment.record.parameters) {
    Shape shape = experiment.model.shape;
    shape.n_instances = columns;
    history.models = read_models(file, Model(experiment.model.kind, shape), rows, prefix);
  }
  if (!are_recorded(history.step, experiment)) {
    throw InvalidRequest({.key = "tensor \"step\"",
                          .expected = fmt::format("every {} of {} steps and the last",
                                                  experiment.record.every, experiment.train.steps),
                          .got = "others"});
  }
  return history;
}

}  // namespace superpose::store
