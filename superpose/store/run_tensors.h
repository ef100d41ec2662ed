#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/experiment/experiment.h"
#include "superpose/models/safetensors.h"
#include "superpose/store/directory.h"
#include "superpose/store/files.h"
#include "superpose/train/ensemble.h"
#include "superpose/train/history.h"

/// Helpers for the tensor files of a run directory.
namespace superpose::store {

/// All members of a run.
MemberRange all_members(const Experiment& experiment);
/// The shape of the model of some members of a run. members: nothing means all of them.
Shape shape_of_members(const Experiment& experiment, const std::optional<MemberRange>& members);

/// The name of members in files and directories: "0-12" for members [0, 12).
std::string name_of(const MemberRange& members);

/// The metadata key that says which members of a run a file holds. Files of a whole run lack it.
inline constexpr std::string_view kMembersKey = "members";

/// Adds the metadata that say what wrote a file, and from which experiment. members: those of a part of a
/// run.
void add_provenance(safetensors::File& file, const Experiment& experiment,
                    const std::optional<MemberRange>& members = {});

/// Bytes as a tensor, text as a tensor, and that text again.
safetensors::Tensor bytes_tensor(std::span<const std::byte> bytes);
safetensors::Tensor text_tensor(std::string_view text);
std::string text_of(const safetensors::Tensor& tensor);

/// Refuses a checkpoint of another version of this library, whose bits may differ. Errors: InvalidRequest.
void expect_own_version(const safetensors::File& file);

/// Adds W, or W1 and W2, and b_final.
void add_model(safetensors::File& file, const Model& model);
/// Reads what add_model wrote. Errors: InvalidRequest when a tensor is missing or has another shape.
Model read_model(const safetensors::File& file, ModelKind kind, const Shape& shape);

/// Adds several models of one kind and shape as tensors (count, ...). Adds nothing where there are no models.
/// prefix: the beginning of the tensors' names.
void add_models(safetensors::File& file, std::span<const Model> models, const std::string& prefix = "");
/// Reads what add_models wrote. alike: a model of the expected kind and shape. Errors: as of read_model.
std::vector<Model> read_models(const safetensors::File& file, const Model& alike, std::int64_t count,
                               const std::string& prefix = "");

/// Adds step (rows), lr (rows) and loss (rows, columns), and the recorded models (rows, columns, ...) if
/// there are any. prefix: the beginning of the names of the models' tensors.
void add_history(safetensors::File& file, const History& history, std::int64_t columns,
                 const std::string& prefix = "");
/// Reads what add_history wrote. steps: the number of steps taken so far. Errors: InvalidRequest when a
/// tensor is missing or has another shape, or when the rows are not those that the experiment records in
/// these steps.
History read_history(const safetensors::File& file, const Experiment& experiment, std::int64_t steps,
                     std::int64_t columns, const std::string& prefix = "");

/// Reads a safetensors file and returns what `use` makes of it. file: its name for messages.
/// Errors: InvalidRequest with the file as its place, for whatever parse or `use` finds wrong.
template <class Use>
auto with_tensors(const std::vector<std::byte>& bytes, const std::filesystem::path& file, Use use) {
  try {
    return use(safetensors::parse(bytes));
  } catch (const InvalidRequest& error) {
    throw error.at({.kind = Place::Kind::kFile, .name = file.string()});
  }
}

/// with_tensors() for a file by its path.
template <class Use>
auto with_tensors(const std::filesystem::path& file, Use use) {
  return with_tensors(read_bytes(file), file, use);
}

/// with_tensors() for a file in a directory.
template <class Use>
auto with_tensors(const Directory& directory, std::string_view name, Use use) {
  return with_tensors(directory.read_bytes(name), directory / name, use);
}

}  // namespace superpose::store
