#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "apps/cli/command.h"
#include "apps/cli/training.h"

namespace superpose::cli {

/// `superpose paper NAME --out DIR`: trains, draws and measures an experiment of the paper; `--list` names
/// them.
struct PaperCommand {
  std::string name;
  TrainingOptions training;
  bool list = false;
};

void add_paper_command(CLI::App& app, Action& action);
int paper(const PaperCommand& command);

}  // namespace superpose::cli
