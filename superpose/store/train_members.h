#pragma once

#include <optional>
#include <vector>

#include "superpose/run/run.h"
#include "superpose/store/checkpoint_writer.h"
#include "superpose/store/directory.h"
#include "superpose/store/run_experiment.h"
#include "superpose/train/history.h"
#include "superpose/train/trainer.h"

/// A run's members in training and after it, before the restarts are chosen that a run keeps.
namespace superpose::store {

/// Members that were trained.
struct TrainedMembers {
  Model model;              ///< (members)
  std::vector<float> loss;  ///< (members), on fresh data
  History history;          ///< of every member
};

/// Trains a run's members, or some of them.
class MemberTraining {
 public:
  /// members: none: all of the run's. experiment, options: must outlive this.
  /// Errors: InvalidRequest when the experiment cannot be trained, or has no such members.
  MemberTraining(const Experiment& experiment, const std::optional<MemberRange>& members,
                 const RunOptions& options);
  MemberTraining(const MemberTraining&) = delete;
  MemberTraining& operator=(const MemberTraining&) = delete;

  /// Goes on from the checkpoint in the directory where there is one, and trains to the end, with checkpoints
  /// into the directory. directory: claimed. returns: nothing when stopped; then a checkpoint is there.
  /// Errors: CannotResume where the checkpoint there is broken, or another's.
  std::optional<TrainedMembers> train(const Directory& directory);

 private:
  void go_on_from_checkpoint(const Directory& directory);

  const Experiment& experiment_;
  const RunOptions& options_;
  const std::optional<MemberRange> members_;
  Trainer trainer_;
  History history_;
  CheckpointWriter checkpoint_;
};

/// The run that comes of all of its members: of each instance the restart with the lowest loss.
run::Run make_run(const Experiment& experiment, const TrainedMembers& all);

}  // namespace superpose::store
