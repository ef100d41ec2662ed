#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "superpose/core/stop.h"
#include "superpose/train/ensemble.h"
#include "superpose/train/observation.h"
#include "superpose/train/restarts.h"
#include "superpose/train/train_options.h"

namespace superpose {

/// Most cycles of one core that a step of all members takes, about: that of dense data, batches rounded up to
/// whole tiles. Some 3.5e9 of them are a second.
double most_step_cycles(const Shape& members, std::int64_t batch_size);

/// Most bytes of working memory that each thread takes for members of that kind and shape, whatever their
/// data, about.
double most_scratch_bytes(ModelKind kind, const Shape& members, std::int64_t batch_size);

/// Samples an instance on which the final loss is estimated.
inline constexpr std::int64_t kEvaluationSamples = 65536;

/// Trains an ensemble. What becomes of a member depends on its instance, its restart and the options. It does
/// not depend on the number of threads, on observers, on where a run was stopped and resumed, or on the other
/// members.
class Trainer {
 public:
  /// threads: 0 means all of the machine's. members: those to train of the n_instances * restarts; none: all.
  /// Errors: InvalidRequest that says what is wrong with the ensemble, the options or the members.
  Trainer(Ensemble ensemble, const TrainOptions& options, int threads = 0,
          std::optional<MemberRange> members = {});
  ~Trainer();

  /// Calls the observer after steps 0, every, 2 every, ... and after the last one. every > 0. wants_loss:
  /// false where the observer does not look at the loss, which is then empty: measuring it takes time.
  void observe(std::int64_t every, Observer observer, bool wants_loss = true);

  /// Calls `look` on the thread that trains or estimates losses, between stretches of a fraction of a second
  /// and about once a member. What it throws ends that work and leaves the state whole.
  void look_up(std::function<void()> look);

  /// Factors on the learning rate, in the place of the schedule's. factors: (steps), finite and >= 0.
  /// Errors: InvalidRequest when there are not as many, or one is out of range.
  void scale_lr(std::vector<double> factors);

  /// Trains up to the last step, or until asked to stop. The token is looked at every fraction of a second,
  /// or after each step where steps take longer. returns: whether all steps are done.
  bool run(const StopToken& stop = {});
  /// Trains until `step` steps have been taken in all, or all there are, or until asked to stop. returns:
  /// whether these steps are done. Where a run is cut does not change its bits.
  bool run_until(std::int64_t step, const StopToken& stop = {});

  [[nodiscard]] const Ensemble& ensemble() const;
  [[nodiscard]] const TrainOptions& options() const;
  [[nodiscard]] const MemberRange& members() const;

  [[nodiscard]] const TrainerState& state() const;
  /// Goes on from there. Errors: InvalidRequest when the shapes differ from this trainer's.
  void restore(TrainerState state);

  /// Mean loss of every trained member on kEvaluationSamples fresh samples, the same for all restarts of an
  /// instance. returns: (members). Errors: what a source throws.
  [[nodiscard]] std::vector<float> evaluate();
  /// Nothing when asked to stop.
  [[nodiscard]] std::optional<std::vector<float>> evaluate(const StopToken& stop);

  /// The trained ensemble: of each instance the restart with the lowest loss. Errors: what a source throws;
  /// InvalidRequest when the members are not all restarts of some instances.
  [[nodiscard]] TrainedModel result();
  /// Nothing when asked to stop.
  [[nodiscard]] std::optional<TrainedModel> result(const StopToken& stop);

  /// Trains up to the last step, then estimates the losses. returns: result(), or nothing when asked to stop;
  /// state() is whole, and of the last step when only the losses are missing.
  [[nodiscard]] std::optional<TrainedModel> finish(const StopToken& stop = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace superpose
