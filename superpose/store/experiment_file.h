#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "superpose/experiment/experiment.h"

namespace superpose::store {

/// Reads an experiment file and parses it, with this machine's memory as the limit. Errors: InvalidRequest as
/// of parse_experiment, and when the file is not there or cannot be read.
Experiment load_experiment(const std::filesystem::path& file, std::span<const std::string> overrides = {});

}  // namespace superpose::store
