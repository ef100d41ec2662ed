#pragma once

#include <atomic>

namespace superpose::cli {

/// From now on the first Ctrl-C (SIGINT) or SIGTERM sets the flag, and a second one ends the process at once.
/// returns: the flag.
const std::atomic<bool>& stop_on_interrupt();

}  // namespace superpose::cli
