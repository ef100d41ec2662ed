#pragma once

#include <string>

namespace superpose::cli {

/// "superpose 0.1.0". verbose: also what a report of a fault should say about the machine and the build, one
/// line each.
std::string version_text(bool verbose);

}  // namespace superpose::cli
