#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "superpose/run/instances.h"
#include "superpose/store/run_directory.h"
#include "superpose/train/trainer.h"

namespace superpose::python {

/// What watches a training from outside. Everything is called on the thread that trains.
struct TrainingHooks {
  std::int64_t every = 100;                  ///< steps between observations
  Observer observe{};                        ///< sees the run's own parameters, brought up to the step
  std::function<void(std::int64_t)> poll{};  ///< every now and then, with the steps taken; throws to stop
  std::vector<double> lr_factors{};  ///< (steps): in the place of the schedule's; empty: the schedule's
};

/// The training that samples are for, or were for when the loss is estimated.
struct TrainingFacts {
  std::uint32_t seed = 0;
  std::int64_t steps = 0;  ///< 0 before the first training
};

/// Where batches come from, if not from the experiment's distribution.
struct SampleSource {
  std::function<void(const BatchRequest&, const TrainingFacts&, const Batch&)> fill{};  ///< null: no source
  bool gives_targets = false;
};

/// How to train.
struct Options {
  TrainOptions train;
  Experiment::RecordSection record;
};

class LossToCome;

/// The model of the Python package: a run that need not come from a file, and that can be trained in place.
/// It is made and asked with the interpreter's lock; train, evaluate and batch give it back meanwhile, and
/// change what is asked for, parameters apart, with it only.
class TrainableRun {
 public:
  /// Not trained: the weights are those that the experiment's training begins with.
  explicit TrainableRun(Experiment experiment);
  /// Trained once.
  explicit TrainableRun(run::Run run);

  /// A copy of the run, for work without the interpreter's lock: what is not a parameter may change once that
  /// is given back. with_parameters: those that were recorded, too.
  [[nodiscard]] run::Run snapshot(bool with_parameters) const;

  [[nodiscard]] run::Run& run() { return run_; }
  [[nodiscard]] const run::Run& run() const { return run_; }

  /// (n_instances), of the parameters as they are; nothing where it has not been estimated since they
  /// changed.
  [[nodiscard]] std::optional<std::vector<float>> loss() const;
  /// The loss, (n_instances), estimated where loss() does not know it. Instances that were chosen of a
  /// trained run have the loss that they have there. Errors: as of evaluate.
  std::vector<float> known_loss(int threads);
  /// Whether known_loss would say something else than evaluate.
  [[nodiscard]] bool has_loss_elsewhere() const { return elsewhere_ != nullptr && is_measured(); }
  /// What loss() is from now on. loss: (n_instances).
  void set_loss(std::vector<float> loss);

  /// How often it was trained, to the end or not.
  [[nodiscard]] std::int64_t trainings() const { return trainings_; }
  void set_trainings(std::int64_t trainings) { trainings_ = trainings; }
  [[nodiscard]] bool is_in_training() const { return in_training_; }

  void set_source(SampleSource source) { source_ = std::move(source); }

  /// What its features are to be called active with, where its source decides that. probability:
  /// (n_instances, n_features); NaN: not known.
  void set_feature_probability(std::vector<float> probability);

  /// A run of those instances, with all that is known of them but for the source.
  [[nodiscard]] std::unique_ptr<TrainableRun> choose(std::span<const std::int64_t> instances) const;

  /// Trains from the present parameters on, in place; of several restarts the present parameters are not
  /// part: each begins with its own, and the losses decide which is kept. Otherwise no loss is estimated.
  /// options: [train] and [record] of an experiment of this model. resume: go on where the last training
  /// ended, early or not; with its options, but for more steps. Whatever ends it early leaves the parameters
  /// as they are after the last step taken, which has a row in the history. Errors: Error when it is in
  /// training already; whatever a hook or source throws.
  void train(const Options& options, int threads, const TrainingHooks& hooks, bool resume);

  /// The steps that the last training took, which `resume` goes on from; nothing where there was none.
  [[nodiscard]] std::optional<std::int64_t> steps_taken() const;
  /// Whether that training came to its end.
  [[nodiscard]] bool is_whole() const;
  /// How often a training began here, with `resume` or without.
  [[nodiscard]] std::int64_t begun() const { return begun_; }

  /// Estimates loss() on fresh data, and returns it. Errors: as of train.
  std::vector<float> evaluate(int threads);

  /// Samples of the experiment's distribution. key: of a stream. returns: (n_samples, n_instances,
  /// n_features), the batch of that number.
  [[nodiscard]] std::vector<float> batch(philox::Key key, std::uint32_t number, std::int64_t n_samples) const;

 private:
  class InPlace;

  /// Whether measured_ is of the parameters as they are.
  [[nodiscard]] bool is_measured() const;
  /// The loss of those parameters is known from now on.
  void settle(std::vector<float> loss, const Model& of);
  /// What the next training goes on from, with `resume`.
  struct Ended {
    TrainerState state;
    History history;  ///< of every restart; empty where there is one, whose is the run's
    bool is_whole = false;
  };

  /// What a training left beside parameters, without what several restarts leave; with the interpreter's
  /// lock.
  void keep(History history, Ended ended);
  [[nodiscard]] Ensemble ensemble(const Experiment& experiment, const TrainingFacts& facts) const;

  run::Run run_;
  std::optional<Model> measured_;  ///< the parameters that run_.loss is of, or will be; nothing: others
  bool is_estimated_ = true;       ///< whether run_.loss is there
  /// Where the loss of these instances will come from: a run that they were chosen of; their numbers there.
  std::shared_ptr<LossToCome> elsewhere_;
  std::vector<std::int64_t> numbers_;
  mutable std::shared_ptr<LossToCome> of_parts_;  ///< what parts of this one ask
  FeatureDistribution data_;
  SampleSource source_;
  std::optional<Ended> ended_{};
  std::int64_t trainings_ = 0, begun_ = 0;
  std::atomic<bool> in_training_ = false;
};

/// The loss of a trained run that nobody has asked for yet, for its parts: estimated once, when the first of
/// them asks.
class LossToCome {
 public:
  /// whole: as it was trained.
  explicit LossToCome(std::unique_ptr<TrainableRun> whole) : whole_(std::move(whole)) {}

  /// (n_instances) of the whole. Called with the interpreter's lock. Errors: as of TrainableRun::evaluate.
  std::vector<float> get(int threads);

 private:
  std::mutex mutex_;
  std::unique_ptr<TrainableRun> whole_;
};

}  // namespace superpose::python
