#include "python/src/trainable_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "python/src/interpreter.h"
#include "superpose/core/error.h"
#include "superpose/core/random.h"
#include "superpose/train/history.h"
#include "superpose/train/restarts.h"

namespace superpose::python {
namespace {

namespace nb = nanobind;

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

/// Enough of a trainer to hold parameters and evaluate them.
TrainOptions idle_options(const Experiment& experiment) {
  return {.steps = 1, .batch_size = 1, .seed = experiment.train.seed};
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

std::vector<float> unknown(std::size_t count) {
  return std::vector<float>(count, std::numeric_limits<float>::quiet_NaN());
}

/// The run of an experiment before its training.
run::Run begin(Experiment experiment) {
  run::Run run{.experiment = std::move(experiment),
               .model = Model(ModelKind::kReluOutput, {}),
               .feature_probability = {},
               .importance = {},
               .loss = {},
               .history = {}};
  Ensemble start = run.experiment.ensemble();
  const auto probability = start.data.marginal_probability();
  run.feature_probability.assign(probability.begin(), probability.end());
  run.importance = start.importance;
  run.loss = unknown(start.shape.instances());
  run.model = Trainer(std::move(start), idle_options(run.experiment), 1).state().model;
  return run;
}

}  // namespace

TrainableRun::TrainableRun(Experiment experiment)
    : run_(begin(std::move(experiment))), data_(run_.experiment.distribution()) {}

TrainableRun::TrainableRun(run::Run run)
    : run_(std::move(run)), measured_(run_.model), data_(run_.experiment.distribution()), trainings_(1) {}

run::Run TrainableRun::snapshot(bool with_parameters) const {
  History history{.step = run_.history.step, .lr = run_.history.lr, .loss = run_.history.loss};
  if (with_parameters) history.models = run_.history.models;
  return {.experiment = run_.experiment,
          .model = run_.model,
          .feature_probability = run_.feature_probability,
          .importance = run_.importance,
          .loss = run_.loss,
          .history = std::move(history),
          .restart_loss = run_.restart_loss,
          .kept_restart = run_.kept_restart,
          .restart_models = run_.restart_models};
}

bool TrainableRun::is_measured() const {
  return measured_ && same_parameters(run_.model, *measured_);
}

std::optional<std::vector<float>> TrainableRun::loss() const {
  if (!is_estimated_ || !is_measured()) return std::nullopt;
  return run_.loss;
}

std::vector<float> TrainableRun::known_loss(int threads) {
  if (const auto known = loss()) return *known;
  if (!has_loss_elsewhere()) return evaluate(threads);
  const std::vector<float> of_whole = elsewhere_->get(threads);
  std::vector<float> own;
  for (const std::int64_t number : numbers_) own.push_back(of_whole[static_cast<std::size_t>(number)]);
  if (is_measured()) set_loss(own);
  return own;
}

void TrainableRun::set_loss(std::vector<float> loss) {
  if (loss.size() != run_.loss.size()) {
    throw InvalidRequest({.key = "loss",
                          .expected = fmt::format("a number for each of {} instances", run_.loss.size()),
                          .got = fmt::to_string(loss.size())});
  }
  settle(std::move(loss), run_.model);
}

void TrainableRun::settle(std::vector<float> loss, const Model& of) {
  run_.loss = std::move(loss);
  measured_ = of;
  is_estimated_ = true;
  elsewhere_.reset();
  of_parts_.reset();
}

void TrainableRun::set_feature_probability(std::vector<float> probability) {
  if (probability.size() != run_.feature_probability.size()) {
    throw InvalidRequest({.key = "feature_probability",
                          .expected = fmt::format("{} numbers", run_.feature_probability.size()),
                          .got = fmt::to_string(probability.size())});
  }
  run_.feature_probability = std::move(probability);
}

std::unique_ptr<TrainableRun> TrainableRun::choose(std::span<const std::int64_t> instances) const {
  auto chosen = std::make_unique<TrainableRun>(choose_instances(run_, instances));
  chosen->trainings_ = trainings_;
  if (!is_measured()) chosen->measured_.reset();
  chosen->is_estimated_ = is_estimated_;
  if (is_estimated_ || !is_measured() || source_.fill) return chosen;
  // Samples depend on an instance's number, and the loss with them: it is the one that these had in the
  // whole.
  for (const std::int64_t instance : instances)
    chosen->numbers_.push_back(elsewhere_ ? numbers_[static_cast<std::size_t>(instance)] : instance);
  if (!elsewhere_ && !of_parts_) {
    auto whole = std::make_unique<TrainableRun>(snapshot(false));
    whole->trainings_ = trainings_;
    whole->is_estimated_ = false;  // its constructor takes it for one from a file
    of_parts_ = std::make_shared<LossToCome>(std::move(whole));
  }
  chosen->elsewhere_ = elsewhere_ ? elsewhere_ : of_parts_;
  return chosen;
}

std::vector<float> LossToCome::get(int threads) {
  std::unique_lock lock(mutex_, std::defer_lock);
  {
    const nb::gil_scoped_release unlock;  // who holds the mutex may want the interpreter's lock
    lock.lock();
  }
  return whole_->known_loss(threads);
}

Ensemble TrainableRun::ensemble(const Experiment& experiment, const TrainingFacts& facts) const {
  Ensemble result = experiment.ensemble();
  if (source_.fill) {
    result.source = {.fill = [this, facts](const BatchRequest& request,
                                           const Batch& batch) { source_.fill(request, facts, batch); },
                     .gives_targets = source_.gives_targets};
  }
  return result;
}

/// One training of a run, in place. Everything happens without the interpreter's lock but what takes it.
class TrainableRun::InPlace {
 public:
  /// Begins: with the run's own parameters, where there is one restart.
  InPlace(TrainableRun& run, Experiment experiment, int threads, const TrainingHooks& hooks, bool resume)
      : run_(run),
        experiment_(std::move(experiment)),
        hooks_(hooks),
        restarts_(experiment_.train.restarts),
        trainer_(std::make_unique<Trainer>(
            run.ensemble(experiment_, {.seed = experiment_.train.seed, .steps = experiment_.train.steps}),
            experiment_.train, threads)) {
    if (!hooks.lr_factors.empty()) trainer_->scale_lr(hooks.lr_factors);
    if (resume) go_on(expect_ended());
    if (restarts_ == 1) begin_with(model());
    const nb::gil_scoped_acquire lock;
    if (!resume) ++run.trainings_;
    ++run.begun_;
    run.run_.experiment = experiment_;
  }

  /// Trains to the end. Where that fails, the run keeps the steps that were taken.
  void finish() {
    record();
    if (hooks_.observe) call_hook();
    try {
      train();
      restarts_ == 1 ? keep_the_only_one() : keep_the_best();
    } catch (...) {
      keep_what_there_is();
      throw;
    }
  }

 private:
  [[nodiscard]] Model& model() const { return run_.run_.model; }

  void begin_with(const Model& model) {
    TrainerState state = trainer_->state();
    state.model = model;
    trainer_->restore(std::move(state));
  }

  /// From where the last training ended.
  void go_on(const Ended& ended) {
    trainer_->restore(ended.state);
    history_ = restarts_ == 1 ? run_.run_.history : ended.history;
    if (ended.state.step < experiment_.train.steps) history_.drop_row_between(experiment_.record.every);
  }

  void add_row(const Observation& observation) {
    experiment_.record.parameters ? history_.record_with_parameters(observation)
                                  : history_.record(observation);
  }

  void record() {
    trainer_->observe(experiment_.record.every,
                      [this](const Observation& observation) { add_row(observation); });
  }

  /// What the hook does to the parameters counts, where there is one restart.
  void call_hook() {
    trainer_->observe(hooks_.every, [this](const Observation& observation) {
      copy_first_restarts(observation.model, restarts_, model());
      const auto keep_changes = [&] {
        if (restarts_ == 1 && !same_parameters(model(), observation.model)) begin_with(model());
      };
      try {
        hooks_.observe(observation);
      } catch (...) {
        keep_changes();
        throw;
      }
      unlocked_.expect_not_forked();
      keep_changes();
    });
  }

  void train() {
    trainer_->look_up([this] {
      unlocked_.look([this] {
        if (hooks_.poll) hooks_.poll(trainer_->state().step);
      });
      unlocked_.expect_not_forked();
    });
    trainer_->run();
  }

  /// Its loss is estimated when it is asked for.
  void keep_the_only_one() {
    copy_first_restarts(trainer_->state().model, 1, model());
    const nb::gil_scoped_acquire lock;
    Ended now = ended(/*whole=*/true);
    run_.keep(std::move(history_), std::move(now));
    run_.measured_ = model();
    run_.is_estimated_ = false;
  }

  void keep_the_best() {
    trainer_->look_up([this] { unlocked_.look(); });
    TrainedModel trained = trainer_->result();
    std::vector<Model> restarts;
    if (experiment_.record.all_restarts) restarts = models_by_restart(trainer_->state().model, restarts_);
    copy_first_restarts(trained.model, 1, model());
    History kept = history_.keep(trained.kept_restart, restarts_);
    const nb::gil_scoped_acquire lock;
    run_.keep(std::move(kept), ended(/*whole=*/true));
    run_.run_.kept_restart = std::move(trained.kept_restart);
    run_.run_.restart_loss = std::move(trained.restart_loss);
    run_.run_.restart_models = std::move(restarts);
    run_.set_loss(std::move(trained.loss));
  }

  [[nodiscard]] const Ended& expect_ended() const {
    if (run_.ended_) return *run_.ended_;
    throw InvalidRequest({.key = "resume", .expected = "a training to go on with", .got = "none"});
  }

  [[nodiscard]] bool has_row(std::int64_t step) const {
    return !history_.step.empty() && history_.step.back() == step;
  }

  /// whole: whether it was trained to its end.
  [[nodiscard]] Ended ended(bool whole) {
    return {.state = trainer_->state(),
            .history = restarts_ == 1 ? History() : std::move(history_),
            .is_whole = whole};
  }

  void keep_what_there_is() {
    const auto last = trainer_->last_step();
    if (last && last->step + 1 == trainer_->state().step && !has_row(last->step)) add_row(*last);
    copy_first_restarts(trainer_->state().model, restarts_, model());
    const std::vector<std::int64_t> first(run_.run_.loss.size(), 0);
    History kept = history_.keep(first, restarts_);
    Ended now = ended(/*whole=*/false);
    // In a forked process the trainer's threads are not there to be ended.
    if (unlocked_.is_forked()) [[maybe_unused]]
      const Trainer* const left_behind = trainer_.release();
    const nb::gil_scoped_acquire lock;
    run_.keep(std::move(kept), std::move(now));
  }

  TrainableRun& run_;
  const Experiment experiment_;
  const TrainingHooks& hooks_;
  const std::int64_t restarts_;
  Unlocked unlocked_;
  std::unique_ptr<Trainer> trainer_;
  History history_;
};

void TrainableRun::train(const Options& options, int threads, const TrainingHooks& hooks, bool resume) {
  const Training training(in_training_);
  Experiment experiment = run_.experiment;
  experiment.train = options.train;
  experiment.record = options.record;
  InPlace(*this, std::move(experiment), threads, hooks, resume).finish();
}

std::optional<std::int64_t> TrainableRun::steps_taken() const {
  return ended_ ? std::optional(ended_->state.step) : std::nullopt;
}

bool TrainableRun::is_whole() const {
  return ended_ && ended_->is_whole;
}

void TrainableRun::keep(History history, Ended ended) {
  run_.history = std::move(history);
  ended_ = std::move(ended);
  run_.kept_restart.clear();
  run_.restart_loss.clear();
  run_.restart_models.clear();
  measured_.reset();
  elsewhere_.reset();
  of_parts_.reset();
}

std::vector<float> TrainableRun::evaluate(int threads) {
  const Training training(in_training_);
  Unlocked unlocked;
  const TrainingFacts facts{.seed = run_.experiment.train.seed,
                            .steps = trainings_ > 0 ? run_.experiment.train.steps : 0};
  Trainer trainer(ensemble(run_.experiment, facts), idle_options(run_.experiment), threads);
  TrainerState state = trainer.state();
  state.model = run_.model;
  trainer.restore(std::move(state));
  trainer.look_up([&] { unlocked.look(); });
  std::vector<float> loss = trainer.evaluate();
  const nb::gil_scoped_acquire lock;
  settle(loss, trainer.state().model);
  return loss;
}

std::vector<float> TrainableRun::batch(philox::Key key, std::uint32_t number, std::int64_t n_samples) const {
  const Shape& shape = run_.model.shape();
  const auto samples = static_cast<std::size_t>(n_samples);
  Unlocked unlocked;
  std::vector<float> x(samples * shape.instances() * shape.features());
  for (std::size_t i = 0; i < shape.instances(); ++i) {
    unlocked.look();
    const auto of_instance = data_.batch(key, static_cast<std::uint32_t>(i), number, samples);
    for (std::size_t sample = 0; sample < samples; ++sample) {
      std::copy_n(
          of_instance.begin() + static_cast<std::ptrdiff_t>(sample * shape.features()), shape.features(),
          x.begin() + static_cast<std::ptrdiff_t>((sample * shape.instances() + i) * shape.features()));
    }
  }
  return x;
}

}  // namespace superpose::python
