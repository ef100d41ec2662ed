// Times training as bench/peers/tms_torch.py does: the same model, data, batch size and optimiser.
// Prints milliseconds per step (warm-up excluded) and the final loss of each instance.
// `step_bench INSTANCES FEATURES HIDDEN STEPS [SEED]` is the same in every commit, to compare them.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <exception>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/core/threads.h"
#include "superpose/core/version.h"
#include "superpose/data/values.h"
#include "superpose/kernels/backend.h"
#include "superpose/train/trainer.h"

namespace {

using namespace superpose;

constexpr std::int64_t kWarmUpSteps = 20;

struct Options {
  Shape shape{};
  std::int64_t steps = 1;
  std::uint32_t seed = 0;
  std::vector<double> probability = {1, 0.05};  // one for all, or from first to last
  std::int64_t batch_size = 1024;
  int threads = 0;
  bool time_only = false;
};

/// The ensemble of the yardstick (bench/peers/tms_torch.py): its probabilities, importances and
/// initialisation.
Ensemble yardstick_ensemble(const Options& options) {
  const std::int64_t instances = options.shape.n_instances;
  const std::int64_t features = options.shape.n_features;
  const Geometric probability = {options.probability.front(), options.probability.back()};
  const Values importance = features <= 5 ? Values(Power{0.9}) : Values(Geometric{1, 0.01});
  // PyTorch's Xavier rule on the stacked (instances, features, hidden) tensor.
  const auto fan_sum = static_cast<double>((features + instances) * options.shape.n_hidden);
  return {.kind = ModelKind::kReluOutput,
          .shape = options.shape,
          .init = {.std = std::sqrt(2 / fan_sum)},
          .data = FeatureDistribution(expand(probability, Axis::kInstances, instances, features), features),
          .importance = expand(importance, Axis::kFeatures, instances, features)};
}

Trainer make_trainer(const Options& options, std::int64_t steps) {
  const TrainOptions train{
      .steps = steps, .batch_size = options.batch_size, .lr = 1e-3, .seed = options.seed};
  return {yardstick_ensemble(options), train, options.threads};
}

void run(const Options& options) {
  make_trainer(options, std::min(options.steps, kWarmUpSteps)).run();

  Trainer trainer = make_trainer(options, options.steps);
  const auto start = std::chrono::steady_clock::now();
  trainer.run();
  const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - start;

  const Shape& shape = options.shape;
  fmt::print("{}x({}->{}): {:.5f} ms/step, superpose {} {}, {} threads\n", shape.n_instances,
             shape.n_features, shape.n_hidden, taken.count() / static_cast<double>(options.steps), kVersion,
             kernels::cpu_back_end().targets().front(),
             options.threads > 0 ? options.threads : hardware_threads());
  if (!options.time_only) fmt::print("loss {:.5f}\n", fmt::join(trainer.evaluate(), " "));
}

void add_options(CLI::App& app, Options& options) {
  app.add_option("INSTANCES", options.shape.n_instances)->required();
  app.add_option("FEATURES", options.shape.n_features)->required();
  app.add_option("HIDDEN", options.shape.n_hidden)->required();
  app.add_option("STEPS", options.steps)->required();
  app.add_option("SEED", options.seed);
  app.add_option("--probability", options.probability,
                 "Of every feature: P, or FIRST,LAST: geometric across instances; 1,0.05 unless given")
      ->type_name("P|FIRST,LAST")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false)
      ->delimiter(',');
  app.add_option("--batch", options.batch_size, "Samples a step; 1024 unless given")->type_name("N");
  app.add_option("--threads", options.threads, "Threads; all of the machine's unless given")->type_name("N");
  app.add_flag("--time-only", options.time_only, "No losses");
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app("Times the training of INSTANCES x (FEATURES -> HIDDEN) for STEPS steps.", "step_bench");
  Options options;
  add_options(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  }
  if (options.probability.size() > 2) throw InvalidRequest("--probability: expected P or FIRST,LAST");
  run(options);
  return 0;
} catch (const std::exception& error) {
  fmt::print(stderr, "step_bench: {}\n", error.what());
  return 2;
}
