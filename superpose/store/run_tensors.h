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

/// What the tensor files of a run directory have in common.
namespace superpose::store {

/// All members of a run.
MemberRange all_members(const Experiment& experiment);
/// The shape of the model of some of a run's members, or of all.
Shape shape_of_members(const Experiment& experiment, const std::optional<MemberRange>& members);

/// "0-12": members [0, 12), as files and directories have it.
std::string name_of(const MemberRange& members);

/// The key of the metadata that says which of a run's members a file is of. A whole run's has none.
inline constexpr std::string_view kMembersKey = "members";

/// The metadata of such a file: who wrote it, and from what. members: of a part of a run.
void add_provenance(safetensors::File& file, const Experiment& experiment,
                    const std::optional<MemberRange>& members = {});

/// Adds W, or W1 and W2, and b_final.
void add_model(safetensors::File& file, const Model& model);
/// Reads them. Errors: InvalidRequest when one is missing or has another shape.
Model read_model(const safetensors::File& file, ModelKind kind, const Shape& shape);

/// The same of several models of one kind and shape, (count, ...); of none: nothing. prefix: of the tensors'
/// names.
void add_models(safetensors::File& file, std::span<const Model> models, const std::string& prefix = "");
/// Reads them. alike: of the expected kind and shape. Errors: as of read_model.
std::vector<Model> read_models(const safetensors::File& file, const Model& alike, std::int64_t count,
                               const std::string& prefix = "");

/// Adds step (rows), lr (rows), loss (rows, columns), and the models (rows, columns, ...) where there are.
/// prefix: of the names of the models' tensors.
void add_history(safetensors::File& file, const History& history, std::int64_t columns,
                 const std::string& prefix = "");
/// Reads them. steps: those taken so far.
/// Errors: InvalidRequest when one is missing or has another shape, or the rows are not those that the
/// experiment records in so many steps.
History read_history(const safetensors::File& file, const Experiment& experiment, std::int64_t steps,
                     std::int64_t columns, const std::string& prefix = "");

/// Reads a safetensors file and returns what `use` makes of it. file: its name for messages.
/// Errors: InvalidRequest; whatever parse or `use` finds wrong is said of the file.
template <class Use>
auto with_tensors(const std::vector<std::byte>& bytes, const std::filesystem::path& file, Use use) {
  try {
    return use(safetensors::parse(bytes));
  } catch (const InvalidRequest& error) {
    throw error.at({.kind = Place::Kind::kFile, .name = file.string()});
  }
}

/// The same of a file by its path.
template <class Use>
auto with_tensors(const std::filesystem::path& file, Use use) {
  return with_tensors(read_bytes(file), file, use);
}

/// The same of a file in a directory.
template <class Use>
auto with_tensors(const Directory& directory, std::string_view name, Use use) {
  return with_tensors(directory.read_bytes(name), directory / name, use);
}

}  // namespace superpose::store
