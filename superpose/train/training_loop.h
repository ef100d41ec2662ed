#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "superpose/core/stop.h"
#include "superpose/train/curve.h"
#include "superpose/train/trainee.h"

namespace superpose {

/// What the loop knows after a step.
struct Progress {
  std::int64_t step;   ///< the step just taken, 0 <= step < steps
  std::int64_t steps;  ///< steps of the whole run
  double lr;           ///< learning rate of this step, schedule included
  std::span<const float>
      loss;  ///< (members), on this step's batch, before its update; empty where it is not wanted
};

/// How a trainee is taken through its steps.
struct LoopOptions {
  std::int64_t steps = 1;
  double lr = 1e-3;
  Curve curve{};  ///< factor on lr
};

/// Takes any trainee through its steps: learning rates, observers, stopping.
class TrainingLoop {
 public:
  /// trainee: must outlive the loop.
  TrainingLoop(Trainee& trainee, const LoopOptions& options);

  /// Calls the observer after steps 0, every, 2 every, ... and after the last one. every > 0. wants_loss:
  /// false where the observer does not use the loss, which is then empty; measuring it takes time.
  void observe(std::int64_t every, std::function<void(const Progress&)> observer, bool wants_loss);

  /// Replaces the factors of the curve on the learning rate. factors: (steps), finite and >= 0. Errors:
  /// InvalidRequest when their number is wrong, or one is out of range.
  void scale_lr(std::vector<double> factors);

  /// Takes steps until `step` of them have been taken in all (or all steps, if there are fewer). returns:
  /// false when asked to stop before that. Errors: what observers, the feed and watch.look throw; the state
  /// of the trainee is then whole.
  bool run_until(std::int64_t step, const Watch& watch);

  /// The last step that it took, as an observer sees it that wants the loss; nothing before the first.
  [[nodiscard]] std::optional<Progress> last() const;

 private:
  struct Subscription {
    std::int64_t every;
    std::function<void(const Progress&)> observer;
    bool wants_loss;
  };

  [[nodiscard]] double lr(std::int64_t step) const;
  [[nodiscard]] bool sees(const Subscription& subscription, std::int64_t step) const;
  [[nodiscard]] bool loss_wanted(std::int64_t step) const;
  [[nodiscard]] std::int64_t next_seen(std::int64_t step) const;
  [[nodiscard]] std::int64_t stretch() const;
  void advance(std::int64_t n, std::span<float> loss);
  void show(std::int64_t step, std::span<const float> loss) const;

  Trainee& trainee_;
  const LoopOptions options_;
  std::vector<double> lr_factors_;  // (steps); empty: use the curve
  std::vector<Subscription> subscriptions_;
  std::optional<std::int64_t> last_{};  // the step taken last
  std::vector<float> loss_;             // (members), of that step
};

}  // namespace superpose
