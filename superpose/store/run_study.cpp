#include "superpose/store/run_study.h"

#include <utility>

#include "superpose/store/run_tensors.h"

namespace superpose::store {

RunEnd run_study(const study::Study& study, const StudyOptions& options) {
  const Description description = study;
  const Older older = older_results(options.resume, options.overwrite);
  if (look(options.directory, options.root, description, older) == Found::kWhole)
    return {Completion::kAlreadyDone, Directory::open(options.directory, options.root)};
  auto [directory, found] = begin_results(options.directory, options.root, description, older, options.warn);
  if (found == Found::kWhole) return {Completion::kAlreadyDone, std::move(directory)};
  auto result = measure(study, options.measure);
  if (!result) return {Completion::kStopped, std::move(directory)};
  directory.write_whole(
      kMeasurementsFile,
      safetensors::serialise(study::to_tensors({.study = study, .result = *std::move(result)})));
  return {Completion::kFinished, std::move(directory)};
}

study::StudyRun load_study(const Directory& directory) {
  auto study = std::get<study::Study>(expect_whole(directory, "study"));
  auto result = with_tensors(directory, kMeasurementsFile,
                             [&](const safetensors::File& file) { return study::read_result(file, study); });
  return {.study = std::move(study), .result = std::move(result)};
}

study::StudyRun load_study(const std::filesystem::path& directory) {
  return load_study(Directory::open(directory));
}

}  // namespace superpose::store
