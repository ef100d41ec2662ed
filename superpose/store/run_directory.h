#pragma once

#include <filesystem>
#include <string_view>

#include "superpose/run/run.h"

namespace superpose::store {

/// The files of a run directory.
inline constexpr std::string_view kExperimentFile = "experiment.toml";
inline constexpr std::string_view kModelFile = "model.safetensors";
inline constexpr std::string_view kHistoryFile = "history.safetensors";
inline constexpr std::string_view kRestartsFile = "restarts.safetensors";  ///< where there are several
inline constexpr std::string_view kCheckpointFile =
    "checkpoint.safetensors";                                   ///< of a run that is not finished
inline constexpr std::string_view kClaimsFile = "claims.json";  ///< of an experiment of the paper

/// Reads a run directory. Errors: InvalidRequest that names the file at fault and says what is wrong with it.
run::Run load_run(const std::filesystem::path& directory);

/// Writes a finished run into a directory, made if need be; an older run there is replaced. model.safetensors
/// comes last: where it is, the run is whole.
/// Errors: InvalidRequest as of begin_run; Error when a file cannot be written.
void save_run(const run::Run& run, const std::filesystem::path& directory);

/// The two halves of save_run, for who has not the results yet. The first makes the directory, removes an
/// older run's files, model.safetensors first, and writes experiment.toml; the second writes the rest.
/// Errors: InvalidRequest (nothing changed) when the directory cannot be written to or holds another's files
/// of those names; Error when a file cannot be written or removed.
void begin_run(const Experiment& experiment, const std::filesystem::path& directory);
void finish_run(const run::Run& run, const std::filesystem::path& directory);

/// How a run that is not finished is finished: the command to type.
std::string resume_command(const std::filesystem::path& directory);

}  // namespace superpose::store
