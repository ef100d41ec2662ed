#include "superpose/store/run_study.h"

#include <utility>

#include "superpose/store/run_tensors.h"
#include "superpose/store/write_results.h"

namespace superpose::store {

RunEnd run_study(const study::Study& study, const StudyOptions& options) {
  return write_results(study, options, [&](const Directory& directory, Found /*found*/) {
    auto result = measure(study, options.measure);
    if (!result) return false;
    directory.write_whole(
        kMeasurementsFile,
        safetensors::serialise(study::to_tensors({.study = study, .result = *std::move(result)})));
    return true;
  });
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
