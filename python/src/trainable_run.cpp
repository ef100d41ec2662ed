#include "python/src/trainable_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "superpose/core/error.h"
#include "superpose/core/random.h"
#include "superpose/train/history.h"

namespace superpose::python {
namespace {

/// The parameters of each instance's first restart.
void copy_first_restarts(const Model& trained, std::int64_t restarts, Model& model) {
  for (std::int64_t i = 0; i < model.shape().n_instances; ++i) {
    std::ranges::copy(trained.W(i * restarts), model.W(i).begin());
    std::ranges::copy(trained.W2(i * restarts), model.W2(i).begin());
    std::ranges::copy(trained.b_final(i * restarts), model.b_final(i).begin());
  }
}

bool same_parameters(const Model& a, const Model& b) {
  const auto same = [](std::span<const float> x, std::span<const float> y) {
    return std::ranges::equal(std::as_bytes(x), std::as_bytes(y));  // NaN is itself
  };
  return same(a.W(), b.W()) && same(a.W2(), b.W2()) && same(a.b_final(), b.b_final());
}

/// Copied element by element: arrays in Python show this memory.
void copy_parameters(const Model& from, Model& to) {
  copy_first_restarts(from, 1, to);
}

/// Enough of a trainer to hold parameters and evaluate them.
TrainOptions idle_options(const Experiment& experiment) {
  return {.steps = 1, .batch_size = 1, .seed = experiment.train.seed};
}

/// The experiment with other [train] and [record] sections. Errors: InvalidRequest as of parse_experiment.
Experiment with_options(const Experiment& experiment, const std::string& options) {
  const Shape& shape = experiment.model.shape;
  const std::string model =
      fmt::format("model = {{ kind = \"{}\", n_features = {}, n_hidden = {}, n_instances = {} }}\n",
                  name(experiment.model.kind), shape.n_features, shape.n_hidden, shape.n_instances);
  Experiment result = parse_experiment({.text = model + options, .file = "", .overrides = {}});
  result.name = experiment.name;
  result.model = experiment.model;
  result.data = experiment.data;
  return result;
}

/// Says that a run is in training while it lives.
class Training {
 public:
  explicit Training(std::atomic<bool>& flag) : flag_(flag) {
    if (flag_.exchange(true))
      throw Error("this model is in training: wait until that is done, or train a copy");
  }
  ~Training() { flag_ = false; }
  Training(const Training&) = delete;
  Training& operator=(const Training&) = delete;

 private:
  std::atomic<bool>& flag_;
};

}  // namespace

TrainableRun::TrainableRun(const std::string& toml)
    : run_{.experiment = parse_experiment({.text = toml, .file = "", .overrides = {}}),
           .model = Model(ModelKind::kReluOutput, {}),
           .feature_probability = {},
           .importance = {},
           .loss = {},
           .history = {}} {
  Ensemble start = run_.experiment.ensemble();
  const auto probability = start.data.marginal_probability();
  run_.feature_probability.assign(probability.begin(), probability.end());
  run_.importance = start.importance;
  run_.loss.assign(start.shape.instances(), std::numeric_limits<float>::quiet_NaN());
  run_.model = Trainer(std::move(start), idle_options(run_.experiment), 1).state().model;
}

Ensemble TrainableRun::ensemble(const Experiment& experiment) const {
  Ensemble result = experiment.ensemble();
  result.source = source_;
  return result;
}

void TrainableRun::train(const std::string& options, int threads, const TrainingHooks& hooks) {
  const Training training(in_training_);
  const Experiment experiment = with_options(run_.experiment, options);

  Trainer trainer(ensemble(experiment), experiment.train, threads);
  const std::int64_t restarts = experiment.train.restarts;
  if (!hooks.lr_factors.empty()) trainer.scale_lr(hooks.lr_factors);
  const auto begin_with = [&](const Model& model) {
    TrainerState state = trainer.state();
    state.model = model;
    trainer.restore(std::move(state));
  };
  if (restarts == 1) begin_with(run_.model);

  History history;
  trainer.observe(experiment.record.every, [&](const Observation& observation) {
    experiment.record.parameters ? history.record_with_parameters(observation) : history.record(observation);
  });
  if (hooks.observe) {
    trainer.observe(hooks.every, [&](const Observation& observation) {
      copy_first_restarts(observation.model, restarts, run_.model);
      hooks.observe(observation);
      // What the hook did to the parameters counts.
      if (restarts == 1 && !same_parameters(run_.model, observation.model)) begin_with(run_.model);
    });
  }

  const auto keep = [&](const TrainedModel& trained) {
    copy_parameters(trained.model, run_.model);
    run_.loss = trained.loss;
    run_.kept_restart = restarts > 1 ? trained.kept_restart : std::vector<std::int64_t>{};
    run_.restart_loss = restarts > 1 ? trained.restart_loss : std::vector<float>{};
    run_.history = history.keep(trained.kept_restart, restarts);
    run_.experiment = experiment;
  };
  try {
    trainer.run([&] {
      if (hooks.poll) hooks.poll(trainer.state().step);
      return false;
    });
    keep(trainer.result());
  } catch (...) {
    copy_first_restarts(trainer.state().model, restarts, run_.model);
    run_.loss.assign(run_.loss.size(), std::numeric_limits<float>::quiet_NaN());
    run_.restart_loss.clear();
    run_.kept_restart.clear();
    const std::vector<std::int64_t> first(run_.loss.size(), 0);
    run_.history = history.keep(first, restarts);
    throw;
  }
}

void TrainableRun::evaluate(int threads) {
  const Training training(in_training_);
  Trainer trainer(ensemble(run_.experiment), idle_options(run_.experiment), threads);
  TrainerState state = trainer.state();
  state.model = run_.model;
  trainer.restore(std::move(state));
  run_.loss = trainer.evaluate();
}

std::vector<float> TrainableRun::batch(philox::Key key, std::uint32_t number, std::int64_t n_samples) const {
  const FeatureDistribution data = run_.experiment.distribution();
  const Shape& shape = run_.model.shape();
  const auto samples = static_cast<std::size_t>(n_samples);
  std::vector<float> x(samples * shape.instances() * shape.features());
  for (std::size_t i = 0; i < shape.instances(); ++i) {
    const auto of_instance = data.batch(key, static_cast<std::uint32_t>(i), number, samples);
    for (std::size_t sample = 0; sample < samples; ++sample) {
      std::copy_n(
          of_instance.begin() + static_cast<std::ptrdiff_t>(sample * shape.features()), shape.features(),
          x.begin() + static_cast<std::ptrdiff_t>((sample * shape.instances() + i) * shape.features()));
    }
  }
  return x;
}

}  // namespace superpose::python
