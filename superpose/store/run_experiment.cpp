#include "superpose/store/run_experiment.h"

#include <cmath>
#include <optional>
#include <utility>

#include "superpose/store/checkpoint.h"
#include "superpose/store/train_members.h"
#include "superpose/store/write_results.h"

namespace superpose::store {

RunEnd run_experiment(const Experiment& experiment, const RunOptions& options) {
  std::optional<MemberTraining> training;
  const auto prepare = [&] {
    training.emplace(experiment, std::nullopt, options);
    if (options.resume)
      check_checkpoint(Directory::open_if_there(options.directory, options.root), experiment);
  };
  const auto write = [&](const Directory& directory, Found /*found*/) {
    const auto trained = training->train(directory);
    if (!trained) return false;
    const bool may_become_longer = experiment.train.schedule == Schedule::kConstant;
    if (may_become_longer) training->leave_checkpoint(*trained);
    finish_run(make_run(experiment, *trained), directory);
    if (!may_become_longer) directory.remove(kCheckpointFile);
    return true;
  };
  return write_results(experiment, options, write, prepare);
}

std::vector<std::int64_t> instances_without_finite_loss(std::span<const float> loss) {
  std::vector<std::int64_t> instances;
  for (std::size_t i = 0; i < loss.size(); ++i) {
    if (!std::isfinite(loss[i])) instances.push_back(static_cast<std::int64_t>(i));
  }
  return instances;
}

}  // namespace superpose::store
