#include "superpose/store/run_experiment.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <sstream>
#include <string>

#include "superpose/core/error.h"
#include "superpose/store/checkpoint.h"
#include "superpose/store/experiment_file.h"
#include "superpose/store/files.h"

namespace superpose::store {
namespace {

namespace fs = std::filesystem;

/// Checkpoints take at most this part of the time, however large they are.
constexpr double kMostTimeWriting = 0.05;

/// Writes a run's checkpoints, when it is time.
class CheckpointWriter {
 public:
  CheckpointWriter(const Experiment& experiment, const RunOptions& options)
      : experiment_(experiment),
        file_(options.directory / kCheckpointFile),
        seconds_(options.checkpoint_seconds),
        wait_(seconds_) {}

  void write(const TrainerState& state, const History& history) {
    const auto begin = Clock::now();
    write_checkpoint(file_, experiment_, state, history);
    last_ = Clock::now();
    wait_ = std::max(seconds_, Seconds(last_ - begin) / kMostTimeWriting);
  }

  void write_if_due(const TrainerState& state, const History& history) {
    if (Clock::now() - last_ >= wait_) write(state, history);
  }

 private:
  using Clock = std::chrono::steady_clock;
  using Seconds = std::chrono::duration<double>;

  const Experiment& experiment_;
  fs::path file_;
  Seconds seconds_;
  Seconds wait_;  ///< from the end of one checkpoint to the beginning of the next
  Clock::time_point last_ = Clock::now();
};

/// The first line in which two texts differ, of either.
std::pair<std::string, std::string> first_difference(const std::string& a, const std::string& b) {
  std::istringstream lines_a(a), lines_b(b);
  std::pair<std::string, std::string> line;
  do {
    line = {};
    std::getline(lines_a, line.first);
    std::getline(lines_b, line.second);
  } while (line.first == line.second && (lines_a || lines_b));
  return line;
}

void expect_same_experiment(const Experiment& experiment, const fs::path& directory) {
  const Experiment there = load_experiment(directory / kExperimentFile);
  if (there == experiment) return;
  const auto [asked, got] = first_difference(to_toml(experiment), to_toml(there));
  throw InvalidRequest(fmt::format(
      "{}: expected `{:.100}` as in the experiment to resume, got `{:.100}`: resume what is there with `{}`, "
      "or start over without --resume",
      (directory / kExperimentFile).string(), asked, got, resume_command(directory)));
}

Checkpoint read_checkpoint_to_resume(const fs::path& file, const Experiment& experiment) {
  try {
    return read_checkpoint(file, experiment);
  } catch (const InvalidRequest& error) {
    throw InvalidRequest(fmt::format("{}; start over without --resume", error.what()));
  }
}

/// What killed runs left half-written.
void clean_up(const fs::path& directory) {
  for (const auto name : {kExperimentFile, kModelFile, kHistoryFile, kRestartsFile, kCheckpointFile}) {
    remove_abandoned(directory / name);
  }
}

/// members: restart r of instance i is i * restarts + r. returns: (restarts), each of n_instances.
std::vector<Model> models_by_restart(const Model& members, std::int64_t restarts) {
  std::vector<Model> models;
  for (std::int64_t r = 0; r < restarts; ++r) {
    std::vector<std::int64_t> of_restart;
    for (std::int64_t member = r; member < members.shape().n_instances; member += restarts)
      of_restart.push_back(member);
    models.push_back(choose_instances(members, of_restart));
  }
  return models;
}

}  // namespace

RunOutcome run_experiment(const Experiment& experiment, const RunOptions& options) {
  const fs::path& directory = options.directory;
  const bool resume = options.resume && is_there(directory / kExperimentFile);
  if (resume) {
    expect_same_experiment(experiment, directory);
    if (is_there(directory / kModelFile)) return RunOutcome::kAlreadyDone;
  }

  // All that can be wrong with the request shows before the first file changes.
  Trainer trainer(experiment.ensemble(), experiment.train, options.threads);
  History history;
  CheckpointWriter checkpoint(experiment, options);
  trainer.observe(experiment.record.every, [&](const Observation& observation) {
    if (experiment.record.parameters) {
      history.record_with_parameters(observation);
    } else {
      history.record(observation);
    }
  });
  trainer.observe(
      checkpoint_interval(experiment),
      [&](const Observation&) { checkpoint.write_if_due(trainer.state(), history); },
      /*wants_loss=*/false);
  for (const auto& [every, observer] : options.observers) trainer.observe(every, observer);

  make_writable_directory(directory);
  const DirectoryLock lock(directory);
  clean_up(directory);
  if (resume && is_there(directory / kCheckpointFile)) {
    Checkpoint last = read_checkpoint_to_resume(directory / kCheckpointFile, experiment);
    trainer.restore(std::move(last.state));
    history = std::move(last.history);
  } else {
    begin_run(experiment, directory);
  }

  auto trained = trainer.finish(options.stop);
  if (!trained) {
    checkpoint.write(trainer.state(), history);
    return RunOutcome::kStopped;
  }
  const bool several = experiment.train.restarts > 1;
  const auto probability = trainer.ensemble().data.marginal_probability();
  finish_run({.experiment = experiment,
              .model = std::move(trained->model),
              .feature_probability = {probability.begin(), probability.end()},
              .importance = experiment.importance(),
              .loss = std::move(trained->loss),
              .history = history.keep(trained->kept_restart, experiment.train.restarts),
              .restart_loss = several ? std::move(trained->restart_loss) : std::vector<float>(),
              .kept_restart = several ? trained->kept_restart : std::vector<std::int64_t>(),
              .restart_models = several && experiment.record.all_restarts
                                    ? models_by_restart(trainer.state().model, experiment.train.restarts)
                                    : std::vector<Model>()},
             directory);
  return RunOutcome::kFinished;
}

std::vector<std::int64_t> instances_without_finite_loss(std::span<const float> loss) {
  std::vector<std::int64_t> instances;
  for (std::size_t i = 0; i < loss.size(); ++i) {
    if (!std::isfinite(loss[i])) instances.push_back(static_cast<std::int64_t>(i));
  }
  return instances;
}

}  // namespace superpose::store
