#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <system_error>

#include "apps/cli/command.h"
#include "apps/cli/figure_command.h"
#include "apps/cli/metrics_command.h"
#include "apps/cli/paper_command.h"
#include "apps/cli/run_command.h"
#include "superpose/core/error.h"
#include "superpose/core/version.h"

namespace superpose::cli {
namespace {

/// On one line, whatever a file's name or a library put into it.
int complain(int status, std::string_view message) {
  std::fputs("superpose: ", stderr);
  for (const char c : message) std::fputc(std::iscntrl(static_cast<unsigned char>(c)) != 0 ? '?' : c, stderr);
  std::fputc('\n', stderr);
  return status;
}

/// One line about a command line that CLI11 refused, and where to read more.
int complain_about_arguments(const CLI::App& app, const CLI::ParseError& error) {
  const auto chosen = app.get_subcommands();
  const std::string command = chosen.empty() ? "superpose" : "superpose " + chosen.front()->get_name();
  std::string what = error.what();
  what = what.substr(0, what.find('\n'));
  if (chosen.empty() && !app.remaining().empty() && !app.remaining().front().starts_with('-')) {
    what =
        fmt::format("unknown command {}; there are run, paper, figure and metrics", app.remaining().front());
  }
  return complain(kWrongRequest, fmt::format("{} (see `{} --help`)", what, command));
}

int run_command_line(int argc, char** argv) {
  CLI::App app(
      "Superpose: toy models of superposition. Trains many small autoencoders side by side, measures how\n"
      "they store more features than they have dimensions, and draws it.",
      "superpose");
  app.set_version_flag("--version", fmt::format("superpose {}", kVersion), "Print the version and exit");
  app.get_formatter()->column_width(34);
  app.require_subcommand(0, 1);

  Action action;
  add_run_command(app, action);
  add_paper_command(app, action);
  add_figure_command(app, action);
  add_metrics_command(app, action);

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& done) {  // --help, --version
    return app.exit(done);
  } catch (const CLI::ParseError& error) {
    return complain_about_arguments(app, error);
  }
  if (!action) {
    fmt::print(stderr, "{}", app.help());
    return kWrongRequest;
  }
  const int status = action();
  if (std::fflush(stdout) != 0) {
    const std::error_code reason(errno, std::generic_category());
    return complain(kFailed, "standard output: " + reason.message());
  }
  return status;
}

/// Says in one line why it failed, if it does.
int guarded(int argc, char** argv) {
  try {
    return run_command_line(argc, argv);
  } catch (const InvalidRequest& error) {
    return complain(kWrongRequest, error.what());
  } catch (const std::bad_alloc&) {
    return complain(kFailed, "out of memory");
  } catch (const std::exception& error) {
    return complain(kFailed, error.what());
  }
}

}  // namespace
}  // namespace superpose::cli

int main(int argc, char** argv) {
  return superpose::cli::guarded(argc, argv);
}
