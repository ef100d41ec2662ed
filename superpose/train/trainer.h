#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "superpose/core/stop.h"
#include "superpose/data/feature_distribution.h"
#include "superpose/models/model.h"
#include "superpose/train/batch_source.h"
#include "superpose/train/optimizer.h"
#include "superpose/train/schedule.h"

namespace superpose {

struct TrainOptions {
  std::int64_t steps = 10000;      ///< > 0, below 2^32
  std::int64_t batch_size = 1024;  ///< samples a step, > 0
  double lr = 1e-3;                ///< >= 0
  Schedule schedule = Schedule::kConstant;
  OptimizerOptions optimizer{};
  std::uint32_t seed = 0;
  std::int64_t restarts = 1;  ///< each instance is trained this often, in [1, kMaxRestarts)

  friend bool operator==(const TrainOptions&, const TrainOptions&) = default;
};

/// What is trained: the instances' kind and shape, how they start, and how the loss weighs their features.
struct Ensemble {
  ModelKind kind = ModelKind::kReluOutput;
  Shape shape{};
  Initialisation init{};
  FeatureDistribution data;       ///< (n_instances, n_features)
  std::vector<float> importance;  ///< (n_instances, n_features), each >= 0
  BatchSource source{};           ///< where samples come from, if not from `data`
};

/// What an observer sees, after the update of a step. Valid during the call only.
struct Observation {
  std::int64_t step;            ///< the step just taken, 0 <= step < steps
  std::int64_t steps;           ///< steps of the whole run
  double lr;                    ///< learning rate of this step, schedule included
  std::span<const float> loss;  ///< (n_instances * restarts), of this step's batch, before its update, or ()
  const Model& model;  ///< n_instances * restarts instances: restart r of instance i is i * restarts + r
};

/// Called during training: the notebook's hooks.
using Observer = std::function<void(const Observation&)>;

/// All that changes during training: copy it to stop and go on later, to the same bits.
struct TrainerState {
  std::int64_t step = 0;         ///< steps taken
  Model model;                   ///< (n_instances * restarts) instances
  AlignedBuffer<float> moments;  ///< (n_instances * restarts, 2, parameters_per_instance)
};

/// A trained ensemble, the restart with the lowest loss of each instance.
struct TrainedModel {
  Model model;                             ///< n_instances instances
  std::vector<float> loss;                 ///< (n_instances), on fresh data
  std::vector<std::int64_t> kept_restart;  ///< (n_instances)
  std::vector<float> restart_loss{};  ///< (restarts, n_instances), of every restart on the same fresh data
};

/// Most cycles of one core that a step of all members takes, about: that of dense data, batches rounded up to
/// whole tiles. Some 3.5e9 of them are a second.
double most_step_cycles(const Shape& members, std::int64_t batch_size);

/// Most bytes of working memory that each thread takes for members of that kind and shape, whatever their
/// data, about.
double most_scratch_bytes(ModelKind kind, const Shape& members, std::int64_t batch_size);

/// Samples an instance on which the final loss is estimated.
inline constexpr std::int64_t kEvaluationSamples = 65536;

/// Trains an ensemble. The result depends on the ensemble's instances, each on its own, and the options: not
/// on the number of threads, nor on who observes or when a run was stopped and resumed.
class Trainer {
 public:
  /// threads: 0 means all of the machine's.
  Trainer(Ensemble ensemble, const TrainOptions& options, int threads = 0);
  ~Trainer();

  /// Calls the observer after steps 0, every, 2 every, ... and after the last one. every > 0. wants_loss: an
  /// observer that does without spares the steps that only it sees the cost of their loss, which is then
  /// empty.
  void observe(std::int64_t every, Observer observer, bool wants_loss = true);

  /// Factors on the learning rate, in the place of the schedule's. factors: (steps), finite and >= 0.
  /// Errors: InvalidRequest when there are not as many, or one is out of range.
  void scale_lr(std::vector<double> factors);

  /// Trains up to the last step, or until asked to stop: looked at between stretches of a fraction of a
  /// second, or of one step where that takes longer. returns: whether all steps are done.
  bool run(const StopToken& stop = {});
  /// The same with anything else to ask, on this thread. What it throws leaves the state whole.
  bool run(const std::function<bool()>& wants_stop);

  [[nodiscard]] const Ensemble& ensemble() const;
  [[nodiscard]] const TrainOptions& options() const;

  [[nodiscard]] const TrainerState& state() const;
  /// Goes on from there. Errors: InvalidRequest when the shapes differ from this trainer's.
  void restore(TrainerState state);

  /// Mean loss of every trained instance on kEvaluationSamples fresh samples, the same for all restarts of an
  /// instance. look: called on this thread every now and then, about once a member. returns: (n_instances *
  /// restarts). Errors: what a source or look throws.
  [[nodiscard]] std::vector<float> evaluate(const std::function<void()>& look = {});

  /// The trained ensemble: of each instance the restart with the lowest loss; one that is not finite is kept
  /// only when all are. look, errors: as of evaluate.
  [[nodiscard]] TrainedModel result(const std::function<void()>& look = {});

  /// Trains up to the last step, then estimates the losses. stop: looked at in both.
  /// returns: result(), or nothing when stopped; state() is whole, and of the last step when it was the
  /// losses that were not waited for.
  [[nodiscard]] std::optional<TrainedModel> finish(const StopToken& stop = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace superpose
