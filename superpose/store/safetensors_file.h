#pragma once

#include <filesystem>

#include "superpose/core/error.h"  // IWYU pragma: export
#include "superpose/models/safetensors.h"

namespace superpose::store {

/// Reads a safetensors file. Errors: InvalidRequest with the file as its place, when it is not there, cannot
/// be read or is no safetensors file.
safetensors::File read_safetensors(const std::filesystem::path& file);

/// Writes a safetensors file, whole or not at all. Errors: as of safetensors::serialise, with the file as
/// the place; Error when it cannot be written.
void write_safetensors(const std::filesystem::path& file, const safetensors::File& tensors);

}  // namespace superpose::store
