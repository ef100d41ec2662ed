#include "superpose/store/run_study.h"

#include <chrono>
#include <new>
#include <span>
#include <string>
#include <utility>

#include "superpose/store/run_tensors.h"
#include "superpose/store/write_results.h"

namespace superpose::store {
namespace {

using safetensors::File;

// The tensors of a checkpoint beside those of the measurements.
constexpr const char* kExperiment = "experiment";  ///< the study's text
constexpr const char* kDone = "done";              ///< for each task a byte: whether it is done

/// What has been measured of a study, and what of it is done.
struct Partly {
  study::StudyRun run;
  std::vector<std::uint8_t> done;
};

Partly read_checkpoint(const File& file, const study::Study& study) {
  expect_own_version(file);
  const auto text = file.tensors.find(kExperiment), done = file.tensors.find(kDone);
  if (text == file.tensors.end() || done == file.tensors.end() || text->second != text_tensor(to_toml(study)))
    throw InvalidRequest({.expected = "a checkpoint of this study", .got = "another's"});
  Partly partly{.run = {.study = study, .result = study::read_result(file, study)}, .done = {}};
  for (const std::byte byte : done->second.bytes) partly.done.push_back(static_cast<std::uint8_t>(byte));
  return partly;
}

/// The study as far as it was measured before: not at all where there is no checkpoint.
Partly begin(const study::Study& study, const Directory& directory) {
  if (!directory.has(kCheckpointFile))
    return {.run = {.study = study, .result = study::empty_result(study)}, .done = {}};
  try {
    return with_tensors(directory, kCheckpointFile,
                        [&](const File& file) { return read_checkpoint(file, study); });
  } catch (const InvalidRequest& error) {
    throw CannotResume(error.fault(), directory.path(), /*resumable=*/false);
  }
}

/// Writes the checkpoints of a measurement: now and then, and where it stops.
class Saver {
 public:
  Saver(const study::StudyRun& run, const StudyOptions& options, const Directory& directory)
      : run_(run), options_(options), directory_(directory) {}

  void operator()(std::span<const std::uint8_t> done, bool stopped) {
    const auto now = Clock::now();
    if (!stopped && now - last_ < std::chrono::duration<double>(options_.checkpoint_seconds)) return;
    const std::string failure = write(done);
    if (!failure.empty() && options_.warn)
      options_.warn(failure +
                    (stopped ? "; to resume starts over" : "; the study goes on, and tries again later"));
    last_ = Clock::now();
  }

 private:
  using Clock = std::chrono::steady_clock;

  /// returns: why it could not be written; empty where it was.
  [[nodiscard]] std::string write(std::span<const std::uint8_t> done) const {
    try {
      File file = study::to_tensors(run_);
      file.tensors[kExperiment] = text_tensor(to_toml(run_.study));
      file.tensors[kDone] = bytes_tensor(std::as_bytes(done));
      directory_.write_whole(kCheckpointFile, safetensors::serialise(file));
      return "";
    } catch (const Error& error) {
      return error.what();
    } catch (const std::bad_alloc&) {
      return (directory_ / kCheckpointFile).string() + ": cannot be written: out of memory";
    }
  }

  const study::StudyRun& run_;
  const StudyOptions& options_;
  const Directory& directory_;
  Clock::time_point last_ = Clock::now();
};

}  // namespace

RunEnd run_study(const study::Study& study, const StudyOptions& options) {
  return write_results(study, options, [&](const Directory& directory, Found /*found*/) {
    auto [run, done] = begin(study, directory);
    study::MeasureOptions measuring = options.measure;
    measuring.done = std::move(done);
    measuring.save = Saver(run, options, directory);
    if (!measure(study, measuring, run.result)) return false;
    directory.write_whole(kMeasurementsFile, safetensors::serialise(study::to_tensors(run)));
    directory.remove(kCheckpointFile);
    return true;
  });
}

study::StudyRun load_study(const Directory& directory) {
  auto study = std::get<study::Study>(expect_whole(directory, "study"));
  auto result = with_tensors(directory, kMeasurementsFile,
                             [&](const File& file) { return study::read_result(file, study); });
  return {.study = std::move(study), .result = std::move(result)};
}

study::StudyRun load_study(const std::filesystem::path& directory) {
  return load_study(Directory::open(directory));
}

}  // namespace superpose::store
