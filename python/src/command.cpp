#include "apps/cli/command_line.h"

#include <nanobind/nanobind.h>
#include <nanobind/stl/vector.h>

#include <csignal>
#include <vector>

#include "python/src/bindings.h"

namespace superpose::python {
namespace {

namespace nb = nanobind;
using namespace nb::literals;

/// The interpreter handles Ctrl-C and ignores readers that go away. The command does both in its own way.
/// Files too large (SIGXFSZ) stay ignored: a write that fails has a message.
void give_signals_back() {
  struct sigaction interrupt = {};
  const bool is_ignored = sigaction(SIGINT, nullptr, &interrupt) == 0 && interrupt.sa_handler == SIG_IGN;
  if (!is_ignored) std::signal(SIGINT, SIG_DFL);
  std::signal(SIGPIPE, SIG_DFL);
}

}  // namespace

void bind_command(nb::module_& module) {
  module.def(
      "command",
      [](const std::vector<nb::bytes>& arguments) {
        std::vector<const char*> argv;
        for (const nb::bytes& argument : arguments) argv.push_back(argument.c_str());
        argv.push_back(nullptr);
        give_signals_back();
        return cli::command_line(static_cast<int>(arguments.size()), argv.data());
      },
      "arguments"_a,
      "The `superpose` command. arguments: the program's name first. Signals are the command's from then "
      "on.");
}

}  // namespace superpose::python
