#pragma once

#include <filesystem>

#include "superpose/store/result_directory.h"
#include "superpose/study/results.h"

namespace superpose::store {

/// How to run a study.
struct StudyOptions {
  std::filesystem::path directory;  ///< made if need be
  bool resume = false;              ///< go on with what is measured
  bool overwrite = false;           ///< replace what superpose wrote there, of any kind
  double checkpoint_seconds = 2;    ///< between checkpoints
  study::MeasureOptions measure{};  ///< threads and stop; the rest is this function's
  const Directory* root = nullptr;  ///< what `directory` is relative to; null: the process's directory
  Warn warn{};                      ///< called when a link is replaced or a checkpoint cannot be written
};

/// Measures a study into a directory. experiment.toml is written first, checkpoints on the way, and the
/// measurements last, each file whole or not at all. Errors: OtherResults and Interrupted as of
/// run_experiment; InvalidRequest (nothing written) when the directory cannot be written to or is in use,
/// holds files that are not a study's, or on resume another study or a broken checkpoint; Error when a file
/// cannot be written later on.
RunEnd run_study(const study::Study& study, const StudyOptions& options);

/// Reads a study's directory. Errors: InvalidRequest that names the file at fault; NotFinished when the study
/// was not measured to its end.
study::StudyRun load_study(const Directory& directory);
study::StudyRun load_study(const std::filesystem::path& directory);

}  // namespace superpose::store
