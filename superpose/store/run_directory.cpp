#include "superpose/store/run_directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>

#include "superpose/core/ascii.h"
#include "superpose/core/error.h"
#include "superpose/experiment/toml_reader.h"
#include "superpose/store/experiment_file.h"
#include "superpose/store/files.h"
#include "superpose/store/run_study.h"
#include "superpose/store/run_tensors.h"

namespace superpose::store {
namespace {

namespace fs = std::filesystem;
using safetensors::File;

/// What a run leaves beside experiment.toml, the file that makes it whole first.
constexpr std::array kResults = {kModelFile, kHistoryFile, kRestartsFile, kCheckpointFile, kClaimsFile};

void expect_run(const fs::path& directory) {
  const auto refuse = [&](std::string_view message) {
    throw InvalidRequest(fmt::format("{}: {}", directory.string(), message));
  };
  if (!is_there(directory)) refuse("no such directory");
  if (std::error_code ignored; !fs::is_directory(directory, ignored))
    refuse("expected a run directory, got a file");
  if (!is_there(directory / kExperimentFile)) {
    refuse(fmt::format("expected a run directory, got one without {}", kExperimentFile));
  }
  if (is_study_directory(directory)) refuse("expected a run directory, got a study's");
  if (!is_there(directory / kModelFile) && is_there(directory / "runs")) {
    refuse(fmt::format("expected a run directory, got a sweep's: name one of {}",
                       (directory / "runs" / "NNN").string()));
  }
  if (!is_there(directory / kModelFile)) {
    refuse(fmt::format("the run is not finished: finish it with `{}`", resume_command(directory)));
  }
}

/// The path as a shell reads it back: quoted where it has to be.
std::string shell_word(const fs::path& path) {
  std::string text = path.string();
  const auto is_plain = [](char c) {
    return is_ascii_alphanumeric(c) || std::string_view("/._-+").find(c) != std::string_view::npos;
  };
  if (std::ranges::all_of(text, is_plain)) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

/// Whether the file is an experiment as a run writes it down. One that somebody wrote has comments, or fewer
/// keys.
bool is_resolved_experiment(const fs::path& file) {
  try {
    return read_text(file) == to_toml(load_experiment(file));
  } catch (const InvalidRequest&) {
    return false;
  }
}

/// Files of those names that are not a run's are somebody's: a model from elsewhere, an experiment written by
/// hand.
void expect_no_strangers(const fs::path& directory) {
  if (is_study_directory(directory)) {
    throw InvalidRequest(
        fmt::format("{}: expected an empty directory or a run's, got a study's", directory.string()));
  }
  const bool has_results =
      std::ranges::any_of(kResults, [&](std::string_view name) { return is_there(directory / name); });
  if (const fs::path file = directory / kExperimentFile; is_there(file)) {
    if (has_results || is_resolved_experiment(file)) return;
    throw InvalidRequest(
        fmt::format("{}: expected an empty directory or a run's, got one with an {} that no run wrote and "
                    "that would be replaced",
                    directory.string(), kExperimentFile));
  }
  for (const std::string_view name : kResults) {
    if (!is_there(directory / name)) continue;
    throw InvalidRequest(fmt::format("{}: expected an empty directory or a run's, got one with {} but no {}",
                                     directory.string(), name, kExperimentFile));
  }
}

/// The file says that it is of this experiment; one from elsewhere may say nothing.
void expect_provenance(const File& file, const Experiment& experiment) {
  File expected;
  add_provenance(expected, experiment);
  for (const std::string key : {"kind", "seed"}) {
    const auto got = file.metadata.find(key);
    if (got == file.metadata.end() || got->second == expected.metadata.at(key)) continue;
    throw InvalidRequest(fmt::format("metadata {}: expected {} as in {}, got {}", key,
                                     expected.metadata.at(key), kExperimentFile, on_one_line(got->second)));
  }
}

template <class Fits>
std::vector<float> read_checked(const File& file, std::string_view name, std::span<const std::int64_t> shape,
                                Fits fits, std::string_view expected) {
  auto values = file.floats(name, shape);
  if (const auto wrong = std::ranges::find_if_not(values, fits); wrong != values.end()) {
    throw InvalidRequest(fmt::format("tensor \"{}\": expected {}, got {}", name, expected, *wrong));
  }
  return values;
}

run::Run read_results(const File& file, const Experiment& experiment) {
  expect_provenance(file, experiment);
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
    throw InvalidRequest(
        fmt::format("tensor \"kept\": expected numbers from 0 to {}, got {}", restarts - 1, *wrong));
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

run::Run load_run(const fs::path& directory) {
  expect_run(directory);
  const Experiment experiment = load_experiment(directory / kExperimentFile);
  run::Run run =
      with_tensors(directory / kModelFile, [&](const File& file) { return read_results(file, experiment); });
  run.history = with_tensors(directory / kHistoryFile, [&](const File& file) {
    return read_history(file, experiment, experiment.train.steps, experiment.model.shape.n_instances);
  });
  if (is_there(directory / kRestartsFile)) {
    with_tensors(directory / kRestartsFile, [&](const File& file) {
      read_restarts(file, run);
      return 0;
    });
  }
  return run;
}

void begin_run(const Experiment& experiment, const fs::path& directory) {
  make_writable_directory(directory);
  expect_no_strangers(directory);
  for (const std::string_view name : kResults) remove_file(directory / name);
  write_whole(directory / kExperimentFile, to_toml(experiment));
}

void finish_run(const run::Run& run, const fs::path& directory) {
  File history;
  add_provenance(history, run.experiment);
  add_history(history, run.history, run.model.shape().n_instances);
  write_whole(directory / kHistoryFile, safetensors::serialise(history));
  if (!run.restart_loss.empty())
    write_whole(directory / kRestartsFile, safetensors::serialise(restarts_of(run)));
  write_whole(directory / kModelFile, safetensors::serialise(results_of(run)));
  remove_file(directory / kCheckpointFile);
}

void save_run(const run::Run& run, const fs::path& directory) {
  begin_run(run.experiment, directory);
  finish_run(run, directory);
}

std::string resume_command(const fs::path& directory) {
  return fmt::format("superpose run {} --out {} --resume", shell_word(directory / kExperimentFile),
                     shell_word(directory));
}

}  // namespace superpose::store
