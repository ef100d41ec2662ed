#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "superpose/experiment/experiment.h"
#include "superpose/store/directory.h"
#include "superpose/store/run_experiment.h"
#include "superpose/train/history.h"
#include "superpose/train/trainer.h"

namespace superpose::store {

/// Writes the checkpoints of a training when they are due.
class CheckpointWriter {
 public:
  /// experiment, options: must outlive this object. members: the members in training; nothing means all.
  CheckpointWriter(const Experiment& experiment, const RunOptions& options,
                   const std::optional<MemberRange>& members);

  /// Sets the directory for all further checkpoints. directory: must outlive this object.
  void write_into(const Directory& directory) { directory_ = &directory; }

  /// The training goes on from the checkpoint of that step.
  void resume_at(std::int64_t step) { last_step_ = step; }

  /// Writes one if the last one is old enough. One that cannot be written is said once, and tried again when
  /// the next is due.
  void write_if_due(const TrainerState& state, const History& history);
  /// Writes the one of a training that stops here. Where that fails, says what a resumed training begins
  /// with.
  void write_last(const TrainerState& state, const History& history);
  /// Writes the one of a training that is whole, from which a longer one goes on.
  void write_end(const TrainerState& state, const History& history);

 private:
  using Clock = std::chrono::steady_clock;
  using Seconds = std::chrono::duration<double>;

  /// returns: why it could not be written; nothing where it was.
  std::optional<std::string> write(const TrainerState& state, const History& history);

  const Experiment& experiment_;
  const RunOptions& options_;
  const std::optional<MemberRange> members_;
  const Directory* directory_ = nullptr;
  bool failing_ = false;                     ///< the last checkpoint could not be written
  std::optional<std::int64_t> last_step_{};  ///< of the checkpoint that is there; none: there is none
  Seconds seconds_;
  Seconds wait_;  ///< from the end of one checkpoint to the beginning of the next
  Clock::time_point last_ = Clock::now();
};

}  // namespace superpose::store
