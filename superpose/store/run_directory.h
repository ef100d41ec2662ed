#pragma once

#include <filesystem>

#include "superpose/run/run.h"
#include "superpose/store/result_directory.h"

namespace superpose::store {

/// Reads a run directory. history.safetensors and restarts.safetensors may be missing, as when only the model
/// was copied home; their part of the run is then empty. Errors: InvalidRequest that names the file at fault
/// and says what is wrong with it; NotFinished when the run is not whole.
run::Run load_run(const Directory& directory);
run::Run load_run(const std::filesystem::path& directory);

/// Whether a whole run was trained by this version of superpose. Errors: InvalidRequest when its model cannot
/// be read.
bool is_of_this_version(const Directory& run);

/// Writes a finished run into a directory, which is made if it is absent. model.safetensors comes last and
/// makes the run whole. older: kKeep refuses a directory with results, kOverwrite replaces them. Errors: as
/// of begin_results; OtherResults; Error when a file cannot be written.
void save_run(const run::Run& run, const std::filesystem::path& directory, Older older = Older::kKeep);

/// The second half of save_run, after begin_results: writes the results in order. Errors: Error when a file
/// cannot be written.
void finish_run(const run::Run& run, const Directory& directory);

}  // namespace superpose::store
