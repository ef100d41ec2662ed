#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "superpose/store/carry_out.h"

namespace superpose::cli {

/// The options that every command that trains takes.
struct TrainingOptions {
  std::filesystem::path directory;     ///< --out
  std::vector<std::string> overrides;  ///< --set, in order
  int threads = 0;                     ///< --threads; 0: all of the machine's
  bool resume = false;                 ///< --resume: go on with what is there
  bool overwrite = false;              ///< --overwrite: replace results of any kind
  bool quiet = false;                  ///< --quiet: nothing on standard output, no progress
};

/// Adds --out, --set, --threads, --resume, --overwrite and --quiet. returns: --out, which the command may
/// require.
CLI::Option* add_training_options(CLI::App& command, TrainingOptions& options);

/// Carries out what a file asks for, with a progress bar or a line that says so on a terminal, until done or
/// interrupted.
store::RunEnd carry_out(const store::Description& description, const TrainingOptions& options);

/// What draws the progress that it is told as a bar on standard error. The bar disappears with its last copy.
store::TellProgress drawn_bar();

/// Whether somebody sees progress: standard error is a terminal, and not --quiet.
bool shows_progress(const TrainingOptions& options);

/// Names the instances whose loss is not finite on standard error. loss: (n_instances), of the run in that
/// directory. returns: the exit status of that.
int report_losses_that_are_not_finite(std::span<const float> loss, const std::filesystem::path& directory);

}  // namespace superpose::cli
