#include "superpose/store/run_experiment.h"

#include <cmath>
#include <utility>

#include "superpose/store/train_members.h"

namespace superpose::store {

RunEnd run_experiment(const Experiment& experiment, const RunOptions& options) {
  const Description description = experiment;
  const Older older = older_results(options.resume, options.overwrite);
  if (look(options.directory, options.root, description, older) == Found::kWhole)
    return {Completion::kAlreadyDone, Directory::open(options.directory, options.root)};
  // Check the whole request before the first file changes.
  MemberTraining training(experiment, {}, options);
  auto [directory, found] = begin_results(options.directory, options.root, description, older, options.warn);
  if (found == Found::kWhole) return {Completion::kAlreadyDone, std::move(directory)};
  const auto trained = training.train(directory);
  if (!trained) return {Completion::kStopped, std::move(directory)};
  finish_run(make_run(experiment, *trained), directory);
  return {Completion::kFinished, std::move(directory)};
}

std::vector<std::int64_t> instances_without_finite_loss(std::span<const float> loss) {
  std::vector<std::int64_t> instances;
  for (std::size_t i = 0; i < loss.size(); ++i) {
    if (!std::isfinite(loss[i])) instances.push_back(static_cast<std::int64_t>(i));
  }
  return instances;
}

}  // namespace superpose::store
