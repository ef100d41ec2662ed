#include "apps/cli/interrupt.h"

#include <csignal>

namespace superpose::cli {
namespace {

StopSource& source() {
  static auto* const stop = new StopSource;  // never destroyed: a signal may come while the process ends
  return *stop;
}

extern "C" void request_stop(int /*signal*/) {
  source().request_stop();
}

/// A signal that was ignored when the command began stays ignored: by nohup, or by a script that put the
/// command in the background.
void stop_on(int signal) {
  struct sigaction action = {};
  if (sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) return;
  action = {};
  action.sa_handler = request_stop;
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  sigaction(signal, &action, nullptr);
}

}  // namespace

StopToken stop_on_interrupt() {
  StopToken token = source().get_token();  // made before the first signal: a handler must not
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) stop_on(signal);
  std::signal(SIGPIPE, SIG_IGN);
  return token;
}

}  // namespace superpose::cli
