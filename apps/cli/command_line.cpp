#include "apps/cli/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <filesystem>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "apps/cli/command.h"
#include "apps/cli/figure_command.h"
#include "apps/cli/hints.h"
#include "apps/cli/metrics_command.h"
#include "apps/cli/output.h"
#include "apps/cli/paper_command.h"
#include "apps/cli/run_command.h"
#include "apps/cli/version.h"
#include "superpose/core/error.h"
#include "superpose/experiment/experiment_keys.h"
#include "superpose/experiment/suggestion.h"

namespace superpose::cli {
namespace {

int complain(int status, std::string_view message) {
  tell(message);
  return status;
}

/// Where --out is missing, what was probably meant as its value, "--out NAME"; "" where nothing was.
std::string out_hint(const std::vector<CLI::App*>& chosen) {
  if (chosen.empty()) return "";
  const auto* out = chosen.front()->get_option_no_throw("--out");
  if (out == nullptr || out->count() > 0) return "";
  std::vector<std::string> words = chosen.front()->remaining();
  if (const auto* directories = chosen.front()->get_option_no_throw("RUN_DIR"); directories != nullptr)
    words = directories->results();
  const auto looks_meant = [&](const std::string& word) {
    const bool is_file = std::filesystem::path(word).has_extension();
    return !word.starts_with('-') && is_file == (chosen.front()->get_name() == "figure");
  };
  const auto meant = std::ranges::find_if(words, looks_meant);
  return meant == words.end() ? "" : fmt::format("did you mean --out {}?", *meant);
}

/// The name of an option, in backquotes, and what was probably meant by it. command: the one that does not
/// have it.
std::string describe_unknown_option(const std::string& word, const CLI::App& command) {
  const std::string name = word.substr(0, word.find('='));
  const std::string what = fmt::format("unknown option `{}`", name);
  const std::string key = name.substr(std::min(name.find_first_not_of('-'), name.size()));
  if (names_key(key + "=", experiment_keys()) && command.get_option_no_throw("--set") != nullptr)
    return fmt::format("{}; did you mean `--set {}=VALUE`?", what, key);
  std::vector<std::string> known;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& known_name : option->get_lnames()) known.push_back("--" + known_name);
  }
  const auto meant = closest(name, std::vector<std::string_view>(known.begin(), known.end()));
  return meant ? fmt::format("{}; did you mean `{}`?", what, *meant) : what;
}

/// What is wrong with a command line that CLI11 refused.
std::string describe_wrong_arguments(const CLI::App& app, const CLI::ParseError& error) {
  const auto chosen = app.get_subcommands();
  const CLI::App& taker = chosen.empty() || app.remaining_size() > 0 ? app : *chosen.front();
  std::vector<std::string> not_taken = taker.remaining();
  if (chosen.empty() && !not_taken.empty() && !not_taken.front().starts_with('-'))
    return fmt::format("unknown command {}; there are run, paper, figure and metrics", not_taken.front());
  const auto options_end = std::ranges::find(not_taken, "--");
  const auto option = std::ranges::find_if(not_taken.begin(), options_end,
                                           [](const auto& word) { return word.starts_with('-'); });
  if (option != options_end) return describe_unknown_option(*option, taker);
  if (options_end != not_taken.end()) not_taken.erase(options_end);

  std::string what = error.what();
  what = what.substr(0, what.find('\n'));
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr)
    what = fmt::format("unexpected argument `{}`", not_taken.front());
  const std::string hint = out_hint(chosen);
  return hint.empty() ? what : what + "; " + hint;
}

/// One line about a command line that CLI11 refused, and where to read more.
int complain_about_arguments(const CLI::App& app, const CLI::ParseError& error) {
  const auto chosen = app.get_subcommands();
  const std::string command = chosen.empty() ? "superpose" : "superpose " + chosen.front()->get_name();
  return complain(kWrongRequest,
                  fmt::format("{} (see `{} --help`)", describe_wrong_arguments(app, error), command));
}

int parse_and_run(int argc, const char* const* argv) {
  CLI::App app(
      "Superpose: toy models of superposition. Trains many small autoencoders side by side, measures how\n"
      "they store more features than they have dimensions, and draws it.",
      "superpose");
  bool version = false, verbose = false;
  auto* version_flag = app.add_flag("--version", version, "Print the version and exit");
  app.add_flag("--verbose", verbose, "With --version: the instruction set, threads, memory and compiler, too")
      ->needs(version_flag);
  app.get_formatter()->column_width(34);
  app.require_subcommand(0, 1);

  Action action;
  add_run_command(app, action);
  add_paper_command(app, action);
  add_figure_command(app, action);
  add_metrics_command(app, action);

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& done) {  // --help
    return app.exit(done);
  } catch (const CLI::ParseError& error) {
    return complain_about_arguments(app, error);
  }
  if (version) {
    action = [verbose] {
      say("{}", version_text(verbose));
      return kDone;
    };
  }
  if (!action) {
    tell_text(app.help());
    return kWrongRequest;
  }
  const int status = action();
  if (const int error = finish_output(); error != 0)
    return complain(kFailed, "standard output: " + std::generic_category().message(error));
  return status;
}

}  // namespace

int command_line(int argc, const char* const* argv) {
  try {
    return parse_and_run(argc, argv);
  } catch (const InvalidRequest& error) {
    return complain(kWrongRequest, describe(error));
  } catch (const std::bad_alloc&) {
    return complain(kFailed, "out of memory");
  } catch (const std::exception& error) {
    return complain(kFailed, error.what());
  }
}

}  // namespace superpose::cli
