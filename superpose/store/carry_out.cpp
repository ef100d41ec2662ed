#include "superpose/store/carry_out.h"

#include <algorithm>
#include <variant>

#include "superpose/store/run_study.h"
#include "superpose/store/run_sweep.h"

namespace superpose::store {
namespace {

/// Steps between two messages about a training.
std::int64_t progress_every(const Experiment& experiment) {
  return std::clamp<std::int64_t>(experiment.train.steps / 100, 1, experiment.record.every);
}

struct CarryOut {
  const CarryOutOptions& options;

  [[nodiscard]] RunEnd operator()(const Experiment& experiment) const {
    RunOptions run{.directory = options.directory,
                   .threads = options.threads,
                   .resume = options.resume,
                   .overwrite = options.overwrite,
                   .stop = options.stop,
                   .warn = options.warn};
    if (options.progress) run.observers.push_back(progress_observer(experiment, options.progress));
    return run_experiment(experiment, run);
  }
  [[nodiscard]] RunEnd operator()(const Sweep& sweep) const {
    return run_sweep(sweep, {.directory = options.directory,
                             .threads = options.threads,
                             .resume = options.resume,
                             .overwrite = options.overwrite,
                             .stop = options.stop,
                             .progress_every = progress_every(sweep.runs.front()),
                             .progress = options.progress,
                             .warn = options.warn});
  }
  [[nodiscard]] RunEnd operator()(const study::Study& study) const {
    return run_study(study, {.directory = options.directory,
                             .resume = options.resume,
                             .overwrite = options.overwrite,
                             .measure = {.threads = options.threads, .stop = options.stop},
                             .warn = options.warn});
  }
};

}  // namespace

RunEnd carry_out(const Description& description, const CarryOutOptions& options) {
  return std::visit(CarryOut{options}, description);
}

std::pair<std::int64_t, Observer> progress_observer(const Experiment& experiment, TellProgress progress) {
  return {progress_every(experiment), [progress = std::move(progress)](const Observation& observation) {
            progress(progress_of(observation));
          }};
}

}  // namespace superpose::store
