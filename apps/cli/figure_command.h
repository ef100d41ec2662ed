#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "apps/cli/command.h"
#include "superpose/figures/sweep_figure.h"
#include "superpose/store/figure_file.h"

namespace superpose::cli {

/// `superpose figure KIND RUN_DIR... --out FILE [--metric NAME] [--x KEY] [--y KEY]`: draws a finished run,
/// with others beside it, a study or a sweep.
struct FigureCommand {
  std::string kind;
  std::vector<std::filesystem::path> directories;  ///< the main one last
  std::filesystem::path out;
  std::string width = {}, height = {};  ///< with a unit; empty: what the kind takes
  std::string font = {}, theme = {}, which = {};
  std::optional<std::string> title = {};  ///< "none": none
  std::optional<double> font_size = {};   ///< points
  store::FileOptions file = {};
  figures::SweepView view;  ///< of the kind sweep
};

void add_figure_command(CLI::App& app, Action& action);
int figure(const FigureCommand& command);

}  // namespace superpose::cli
