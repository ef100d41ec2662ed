#include "superpose/store/run_experiment.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <new>
#include <string>
#include <utility>

#include "superpose/core/error.h"
#include "superpose/store/checkpoint.h"

namespace superpose::store {
namespace {

/// Checkpoints take at most this part of the time, however large they are.
constexpr double kMostTimeWriting = 0.05;

/// Writes a run's checkpoints, when it is time.
class CheckpointWriter {
 public:
  CheckpointWriter(const Experiment& experiment, const RunOptions& options)
      : experiment_(experiment), options_(options), seconds_(options.checkpoint_seconds), wait_(seconds_) {}

  /// From now on they go there.
  void write_into(const Directory& directory) { directory_ = &directory; }

  /// One that cannot be written is said once, and tried again when the next is due.
  void write(const TrainerState& state, const History& history) {
    const auto begin = Clock::now();
    try {
      write_checkpoint(*directory_, experiment_, state, history);
      failing_ = false;
    } catch (const Error& error) {
      say(error.what());
    } catch (const std::bad_alloc&) {
      say((*directory_ / kCheckpointFile).string() + ": cannot be written: out of memory");
    }
    last_ = Clock::now();
    wait_ = std::max(seconds_, Seconds(last_ - begin) / kMostTimeWriting);
  }

  void write_if_due(const TrainerState& state, const History& history) {
    if (Clock::now() - last_ >= wait_) write(state, history);
  }

 private:
  using Clock = std::chrono::steady_clock;
  using Seconds = std::chrono::duration<double>;

  void say(const std::string& what) {
    if (!std::exchange(failing_, true) && options_.warn)
      options_.warn(what + "; the run goes on, and tries again later");
  }

  const Experiment& experiment_;
  const RunOptions& options_;
  const Directory* directory_ = nullptr;
  bool failing_ = false;  ///< the last one could not be written
  Seconds seconds_;
  Seconds wait_;  ///< from the end of one checkpoint to the beginning of the next
  Clock::time_point last_ = Clock::now();
};

Checkpoint read_checkpoint_to_resume(const Directory& directory, const Experiment& experiment) {
  try {
    return read_checkpoint(directory, experiment);
  } catch (const InvalidRequest& error) {
    throw CannotResume(error.what(), directory.path(), /*resumable=*/false);
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

RunEnd run_experiment(const Experiment& experiment, const RunOptions& options) {
  const Description description = experiment;
  if (look(options.directory, options.root, description, options.resume) == Found::kWhole)
    return {RunOutcome::kAlreadyDone, Directory::open(options.directory, options.root)};

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

  auto [directory, found] =
      begin_results(options.directory, options.root, description, options.resume, options.warn);
  if (found == Found::kWhole) return {RunOutcome::kAlreadyDone, std::move(directory)};
  checkpoint.write_into(directory);
  if (found == Found::kBegun && directory.has(kCheckpointFile)) {
    Checkpoint last = read_checkpoint_to_resume(directory, experiment);
    trainer.restore(std::move(last.state));
    history = std::move(last.history);
  }

  auto trained = trainer.finish(options.stop);
  if (!trained) {
    checkpoint.write(trainer.state(), history);
    return {RunOutcome::kStopped, std::move(directory)};
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
  return {RunOutcome::kFinished, std::move(directory)};
}

std::vector<std::int64_t> instances_without_finite_loss(std::span<const float> loss) {
  std::vector<std::int64_t> instances;
  for (std::size_t i = 0; i < loss.size(); ++i) {
    if (!std::isfinite(loss[i])) instances.push_back(static_cast<std::int64_t>(i));
  }
  return instances;
}

}  // namespace superpose::store
