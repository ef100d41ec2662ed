#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "superpose/core/stop.h"
#include "superpose/train/back_end.h"
#include "superpose/train/ensemble.h"
#include "superpose/train/observation.h"
#include "superpose/train/restarts.h"
#include "superpose/train/train_options.h"

namespace superpose {

/// About the most seconds that a step of all members takes on one core: those of dense data, with batches
/// rounded up to whole tiles.
double most_step_seconds(const Shape& members, std::int64_t batch_size,
                         const kernels::BackEnd& back_end = default_back_end());

/// About the most bytes of working memory that each thread takes for members of that kind and shape, whatever
/// their data.
double most_scratch_bytes(ModelKind kind, const Shape& members, std::int64_t batch_size,
                          const kernels::BackEnd& back_end = default_back_end());

/// How many samples the final loss of each instance is estimated on.
inline constexpr std::int64_t kEvaluationSamples = 65536;

/// Trains an ensemble. The result of a member depends on its instance, its restart and the options. It does
/// not depend on the number of threads, on observers, on where a run was stopped and resumed, or on the other
/// members.
///
/// Threads: calls come from one thread at a time, which need not be the same one. While one of them trains or
/// estimates losses, others may ask it to stop, and may call ensemble(), options() and members(), which never
/// change; state() is for the thread that trains. Observers, `look` and a source's `fill` are called on that
/// thread, one at a time. They may call state(), and observers restore(), too, but nothing else that is not
/// const. Trainers share nothing: several may work at once, each in a thread of its own.
class Trainer {
 public:
  /// threads: >= 0; 0 means all of the machine's. members: which of the n_instances * restarts to train;
  /// without it, all of them. back_end: what takes the steps. Errors: InvalidRequest that says what is wrong
  /// with the ensemble, the options or the members, or that the back end is absent or cannot do them.
  Trainer(Ensemble ensemble, const TrainOptions& options, int threads = 0,
          std::optional<MemberRange> members = {}, const kernels::BackEnd& back_end = default_back_end());
  ~Trainer();

  /// Calls the observer after steps 0, every, 2 every, ... and after the last one. wants_loss: false where
  /// the observer does not use the loss, which is then empty; measuring it takes time. An exception of the
  /// observer ends the training after that step. Errors: InvalidRequest when `every` is not above 0, or the
  /// observer is no function.
  void observe(std::int64_t every, Observer observer, bool wants_loss = true);

  /// Calls `look` on the thread that trains or estimates losses: between stretches of a fraction of a second,
  /// and about once for each member. An exception of `look` ends that work and leaves the state whole.
  void look_up(std::function<void()> look);

  /// Replaces the factors of the schedule on the learning rate. factors: (steps), finite and >= 0. Errors:
  /// InvalidRequest when their number is wrong, or one is out of range.
  void scale_lr(std::vector<double> factors);

  /// Trains up to the last step, or until asked to stop. The token is asked every fraction of a second, or
  /// after each step where steps take longer. returns: whether all steps are done. Errors: what observers,
  /// `look` and a source throw; InvalidRequest when a source gives a number that is not finite. The state is
  /// then that after the last whole step.
  bool run(const StopToken& stop = {});
  /// Trains until `step` steps have been taken in all (or all steps, if there are fewer), or until asked to
  /// stop. returns: whether these steps are done. Cutting a run like this does not change its bits.
  bool run_until(std::int64_t step, const StopToken& stop = {});

  [[nodiscard]] const Ensemble& ensemble() const;
  [[nodiscard]] const TrainOptions& options() const;
  [[nodiscard]] const MemberRange& members() const;

  [[nodiscard]] const TrainerState& state() const;
  /// The last step that this trainer took, as an observer sees it that wants the loss; nothing before the
  /// first. Valid until the next call that is not const.
  [[nodiscard]] std::optional<Observation> last_step() const;
  /// Continues from there. Errors: InvalidRequest when the shapes differ from this trainer's.
  void restore(TrainerState state);

  /// Mean loss of every trained member on kEvaluationSamples fresh samples, which are the same for all
  /// restarts of an instance. returns: (members). Errors: as of run.
  [[nodiscard]] std::vector<float> evaluate();
  /// Nothing when asked to stop.
  [[nodiscard]] std::optional<std::vector<float>> evaluate(const StopToken& stop);

  /// The trained ensemble: for each instance, the restart with the lowest loss. Errors: as of run;
  /// InvalidRequest when the members are not all restarts of some instances.
  [[nodiscard]] TrainedModel result();
  /// Nothing when asked to stop.
  [[nodiscard]] std::optional<TrainedModel> result(const StopToken& stop);

  /// Trains up to the last step, then estimates the losses. returns: result(), or nothing when asked to stop.
  /// state() is always whole. When only the losses are missing, it is that of the last step.
  [[nodiscard]] std::optional<TrainedModel> finish(const StopToken& stop = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace superpose
