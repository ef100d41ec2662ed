#pragma once

#include <functional>

namespace superpose::cli {

/// What the command line asks for, ready to be carried out. returns: an exit status.
using Action = std::function<int()>;

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;        ///< it failed while running, or was stopped
inline constexpr int kWrongRequest = 2;  ///< bad flag, file or value; nothing was written

}  // namespace superpose::cli
