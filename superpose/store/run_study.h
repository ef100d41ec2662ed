#pragma once

#include <filesystem>
#include <string_view>

#include "superpose/store/run_experiment.h"
#include "superpose/study/results.h"

namespace superpose::store {

/// Beside experiment.toml in a study's directory, written last: where it is, the study is whole.
inline constexpr std::string_view kMeasurementsFile = "measurements.safetensors";

/// How to run a study.
struct StudyOptions {
  std::filesystem::path directory;  ///< made if need be; an older study there is replaced
  bool resume = false;              ///< leave a study that is whole alone; one that is not starts over
  study::MeasureOptions measure{};
};

/// Measures a study into a directory: experiment.toml first, its measurements last, each file whole or not at
/// all. When it is stopped, only the first is there.
/// Errors: InvalidRequest (nothing written) when the directory cannot be written to or is in use, holds files
/// that are not a study's, or on resume another study; Error when a file cannot be written later on.
RunOutcome run_study(const study::Study& study, const StudyOptions& options);

/// Whether the directory holds a study, whole or not.
bool is_study_directory(const std::filesystem::path& directory);

/// Reads a study's directory. Errors: InvalidRequest that names the file at fault, or says how to finish the
/// study.
study::StudyRun load_study(const std::filesystem::path& directory);

}  // namespace superpose::store
