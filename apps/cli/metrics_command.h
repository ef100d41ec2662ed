#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>

#include "apps/cli/command.h"

namespace superpose::cli {

/// `superpose metrics RUN_DIR [--json | --csv [--restarts | --features]]`: measures a finished run or sweep.
struct MetricsCommand {
  std::filesystem::path directory;
  bool json = false;
  bool csv = false;
  bool restarts = false, features = false;  ///< what lines of the CSV are about, in place of instances
};

void add_metrics_command(CLI::App& app, Action& action);
int metrics(const MetricsCommand& command);

}  // namespace superpose::cli
