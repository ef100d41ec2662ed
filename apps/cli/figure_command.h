#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "apps/cli/command.h"

namespace superpose::cli {

/// `superpose figure KIND RUN_DIR... --out FILE`: draws a finished run, with others beside it.
struct FigureCommand {
  std::string kind;
  std::vector<std::filesystem::path> directories;  ///< the main one last
  std::filesystem::path out;
};

void add_figure_command(CLI::App& app, Action& action);
int figure(const FigureCommand& command);

}  // namespace superpose::cli
