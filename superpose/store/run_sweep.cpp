#include "superpose/store/run_sweep.h"

#include <fmt/format.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <optional>

#include "superpose/core/error.h"
#include "superpose/experiment/toml_reader.h"
#include "superpose/store/available_memory.h"
#include "superpose/store/files.h"

namespace superpose::store {
namespace {

namespace fs = std::filesystem;

/// A swept value for JSON: numbers and strings as such, whatever else as its TOML.
nlohmann::ordered_json json_value(const std::string& text) {
  const toml::table parsed = parse_override(text, "--set " + text);
  const toml::node& node = *parsed.get("value");
  if (const auto* integer = node.as_integer()) return integer->get();
  if (const auto* real = node.as_floating_point()) return real->get();
  if (const auto* string = node.as_string()) return string->get();
  return text;
}

std::string points_json(const Sweep& sweep) {
  auto points = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < sweep.points.size(); ++i) {
    const SweepPoint& point = sweep.points[i];
    auto values = nlohmann::ordered_json::object();
    for (const auto& [key, value] : point.values) values[key] = json_value(value);
    points.push_back({{"index", i},
                      {"values", std::move(values)},
                      {"run", sweep_run_path(point.run)},
                      {"first_instance", point.first_instance},
                      {"n_instances", point.n_instances}});
  }
  return nlohmann::ordered_json{{"points", std::move(points)}}.dump(1) + "\n";
}

/// Whether the file is a sweep as run_sweep writes it down. One that somebody wrote has comments, or a grid.
bool is_resolved_sweep(const fs::path& file) {
  try {
    const std::string text = read_text(file);
    return text ==
           parse_sweep(
               {.text = text, .file = file.string(), .overrides = {}, .memory_limit = available_bytes()})
               .toml;
  } catch (const InvalidRequest&) {
    return false;
  }
}

/// Refuses a directory whose files are not a sweep's, before anything in it changes.
void expect_no_strangers(const fs::path& directory) {
  if (is_resolved_sweep(directory / kExperimentFile)) return;
  for (const auto name : {kExperimentFile, kModelFile, kSweepFile, kRunsDirectory}) {
    if (!is_there(directory / name)) continue;
    throw InvalidRequest(fmt::format("{}: expected an empty directory or a sweep's, got one with {}",
                                     directory.string(), name));
  }
}

/// Removes the runs of an older sweep, and nothing else that may lie beside their files.
void remove_runs(const fs::path& directory) {
  std::error_code ignored;
  std::vector<fs::path> runs;
  for (const auto& entry : fs::directory_iterator(directory / kRunsDirectory, ignored)) {
    if (is_there(entry.path() / kExperimentFile)) runs.push_back(entry.path());
  }
  for (const fs::path& run : runs) {
    // The file that makes a run whole first, the one that makes it a run last.
    for (const auto name : {kModelFile, kHistoryFile, kRestartsFile, kCheckpointFile, kExperimentFile})
      remove_file(run / name);
    fs::remove(run, ignored);  // only when it is empty
  }
}

}  // namespace

void run_in_turn(std::size_t n_jobs, const std::function<void(std::size_t job)>& job) {
  for (std::size_t i = 0; i < n_jobs; ++i) job(i);
}

std::string sweep_run_path(std::size_t run) {
  return fmt::format("{}/{:03}", kRunsDirectory, run);
}

bool is_sweep_directory(const fs::path& directory) {
  const fs::path file = directory / kExperimentFile;
  if (!is_there(file) || is_there(directory / kModelFile)) return false;
  try {
    return is_sweep(read_text(file), file.string());
  } catch (const InvalidRequest&) {
    return false;
  }
}

RunOutcome run_sweep(const Sweep& sweep, const SweepOptions& options) {
  const fs::path& directory = options.directory;
  expect_no_strangers(directory);
  const fs::path file = directory / kExperimentFile;
  const bool resume = options.resume && is_there(file);
  if (resume && read_text(file) != sweep.toml) {
    throw InvalidRequest(fmt::format(
        "{}: expected the sweep to resume, got another: start over without --resume", file.string()));
  }
  if (resume && is_there(directory / kSweepFile)) return RunOutcome::kAlreadyDone;

  make_writable_directory(directory);
  const DirectoryLock lock(directory);
  if (!resume) {
    remove_file(directory / kSweepFile);
    remove_runs(directory);
    write_whole(file, sweep.toml);
  }

  std::int64_t steps = 0;
  std::vector<std::int64_t> first_step;  // of each run, in the whole sweep
  for (const Experiment& run : sweep.runs) {
    first_step.push_back(steps);
    steps += run.train.steps;
  }
  std::atomic<bool> stopped = false;
  options.execute(sweep.runs.size(), [&](std::size_t job) {
    if (stopped || (options.stop != nullptr && options.stop->load())) {
      stopped = true;
      return;
    }
    RunOptions run{.directory = directory / sweep_run_path(job),
                   .threads = options.threads,
                   .resume = resume,
                   .checkpoint_seconds = options.checkpoint_seconds,
                   .stop = options.stop};
    for (const auto& [every, observer] : options.observers) {
      run.observers.emplace_back(every, [&, job](const Observation& seen) {
        observer({.step = first_step[job] + seen.step,
                  .steps = steps,
                  .lr = seen.lr,
                  .loss = seen.loss,
                  .model = seen.model});
      });
    }
    if (run_experiment(sweep.runs[job], run) == RunOutcome::kStopped) stopped = true;
  });
  if (stopped) return RunOutcome::kStopped;
  write_whole(directory / kSweepFile, points_json(sweep));
  return RunOutcome::kFinished;
}

std::vector<TrainedModel> train_sweep(const Sweep& sweep, int threads, const std::atomic<bool>* stop,
                                      const Executor& execute) {
  std::vector<std::optional<TrainedModel>> trained(sweep.runs.size());
  std::atomic<bool> stopped = false;
  execute(sweep.runs.size(), [&](std::size_t job) {
    if (stopped) return;
    Trainer trainer(sweep.runs[job].ensemble(), sweep.runs[job].train, threads);
    trained[job] = trainer.finish(stop);
    if (!trained[job]) stopped = true;
  });
  std::vector<TrainedModel> models;
  if (stopped) return models;
  for (auto& model : trained) {
    if (model) models.push_back(std::move(*model));
  }
  return models;
}

SweepResults load_sweep_results(const fs::path& directory) {
  if (!is_sweep_directory(directory)) {
    throw InvalidRequest(fmt::format("{}: expected a sweep's directory, got none", directory.string()));
  }
  if (!is_there(directory / kSweepFile)) {
    throw InvalidRequest(fmt::format("{}: the sweep is not finished: finish it with `{}`", directory.string(),
                                     resume_command(directory)));
  }
  const fs::path file = directory / kExperimentFile;
  Sweep sweep = parse_sweep(
      {.text = read_text(file), .file = file.string(), .overrides = {}, .memory_limit = available_bytes()});
  SweepResults results{.points = std::move(sweep.points), .runs = {}};
  for (std::size_t i = 0; i < sweep.runs.size(); ++i) {
    const fs::path run = directory / sweep_run_path(i);
    results.runs.push_back(load_run(run));
    if (results.runs.back().experiment == sweep.runs[i]) continue;
    throw InvalidRequest(
        fmt::format("{}: expected the sweep's experiment, got another", (run / kExperimentFile).string()));
  }
  return results;
}

}  // namespace superpose::store
