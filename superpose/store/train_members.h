#pragma once

#include <optional>
#include <string>
#include <vector>

#include "superpose/run/run.h"
#include "superpose/store/checkpoint_writer.h"
#include "superpose/store/directory.h"
#include "superpose/store/run_experiment.h"
#include "superpose/train/history.h"
#include "superpose/train/trainer.h"

/// The training of a run's members. Choosing the restarts that the run keeps comes after it.
namespace superpose::store {

/// The results of trained members.
struct TrainedMembers {
  Model model;              ///< (members)
  std::vector<float> loss;  ///< (members), on fresh data
  History history;          ///< of every member
};

/// Trains a run's members, or some of them.
class MemberTraining {
 public:
  /// members: those to train; nothing means all. experiment, options: must outlive this object.
  /// Errors: InvalidRequest when the experiment cannot be trained, or has no such members.
  MemberTraining(const Experiment& experiment, const std::optional<MemberRange>& members,
                 const RunOptions& options);
  ~MemberTraining() = default;
  MemberTraining(const MemberTraining&) = delete;
  MemberTraining& operator=(const MemberTraining&) = delete;

  /// Goes on from the directory's checkpoint, if there is one, trains to the end, and writes checkpoints into
  /// the directory. directory: claimed. returns: nothing when stopped; the directory then has a checkpoint.
  /// Errors: CannotResume where the checkpoint is broken or belongs to another training.
  std::optional<TrainedMembers> train(const Directory& directory);

  /// After train: leaves the checkpoint from which a longer run goes on. trained: what train returned.
  void leave_checkpoint(const TrainedMembers& trained);

 private:
  void go_on_from_checkpoint(const Directory& directory);
  [[nodiscard]] CheckpointWriter::Write writing(const History& history) const;
  /// Where the training is: "step 200".
  [[nodiscard]] std::string place() const;

  const Experiment& experiment_;
  const RunOptions& options_;
  const std::optional<MemberRange> members_;
  Trainer trainer_;
  History history_;
  CheckpointWriter checkpoint_;
};

/// Makes a run of all of its members. It keeps, for each instance, the restart with the lowest loss.
run::Run make_run(const Experiment& experiment, const TrainedMembers& all);

}  // namespace superpose::store
