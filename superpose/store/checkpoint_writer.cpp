#include "superpose/store/checkpoint_writer.h"

#include <algorithm>
#include <new>
#include <utility>

#include "superpose/core/error.h"
#include "superpose/store/checkpoint.h"

namespace superpose::store {
namespace {

/// Checkpoints take at most this part of the time, however large they are.
constexpr double kMostTimeWriting = 0.05;

}  // namespace

CheckpointWriter::CheckpointWriter(const Experiment& experiment, const RunOptions& options,
                                   const std::optional<MemberRange>& members)
    : experiment_(experiment),
      options_(options),
      members_(members),
      seconds_(options.checkpoint_seconds),
      wait_(seconds_) {}

void CheckpointWriter::write(const TrainerState& state, const History& history) {
  const auto begin = Clock::now();
  try_to_write(state, history);
  last_ = Clock::now();
  wait_ = std::max(seconds_, Seconds(last_ - begin) / kMostTimeWriting);
}

void CheckpointWriter::write_if_due(const TrainerState& state, const History& history) {
  if (Clock::now() - last_ >= wait_) write(state, history);
}

void CheckpointWriter::try_to_write(const TrainerState& state, const History& history) {
  try {
    write_checkpoint(*directory_, experiment_, state, history, members_);
    failing_ = false;
  } catch (const Error& error) {
    say(error.what());
  } catch (const std::bad_alloc&) {
    say((*directory_ / kCheckpointFile).string() + ": cannot be written: out of memory");
  }
}

void CheckpointWriter::say(const std::string& what) {
  if (!std::exchange(failing_, true) && options_.warn)
    options_.warn(what + "; the run goes on, and tries again later");
}

}  // namespace superpose::store
