#pragma once

#include "superpose/core/stop.h"

namespace superpose::cli {

/// From now on the first Ctrl-C (SIGINT), SIGTERM or closing of the terminal (SIGHUP) asks the token's
/// holders to stop, and a second one ends the process at once. Signals that are ignored already, as by nohup,
/// stay ignored. A reader of the command's output that goes away no longer ends the process (SIGPIPE).
StopToken stop_on_interrupt();

}  // namespace superpose::cli
