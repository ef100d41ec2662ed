#pragma once

#include <filesystem>

#include "superpose/store/result_directory.h"
#include "superpose/study/results.h"

namespace superpose::store {

/// How to run a study.
struct StudyOptions {
  std::filesystem::path directory;  ///< made if need be; an older study there is replaced
  bool resume = false;              ///< leave a whole study alone; start any other from the beginning
  bool overwrite = false;           ///< replace what superpose wrote there, even a run or a sweep
  study::MeasureOptions measure{};
  const Directory* root = nullptr;  ///< what `directory` is relative to; null: the process's directory
  Warn warn{};                      ///< called when a link is replaced
};

/// Measures a study into a directory. experiment.toml is written first and the measurements last, each file
/// whole or not at all. When it is stopped, only experiment.toml is there. Errors: InvalidRequest (nothing
/// written) when the directory cannot be written to or is in use, holds files that are not a study's, or on
/// resume another study; Error when a file cannot be written later on.
RunEnd run_study(const study::Study& study, const StudyOptions& options);

/// Reads a study's directory. Errors: InvalidRequest that names the file at fault; NotFinished when the study
/// was not measured to its end.
study::StudyRun load_study(const Directory& directory);
study::StudyRun load_study(const std::filesystem::path& directory);

}  // namespace superpose::store
