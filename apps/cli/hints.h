#pragma once

#include <filesystem>
#include <string>

#include "superpose/core/error.h"

namespace superpose::cli {

/// The command to type to finish results that are not finished.
std::string resume_command(const std::filesystem::path& directory);

/// What is wrong with a request, with what to type instead where the command knows it.
std::string describe(const InvalidRequest& error);

}  // namespace superpose::cli
