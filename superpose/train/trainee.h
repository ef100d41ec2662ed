#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "superpose/core/stop.h"

namespace superpose {

/// One array of what changes in training, with the name that files give it.
struct StateArray {
  std::string_view name;
  std::span<const float> values;  ///< (members, ...)
};

/// What a training loop trains: members that learn side by side and do not influence each other. Toy models
/// are one kind of trainee (toy_models.h). What all kinds share belongs to the loop: learning rates,
/// observers, stopping (training_loop.h), and the choice of restarts (restarts.h).
class Trainee {
 public:
  Trainee() = default;
  Trainee(const Trainee&) = delete;
  Trainee& operator=(const Trainee&) = delete;
  virtual ~Trainee() = default;

  [[nodiscard]] virtual std::int64_t members() const = 0;
  /// Steps taken.
  [[nodiscard]] virtual std::int64_t step() const = 0;
  /// About how many seconds a step of all members takes on one core.
  [[nodiscard]] virtual double step_seconds() const = 0;
  /// The most steps that it takes in one call: 1 where the samples of each step are fetched.
  [[nodiscard]] virtual std::int64_t most_steps() const = 0;

  /// Takes one step for each learning rate. lr: (steps), at most most_steps(). loss: (members), out: on the
  /// last step's batch, before its update; empty where it is not wanted. Errors: what the feed throws; then
  /// no step was taken.
  virtual void advance(std::span<const double> lr, std::span<float> loss) = 0;

  /// Mean loss of every member on fresh samples. returns: (members), or nothing when asked to stop. Errors:
  /// what the feed or watch.look throws.
  [[nodiscard]] virtual std::optional<std::vector<float>> evaluate(const Watch& watch) = 0;

  /// Everything that changes in training, except the number of steps taken. Valid until the next call.
  [[nodiscard]] virtual std::vector<StateArray> save() = 0;
  /// Continues from there. Errors: InvalidRequest when names or sizes are not those of save().
  virtual void restore(std::int64_t step, std::span<const StateArray> arrays) = 0;
};

}  // namespace superpose
