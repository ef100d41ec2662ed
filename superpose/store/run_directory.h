#pragma once

#include <filesystem>

#include "superpose/run/run.h"
#include "superpose/store/result_directory.h"

namespace superpose::store {

/// Reads a run directory. Where history.safetensors or restarts.safetensors are missing, as in a run of which
/// only the model was copied home, what they say is missing from the run.
/// Errors: InvalidRequest that names the file at fault and says what is wrong with it; NotFinished.
run::Run load_run(const Directory& directory);
run::Run load_run(const std::filesystem::path& directory);

/// Writes a finished run into a directory, made if need be; an older run there is replaced. model.safetensors
/// comes last: where it is, the run is whole.
/// Errors: as of begin_results; Error when a file cannot be written.
void save_run(const run::Run& run, const std::filesystem::path& directory);

/// The second half of that, after begin_results: the results, in order.
/// Errors: Error when a file cannot be written.
void finish_run(const run::Run& run, const Directory& directory);

}  // namespace superpose::store
