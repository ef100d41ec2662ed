#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "superpose/core/stop.h"

namespace superpose {

/// One array of what changes in training, by the name that files give it.
struct StateArray {
  std::string_view name;
  std::span<const float> values;  ///< (members, ...)
};

/// What a training loop trains: members that learn side by side and know nothing of each other. Toy models
/// are one kind of trainee (toy_models.h). What is said once for all kinds is the loop's: learning rates,
/// observers, stopping (training_loop.h), and which restart is kept (restarts.h).
class Trainee {
 public:
  Trainee() = default;
  Trainee(const Trainee&) = delete;
  Trainee& operator=(const Trainee&) = delete;
  virtual ~Trainee() = default;

  [[nodiscard]] virtual std::int64_t members() const = 0;
  /// Steps taken.
  [[nodiscard]] virtual std::int64_t step() const = 0;
  /// About how long a step of all members takes, in cycles of one core.
  [[nodiscard]] virtual double step_cycles() const = 0;
  /// Most steps that it takes at once: 1 where somebody is asked for the samples of each.
  [[nodiscard]] virtual std::int64_t most_steps() const = 0;

  /// Takes a step with each of these learning rates. lr: (steps), at most most_steps(). loss: (members), out,
  /// of the last step's batch before its update; or empty, where nobody wants it. Errors: what the feed
  /// throws; then no step was taken.
  virtual void advance(std::span<const double> lr, std::span<float> loss) = 0;

  /// Mean loss of every member on fresh samples. returns: (members), or nothing when asked to stop. Errors:
  /// what the feed or watch.look throws.
  [[nodiscard]] virtual std::optional<std::vector<float>> evaluate(const Watch& watch) = 0;

  /// Everything but the steps taken that changes in training. Valid until the next call.
  [[nodiscard]] virtual std::vector<StateArray> save() = 0;
  /// Goes on from there. Errors: InvalidRequest when names or sizes are not those of save().
  virtual void restore(std::int64_t step, std::span<const StateArray> arrays) = 0;
};

}  // namespace superpose
