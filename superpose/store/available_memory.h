#pragma once

#include <optional>

namespace superpose::store {

/// Bytes this process may have: the machine's memory, or the control group's limit where that is lower;
/// nothing where the system does not say.
std::optional<double> available_bytes();

}  // namespace superpose::store
