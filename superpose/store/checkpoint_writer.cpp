#include "superpose/store/checkpoint_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <new>

#include "superpose/core/error.h"
#include "superpose/store/checkpoint.h"

namespace superpose::store {
namespace {

/// Writing checkpoints takes at most this share of the time, however large they are.
constexpr double kMostTimeWriting = 0.05;

}  // namespace

CheckpointWriter::CheckpointWriter(const Experiment& experiment, const RunOptions& options,
                                   const std::optional<MemberRange>& members)
    : experiment_(experiment),
      options_(options),
      members_(members),
      seconds_(options.checkpoint_seconds),
      wait_(seconds_) {}

void CheckpointWriter::write_if_due(const TrainerState& state, const History& history) {
  const auto begin = Clock::now();
  if (begin - last_ < wait_) return;
  const auto failure = write(state, history);
  if (failure && !failing_ && options_.warn)
    options_.warn(*failure + "; the run goes on, and tries again later");
  failing_ = failure.has_value();
  last_ = Clock::now();
  wait_ = std::max(seconds_, Seconds(last_ - begin) / kMostTimeWriting);
}

void CheckpointWriter::write_last(const TrainerState& state, const History& history) {
  const auto failure = write(state, history);
  if (!failure || !options_.warn) return;
  options_.warn(*failure + (last_step_ ? fmt::format("; to resume goes on from step {}", *last_step_)
                                       : "; to resume starts over"));
}

void CheckpointWriter::write_end(const TrainerState& state, const History& history) {
  const auto failure = write(state, history);
  if (failure && options_.warn) options_.warn(*failure + "; a longer run will start over");
}

std::optional<std::string> CheckpointWriter::write(const TrainerState& state, const History& history) {
  try {
    write_checkpoint(*directory_, experiment_, state, history, members_);
    last_step_ = state.step;
    return std::nullopt;
  } catch (const Error& error) {
    return error.what();
  } catch (const std::bad_alloc&) {
    return (*directory_ / kCheckpointFile).string() + ": cannot be written: out of memory";
  }
}

}  // namespace superpose::store
