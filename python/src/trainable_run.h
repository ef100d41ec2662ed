#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "superpose/experiment/run_directory.h"
#include "superpose/experiment/run_instances.h"
#include "superpose/train/trainer.h"

namespace superpose::python {

/// What watches and feeds a training from outside. Everything is called on the thread that trains.
struct TrainingHooks {
  std::int64_t every = 100;                  ///< steps between observations
  Observer observe{};                        ///< sees the ensemble's own parameters, brought up to the step
  std::function<void(std::int64_t)> poll{};  ///< every now and then, with the steps taken; throws to stop
  std::vector<double> lr_factors{};  ///< (steps): in the place of the schedule's; empty: the schedule's
};

/// The model of the Python package: a run that need not come from a file, and that can be trained in place.
class TrainableRun {
 public:
  /// Not trained: the weights are those that an experiment's training begins with.
  /// Errors: InvalidRequest as of parse_experiment.
  explicit TrainableRun(const std::string& toml);
  explicit TrainableRun(Run run) : run_(std::move(run)) {}

  [[nodiscard]] Run& run() { return run_; }
  [[nodiscard]] const Run& run() const { return run_; }

  /// Where batches come from, if not from the experiment's distribution.
  void set_source(BatchSource source) { source_ = std::move(source); }

  /// Trains from the present parameters on, in place; of several restarts the present parameters are not
  /// part: each begins with its own. options: the [train] and [record] sections of an experiment file.
  /// Whatever ends it early leaves the parameters as they are after the last step taken. Errors:
  /// InvalidRequest, of options that do not fit; Error when it is in training already; whatever a hook or
  /// source throws.
  void train(const std::string& options, int threads, const TrainingHooks& hooks);

  /// Estimates the loss on fresh data, into run().loss. Errors: as of train.
  void evaluate(int threads);

  /// Samples of the experiment's distribution. key: of a stream. returns: (n_samples, n_instances,
  /// n_features), the batch of that number.
  [[nodiscard]] std::vector<float> batch(philox::Key key, std::uint32_t number, std::int64_t n_samples) const;

 private:
  [[nodiscard]] Ensemble ensemble(const Experiment& experiment) const;

  Run run_;
  BatchSource source_;
  std::atomic<bool> in_training_ = false;
};

}  // namespace superpose::python
