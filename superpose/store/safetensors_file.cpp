#include "superpose/store/safetensors_file.h"

#include <vector>

#include "superpose/store/files.h"
#include "superpose/store/run_tensors.h"

namespace superpose::store {

safetensors::File read_safetensors(const std::filesystem::path& file) {
  return with_tensors(file, [](safetensors::File tensors) { return tensors; });
}

void write_safetensors(const std::filesystem::path& file, const safetensors::File& tensors) {
  std::vector<std::byte> bytes;
  try {
    bytes = safetensors::serialise(tensors);
  } catch (const InvalidRequest& error) {
    throw error.at({.kind = Place::Kind::kFile, .name = file.string()});
  }
  write_whole(file, bytes);
}

}  // namespace superpose::store
