#include "superpose/store/experiment_file.h"

#include "superpose/store/available_memory.h"
#include "superpose/store/files.h"

namespace superpose::store {

Experiment load_experiment(const std::filesystem::path& file, std::span<const std::string> overrides) {
  return parse_experiment({.text = read_text(file),
                           .file = file.string(),
                           .overrides = {overrides.begin(), overrides.end()},
                           .memory_limit = available_bytes()});
}

}  // namespace superpose::store
