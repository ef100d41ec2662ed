#pragma once

#include <atomic>

namespace superpose::cli {

/// From now on the first Ctrl-C (SIGINT), SIGTERM or closing of the terminal (SIGHUP) sets the flag, and a
/// second one ends the process at once; those that are ignored already, as by nohup, stay ignored. Readers of
/// the command's output that go away end nothing any more (SIGPIPE). returns: the flag.
const std::atomic<bool>& stop_on_interrupt();

}  // namespace superpose::cli
