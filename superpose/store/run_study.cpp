#include "superpose/store/run_study.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "superpose/store/checkpoint_writer.h"
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
  if (std::ranges::any_of(partly.done, [](std::uint8_t flag) { return flag > 1; }))
    throw InvalidRequest({.key = "tensor \"done\"", .expected = "bytes that are 0 or 1", .got = "others"});
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

void write_checkpoint(const Directory& directory, const study::StudyRun& run,
                      std::span<const std::uint8_t> done) {
  File file = study::to_tensors(run);
  file.tensors[kExperiment] = text_tensor(to_toml(run.study));
  file.tensors[kDone] = bytes_tensor(std::as_bytes(done));
  directory.write_whole(kCheckpointFile, safetensors::serialise(file));
}

}  // namespace

RunEnd run_study(const study::Study& study, const StudyOptions& options) {
  const auto prepare = [&] {
    if (!options.resume) return;
    if (const auto there = Directory::open_if_there(options.directory, options.root))
      (void)begin(study, *there);
  };
  const auto write = [&](const Directory& directory, Found /*found*/) {
    auto [run, done] = begin(study, directory);
    CheckpointWriter checkpoint("study", options.checkpoint_seconds, options.warn);
    checkpoint.write_into(directory);
    const auto place = [](std::span<const std::uint8_t> of) {
      return fmt::format("{} tasks", std::ranges::count(of, std::uint8_t{1}));
    };
    if (!done.empty()) checkpoint.resume_at(place(done));
    study::MeasureOptions measuring = options.measure;
    measuring.done = std::move(done);
    measuring.save = [&, &measured = run](std::span<const std::uint8_t> now, bool stopped) {
      const auto save = [&](const Directory& into) { write_checkpoint(into, measured, now); };
      if (stopped) {
        checkpoint.write_last(save, place(now));
      } else {
        checkpoint.write_if_due(save, [&] { return place(now); });
      }
    };
    if (!measure(study, measuring, run.result)) return false;
    directory.write_whole(kMeasurementsFile, safetensors::serialise(study::to_tensors(run)));
    directory.remove(kCheckpointFile);
    return true;
  };
  return write_results(study, options, write, prepare);
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
