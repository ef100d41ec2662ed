#include "superpose/store/run_directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>

#include "superpose/core/error.h"
#include "superpose/core/version.h"
#include "superpose/experiment/toml_reader.h"
#include "superpose/store/run_tensors.h"

namespace superpose::store {
namespace {

namespace fs = std::filesystem;
using safetensors::File;

/// Refuses a file whose metadata name another experiment. Files from elsewhere may name none.
void expect_provenance(const File& file, const Experiment& experiment) {
  File expected;
  add_provenance(expected, experiment);
  for (const std::string key : {"kind", "seed"}) {
    const auto got = file.metadata.find(key);
    if (got == file.metadata.end() || got->second == expected.metadata.at(key)) continue;
    throw InvalidRequest({.key = fmt::format("metadata {}", key),
                          .expected = fmt::format("{} as in {}", expected.metadata.at(key), kExperimentFile),
                          .got = fmt::format("{}", on_one_line(got->second))});
  }
}

template <class Fits>
std::vector<float> read_checked(const File& file, std::string_view name, std::span<const std::int64_t> shape,
                                Fits fits, std::string_view expected) {
  auto values = file.floats(name, shape);
  if (const auto wrong = std::ranges::find_if_not(values, fits); wrong != values.end()) {
    throw InvalidRequest({.key = fmt::format("tensor \"{}\"", name),
                          .expected = fmt::to_string(expected),
                          .got = fmt::format("{}", *wrong)});
  }
  return values;
}

/// Refuses the file of a part of a run. It has members where the file of a run has instances.
void expect_whole_run(const File& file) {
  const auto members = file.metadata.find(std::string(kMembersKey));
  if (members == file.metadata.end()) return;
  throw InvalidRequest({.expected = "the model of a whole run",
                        .got = fmt::format("that of its members {}", on_one_line(members->second)),
                        .hint = "join the run's parts first"});
}

run::Run read_results(const File& file, const Experiment& experiment) {
  expect_provenance(file, experiment);
  expect_whole_run(file);
  const Shape& shape = experiment.model.shape;
  const std::array table = {shape.n_instances, shape.n_features};
  const auto is_probability = [](float p) { return p > 0 && p <= 1; };
  const auto is_importance = [](float i) { return std::isfinite(i) && i >= 0; };
  return {
      .experiment = experiment,
      .model = read_model(file, experiment.model.kind, shape),
      .feature_probability =
          read_checked(file, "feature_probability", table, is_probability, "numbers above 0 and at most 1"),
      .importance = read_checked(file, "importance", table, is_importance, "finite numbers of at least 0"),
      .loss = file.floats("loss", std::array{shape.n_instances}),
      .history = {}};
}

void read_restarts(const File& file, run::Run& run) {
  const std::int64_t instances = run.model.shape().n_instances;
  const std::int64_t restarts = run.experiment.train.restarts;
  run.restart_loss = file.floats("loss", std::array{restarts, instances});
  run.kept_restart = file.integers("kept", std::array{instances});
  if (run.experiment.record.all_restarts) run.restart_models = read_models(file, run.model, restarts);
  const auto is_one = [&](std::int64_t restart) { return restart >= 0 && restart < restarts; };
  if (const auto wrong = std::ranges::find_if_not(run.kept_restart, is_one);
      wrong != run.kept_restart.end()) {
    throw InvalidRequest({.key = "tensor \"kept\"",
                          .expected = fmt::format("numbers from 0 to {}", restarts - 1),
                          .got = fmt::format("{}", *wrong)});
  }
}

File restarts_of(const run::Run& run) {
  const std::int64_t instances = run.model.shape().n_instances;
  File file;
  add_provenance(file, run.experiment);
  file.add("loss", {run.experiment.train.restarts, instances}, run.restart_loss);
  file.add("kept", {instances}, run.kept_restart);
  add_models(file, run.restart_models);
  return file;
}

File results_of(const run::Run& run) {
  const Shape& shape = run.model.shape();
  File file;
  add_provenance(file, run.experiment);
  add_model(file, run.model);
  file.add("feature_probability", {shape.n_instances, shape.n_features}, run.feature_probability);
  file.add("importance", {shape.n_instances, shape.n_features}, run.importance);
  file.add("loss", {shape.n_instances}, run.loss);
  return file;
}

}  // namespace

run::Run load_run(const Directory& directory) {
  const auto experiment = std::get<Experiment>(expect_whole(directory, "run"));
  run::Run run =
      with_tensors(directory, kModelFile, [&](const File& file) { return read_results(file, experiment); });
  if (directory.has(kHistoryFile)) {
    run.history = with_tensors(directory, kHistoryFile, [&](const File& file) {
      return read_history(file, experiment, experiment.train.steps, experiment.model.shape.n_instances);
    });
  }
  if (directory.has(kRestartsFile)) {
    with_tensors(directory, kRestartsFile, [&](const File& file) {
      read_restarts(file, run);
      return 0;
    });
  }
  return run;
}

run::Run load_run(const fs::path& directory) {
  return load_run(Directory::open(directory));
}

bool is_of_this_version(const Directory& run) {
  return with_tensors(run, kModelFile, [](const File& file) {
    const auto version = file.metadata.find("superpose_version");
    return version != file.metadata.end() && version->second == kVersion;
  });
}

void finish_run(const run::Run& run, const Directory& directory) {
  File history;
  add_provenance(history, run.experiment);
  add_history(history, run.history, run.model.shape().n_instances);
  directory.write_whole(kHistoryFile, safetensors::serialise(history));
  if (!run.restart_loss.empty())
    directory.write_whole(kRestartsFile, safetensors::serialise(restarts_of(run)));
  directory.write_whole(kModelFile, safetensors::serialise(results_of(run)));
  remove_results_below(directory, kPartsDirectory);
}

void save_run(const run::Run& run, const fs::path& directory, Older older) {
  const Begun begun = begin_results(directory, nullptr, run.experiment, older, {});
  if (begun.found != Found::kNothing) {
    throw OtherResults({.place = {.kind = Place::Kind::kFile, .name = directory.string()},
                        .expected = "an empty directory",
                        .got = "one with results of this experiment"});
  }
  finish_run(run, begun.directory);
}

}  // namespace superpose::store
