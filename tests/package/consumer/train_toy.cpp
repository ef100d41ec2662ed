#include <cstdio>
#include <exception>
#include <vector>

#include "superpose/analysis/metrics.h"
#include "superpose/core/version.h"
#include "superpose/data/feature_distribution.h"
#include "superpose/data/values.h"
#include "superpose/train/trainer.h"

int main() try {
  // Four instances that differ in how often a feature is active, from always to every twentieth sample.
  const superpose::Shape shape{.n_instances = 4, .n_features = 5, .n_hidden = 2};
  const auto probability =
      superpose::expand(superpose::Geometric{1.0, 0.05}, superpose::Axis::kInstances, 4, 5);
  const auto importance = superpose::expand(superpose::Power{0.9}, superpose::Axis::kFeatures, 4, 5);

  superpose::Trainer trainer({.kind = superpose::ModelKind::kReluOutput,
                              .shape = shape,
                              .data = superpose::FeatureDistribution(probability, shape.n_features),
                              .importance = importance},
                             {.steps = 2000, .batch_size = 256, .lr = 3e-3, .seed = 1});

  // An observer sees the model while it trains: here the first instance's loss, every 500 steps.
  trainer.observe(500, [](const superpose::Observation& now) {
    std::printf("step %4lld  loss %.4f\n", static_cast<long long>(now.step),
                static_cast<double>(now.loss[0]));
  });
  trainer.run();

  const superpose::TrainedModel trained = trainer.result();
  const std::vector<double> dimensionality = superpose::dimensionality(trained.model.W(), shape);
  std::printf("superpose %.*s\n", static_cast<int>(superpose::kVersion.size()), superpose::kVersion.data());
  for (std::size_t i = 0; i < shape.instances(); ++i) {
    std::printf("p = %.2f  loss %.4f  dimensionality", static_cast<double>(probability[i * shape.features()]),
                static_cast<double>(trained.loss[i]));
    for (std::size_t f = 0; f < shape.features(); ++f) {
      std::printf(" %.2f", dimensionality[i * shape.features() + f]);
    }
    std::printf("\n");
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "train_toy: %s\n", error.what());
  return 1;
}
