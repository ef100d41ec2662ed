// Times training as bench/peers/tms_torch.py does: the same model, data, batch size and optimiser.
// Usage: step_bench INSTANCES FEATURES HIDDEN STEPS [SEED]
// Prints milliseconds per step (warm-up excluded) and the final loss of each instance.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <exception>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/core/threads.h"
#include "superpose/core/version.h"
#include "superpose/data/values.h"
#include "superpose/kernels/engine.h"
#include "superpose/train/trainer.h"

namespace {

using namespace superpose;

constexpr std::int64_t kWarmUpSteps = 20;

std::int64_t whole_number(const char* text) {
  std::int64_t number = 0;
  const char* const end = text + std::strlen(text);
  if (std::from_chars(text, end, number).ptr != end || number < 0) {
    throw InvalidRequest(fmt::format("expected a whole number, got {}", text));
  }
  return number;
}

/// The yardstick's ensemble: its probabilities, importances and initialisation.
Ensemble yardstick_ensemble(const Shape& shape) {
  const std::int64_t instances = shape.n_instances;
  const std::int64_t features = shape.n_features;
  const Values importance = features <= 5 ? Values(Power{0.9}) : Values(Geometric{1, 0.01});
  // PyTorch's Xavier rule on the stacked (instances, features, hidden) tensor.
  const auto fan_sum = static_cast<double>(features * shape.n_hidden + instances * shape.n_hidden);
  return {.kind = ModelKind::kReluOutput,
          .shape = shape,
          .init = {.std = std::sqrt(2 / fan_sum)},
          .data = IndependentFeatures(expand(Geometric{1, 0.05}, Axis::kInstances, instances, features),
                                      features),
          .importance = expand(importance, Axis::kFeatures, instances, features)};
}

void run(const Shape& shape, std::int64_t steps, std::uint32_t seed) {
  const TrainOptions options{.steps = steps, .batch_size = 1024, .lr = 1e-3, .seed = seed};
  TrainOptions warm_up = options;
  warm_up.steps = kWarmUpSteps;
  Trainer(yardstick_ensemble(shape), warm_up).run();

  Trainer trainer(yardstick_ensemble(shape), options);
  const auto start = std::chrono::steady_clock::now();
  trainer.run();
  const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - start;

  fmt::print("{}x({}->{}): {:.4f} ms/step, superpose {} {}, {} threads\n", shape.n_instances,
             shape.n_features, shape.n_hidden, taken.count() / static_cast<double>(steps), kVersion,
             kernels::supported_targets().front(), hardware_threads());
  fmt::print("loss {:.5f}\n", fmt::join(trainer.evaluate(), " "));
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 5 && argc != 6)
    throw InvalidRequest("usage: step_bench INSTANCES FEATURES HIDDEN STEPS [SEED]");
  const Shape shape{.n_instances = whole_number(argv[1]),
                    .n_features = whole_number(argv[2]),
                    .n_hidden = whole_number(argv[3])};
  const std::int64_t steps = whole_number(argv[4]);
  run(shape, steps, argc == 6 ? static_cast<std::uint32_t>(whole_number(argv[5])) : 0);
  return 0;
} catch (const std::exception& error) {
  fmt::print(stderr, "step_bench: {}\n", error.what());
  return 2;
}
