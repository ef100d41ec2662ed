#pragma once

#include <cstdint>
#include <optional>

#include "superpose/experiment/experiment.h"
#include "superpose/store/directory.h"
#include "superpose/train/history.h"
#include "superpose/train/trainer.h"

namespace superpose::store {

/// All that a run needs to go on to the same bits.
struct Checkpoint {
  TrainerState state;
  History history;  ///< of every member, up to the state
};

/// Writes a checkpoint into a directory's kCheckpointFile, whole or not at all. members: those in training of
/// the experiment's; none: all. Errors: Error.
void write_checkpoint(const Directory& directory, const Experiment& experiment, const TrainerState& state,
                      const History& history, const std::optional<MemberRange>& members = {});

/// Reads one.
/// Errors: InvalidRequest that names the file when it is not there, is broken, or is of another experiment,
/// other members, or another version of this library, whose bits may differ.
Checkpoint read_checkpoint(const Directory& directory, const Experiment& experiment,
                           const std::optional<MemberRange>& members = {});

/// Steps between two looks at whether a checkpoint is due: often enough for models that take seconds a step,
/// rarely enough to cost nothing. Where checkpoints fall does not change what comes out.
std::int64_t checkpoint_interval(const Experiment& experiment,
                                 const std::optional<MemberRange>& members = {});

}  // namespace superpose::store
