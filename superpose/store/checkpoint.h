#pragma once

#include <cstdint>
#include <optional>

#include "superpose/experiment/experiment.h"
#include "superpose/store/directory.h"
#include "superpose/train/history.h"
#include "superpose/train/trainer.h"

namespace superpose::store {

/// Everything that a training needs to go on to the same bits.
struct Checkpoint {
  TrainerState state;
  History history;  ///< of every member, up to the state
};

/// Writes a checkpoint into a directory's kCheckpointFile, whole or not at all. members: the members in
/// training; nothing means all. Errors: Error.
void write_checkpoint(const Directory& directory, const Experiment& experiment, const TrainerState& state,
                      const History& history, const std::optional<MemberRange>& members = {});

/// Reads a checkpoint of the experiment, or of one with fewer steps that is else the same. Errors:
/// InvalidRequest that names the file when it is not there, is broken, or belongs to another experiment, to
/// other members, or to another version of this library, whose bits may differ.
Checkpoint read_checkpoint(const Directory& directory, const Experiment& experiment,
                           const std::optional<MemberRange>& members = {});

/// The same, for whoever goes on with it. Errors: CannotResume in the place of InvalidRequest.
Checkpoint expect_checkpoint(const Directory& directory, const Experiment& experiment,
                             const std::optional<MemberRange>& members = {});

/// Checks the checkpoint of a directory that may not be there, nor have one, before anything there changes.
/// Errors: CannotResume.
void check_checkpoint(const std::optional<Directory>& run, const Experiment& experiment);

/// The number of steps between two looks at whether a checkpoint is due. It is small enough for models that
/// take seconds a step, and large enough to cost nothing. The results do not depend on it.
std::int64_t checkpoint_interval(const Experiment& experiment,
                                 const std::optional<MemberRange>& members = {});

}  // namespace superpose::store
