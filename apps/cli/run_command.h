#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>

#include "apps/cli/command.h"
#include "apps/cli/training.h"

namespace superpose::cli {

/// `superpose run EXPERIMENT.toml --out DIR`: trains an experiment into a run directory.
struct RunCommand {
  std::filesystem::path experiment;
  TrainingOptions training;
};

void add_run_command(CLI::App& app, Action& action);
int run(const RunCommand& command);

}  // namespace superpose::cli
