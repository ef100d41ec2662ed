#include "superpose/store/run_study.h"

#include <fmt/format.h>

#include "superpose/core/error.h"
#include "superpose/store/available_memory.h"
#include "superpose/store/files.h"
#include "superpose/store/run_tensors.h"

namespace superpose::store {
namespace {

namespace fs = std::filesystem;

study::Study read_study(const fs::path& file) {
  return study::parse_study(
      {.text = read_text(file), .file = file.string(), .overrides = {}, .memory_limit = available_bytes()});
}

/// Whether the file is a study as run_study writes it down. One that somebody wrote has comments, or fewer
/// keys.
bool is_resolved_study(const fs::path& file) {
  try {
    return read_text(file) == to_toml(read_study(file));
  } catch (const InvalidRequest&) {
    return false;
  }
}

/// Refuses a directory whose files are not a study's, before anything in it changes.
void expect_no_strangers(const fs::path& directory) {
  if (is_resolved_study(directory / kExperimentFile)) return;
  for (const auto name : {kExperimentFile, kMeasurementsFile, kModelFile, kClaimsFile}) {
    if (!is_there(directory / name)) continue;
    throw InvalidRequest(fmt::format("{}: expected an empty directory or a study's, got one with {}",
                                     directory.string(), name));
  }
}

}  // namespace

RunOutcome run_study(const study::Study& study, const StudyOptions& options) {
  const fs::path& directory = options.directory;
  expect_no_strangers(directory);
  const fs::path file = directory / kExperimentFile;
  const bool resume = options.resume && is_there(file);
  if (resume && read_study(file) != study) {
    throw InvalidRequest(fmt::format(
        "{}: expected the study to resume, got another: start over without --resume", file.string()));
  }
  if (resume && is_there(directory / kMeasurementsFile)) return RunOutcome::kAlreadyDone;

  make_writable_directory(directory);
  const DirectoryLock lock(directory);
  for (const auto name : {kExperimentFile, kMeasurementsFile}) remove_abandoned(directory / name);
  for (const auto name : {kMeasurementsFile, kClaimsFile}) remove_file(directory / name);
  write_whole(file, to_toml(study));
  auto result = measure(study, options.measure);
  if (!result) return RunOutcome::kStopped;
  write_whole(directory / kMeasurementsFile,
              safetensors::serialise(study::to_tensors({.study = study, .result = *std::move(result)})));
  return RunOutcome::kFinished;
}

bool is_study_directory(const fs::path& directory) {
  const fs::path file = directory / kExperimentFile;
  try {
    return is_there(file) && study::is_study(read_text(file), file.string());
  } catch (const InvalidRequest&) {
    return false;
  }
}

study::StudyRun load_study(const fs::path& directory) {
  study::Study study = read_study(directory / kExperimentFile);
  if (!is_there(directory / kMeasurementsFile)) {
    throw InvalidRequest(fmt::format("{}: the study is not finished: finish it with `{}`", directory.string(),
                                     resume_command(directory)));
  }
  auto result = with_tensors(directory / kMeasurementsFile,
                             [&](const safetensors::File& file) { return study::read_result(file, study); });
  return {.study = std::move(study), .result = std::move(result)};
}

}  // namespace superpose::store
