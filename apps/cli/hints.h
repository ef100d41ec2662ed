#pragma once

#include <filesystem>
#include <string>

#include "superpose/core/error.h"

namespace superpose::cli {

/// How results that are not finished are finished: the command to type.
std::string resume_command(const std::filesystem::path& directory);

/// What a request has wrong, with what to type instead where the command knows it.
std::string describe(const InvalidRequest& error);

}  // namespace superpose::cli
