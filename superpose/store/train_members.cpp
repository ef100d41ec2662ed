#include "superpose/store/train_members.h"

#include <fmt/format.h>

#include <cstdint>
#include <utility>

#include "superpose/store/checkpoint.h"
#include "superpose/train/restarts.h"

namespace superpose::store {

MemberTraining::MemberTraining(const Experiment& experiment, const std::optional<MemberRange>& members,
                               const RunOptions& options)
    : experiment_(experiment),
      options_(options),
      members_(members),
      trainer_(experiment.ensemble(), experiment.train, options.threads, members),
      checkpoint_("run", options.checkpoint_seconds, options.warn) {
  trainer_.observe(experiment.record.every, [this](const Observation& observation) {
    if (experiment_.record.parameters) {
      history_.record_with_parameters(observation);
    } else {
      history_.record(observation);
    }
  });
  trainer_.observe(
      checkpoint_interval(experiment, members),
      [this](const Observation&) { checkpoint_.write_if_due(writing(history_), [this] { return place(); }); },
      /*wants_loss=*/false);
  for (const auto& [every, observer] : options.observers) trainer_.observe(every, observer);
}

std::optional<TrainedMembers> MemberTraining::train(const Directory& directory) {
  checkpoint_.write_into(directory);
  if (directory.has(kCheckpointFile)) go_on_from_checkpoint(directory);
  const bool done = trainer_.run(options_.stop);
  auto loss = done ? trainer_.evaluate(options_.stop) : std::nullopt;
  if (!loss) {
    checkpoint_.write_last(writing(history_), place());
    return std::nullopt;
  }
  return TrainedMembers{
      .model = trainer_.state().model, .loss = *std::move(loss), .history = std::move(history_)};
}

void MemberTraining::leave_checkpoint(const TrainedMembers& trained) {
  checkpoint_.write_end(writing(trained.history), place());
}

void MemberTraining::go_on_from_checkpoint(const Directory& directory) {
  Checkpoint last = expect_checkpoint(directory, experiment_, members_);
  trainer_.restore(std::move(last.state));
  history_ = std::move(last.history);
  checkpoint_.resume_at(place());
}

CheckpointWriter::Write MemberTraining::writing(const History& history) const {
  return [this, &history](const Directory& directory) {
    write_checkpoint(directory, experiment_, trainer_.state(), history, members_);
  };
}

std::string MemberTraining::place() const {
  return fmt::format("step {}", trainer_.state().step);
}

run::Run make_run(const Experiment& experiment, const TrainedMembers& all) {
  const std::int64_t restarts = experiment.train.restarts;
  TrainedModel kept = keep_best_restarts(all.model, all.loss, restarts);
  const FeatureDistribution data = experiment.distribution();
  const auto probability = data.marginal_probability();
  run::Run run{.experiment = experiment,
               .model = std::move(kept.model),
               .feature_probability = {probability.begin(), probability.end()},
               .importance = experiment.importance(),
               .loss = std::move(kept.loss),
               .history = all.history.keep(kept.kept_restart, restarts)};
  if (restarts == 1) return run;
  run.restart_loss = std::move(kept.restart_loss);
  run.kept_restart = std::move(kept.kept_restart);
  if (experiment.record.all_restarts) run.restart_models = models_by_restart(all.model, restarts);
  return run;
}

}  // namespace superpose::store
