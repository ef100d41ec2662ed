#include "apps/cli/interrupt.h"

#include <csignal>

namespace superpose::cli {
namespace {

std::atomic<bool> stop = false;
static_assert(std::atomic<bool>::is_always_lock_free);  // so a signal handler may set it

extern "C" void request_stop(int /*signal*/) {
  stop = true;
}

/// A signal that was ignored when the command began stays so: of nohup, or of a script's background.
void stop_on(int signal) {
  struct sigaction action = {};
  if (sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) return;
  action = {};
  action.sa_handler = request_stop;
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  sigaction(signal, &action, nullptr);
}

}  // namespace

const std::atomic<bool>& stop_on_interrupt() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) stop_on(signal);
  std::signal(SIGPIPE, SIG_IGN);
  return stop;
}

}  // namespace superpose::cli
