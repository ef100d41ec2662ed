#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <utility>
#include <vector>

#include "superpose/experiment/experiment.h"
#include "superpose/run/run.h"

namespace superpose::figures {

/// A run of that shape with W and b_final 0, p = 20^-t for t from 0 to 1 over the instances, and I_f = 0.9^f.
inline run::Run example_run(const Shape& shape, ModelKind kind = ModelKind::kReluOutput) {
  run::Run run{.experiment = {},
               .model = Model(kind, shape),
               .feature_probability = {},
               .importance = {},
               .loss = {},
               .history = {}};
  run.experiment.name = "example";
  run.experiment.model.kind = kind;
  run.experiment.model.shape = shape;
  for (std::int64_t i = 0; i < shape.n_instances; ++i) {
    const double t =
        shape.n_instances > 1 ? static_cast<double>(i) / static_cast<double>(shape.n_instances - 1) : 0;
    for (std::int64_t f = 0; f < shape.n_features; ++f) {
      run.feature_probability.push_back(static_cast<float>(std::pow(20.0, -t)));
      run.importance.push_back(static_cast<float>(std::pow(0.9, static_cast<double>(f))));
    }
  }
  run.loss.assign(shape.instances(), 0.01F);
  return run;
}

/// A run of an experiment with W and b_final 0.
inline run::Run untrained_run(const Experiment& experiment) {
  return {.experiment = experiment,
          .model = Model(experiment.model.kind, experiment.model.shape),
          .feature_probability = experiment.feature_probability(),
          .importance = experiment.importance(),
          .loss = std::vector<float>(experiment.model.shape.instances(), 0.01F),
          .history = {}};
}

/// Regular polygons of radius 1, with a feature at each corner.
inline run::Run polygon_run(std::int64_t instances, std::int64_t features = 5) {
  run::Run run = example_run({.n_instances = instances, .n_features = features, .n_hidden = 2});
  for (std::int64_t i = 0; i < instances; ++i) {
    for (std::size_t f = 0; f < static_cast<std::size_t>(features); ++f) {
      const double angle =
          2 * std::numbers::pi * static_cast<double>(f) / static_cast<double>(features) + 0.3;
      run.model.W(i)[2 * f] = static_cast<float>(std::cos(angle));
      run.model.W(i)[2 * f + 1] = static_cast<float>(std::sin(angle));
    }
  }
  return run;
}

/// The first n_hidden features each along a dimension of its own, the others 0; b_final is 0.5 for those.
inline run::Run identity_run(const Shape& shape, ModelKind kind = ModelKind::kReluOutput) {
  run::Run run = example_run(shape, kind);
  for (std::int64_t i = 0; i < shape.n_instances; ++i) {
    for (std::size_t f = 0; f < shape.features(); ++f) {
      const auto hidden = static_cast<std::size_t>(shape.n_hidden);
      if (f < hidden) {
        run.model.W(i)[f * hidden + f] = 1;
      } else {
        run.model.b_final(i)[f] = 0.5F;
      }
    }
  }
  return run;
}

/// Features along hidden dimensions, two of opposite signs for each. In instance i the first n_hidden + i are
/// represented, so each instance has one digon more than the one before. b_final falls with the feature.
inline run::Run digons_run(const Shape& shape) {
  run::Run run = example_run(shape);
  const auto hidden = static_cast<std::size_t>(shape.n_hidden);
  for (std::size_t i = 0; i < shape.instances(); ++i) {
    const auto instance = static_cast<std::int64_t>(i);
    for (std::size_t f = 0; f < shape.features(); ++f) {
      const float length = f < hidden + i ? 1 : 0.05F;
      run.model.W(instance)[f * hidden + f % hidden] = f < hidden ? length : -length;
      run.model.b_final(instance)[f] = 0.1F * static_cast<float>(f) / static_cast<float>(hidden) - 0.1F;
    }
  }
  return run;
}

/// Two features in one dimension, over two densities and two importances, in the phases of the theory. In the
/// cells, columns are dense and sparse, rows of little and much importance.
inline run::Run phase_run() {
  const Experiment experiment = parse_experiment({.text = R"([model]
n_features = 2
n_hidden = 1
n_instances = 4
[data]
feature_probability = [1, 1, 0.1, 0.1]
importance = [[1, 0.5], [1, 2], [1, 0.5], [1, 2]]
)",
                                                  .overrides = {}});
  run::Run run = untrained_run(experiment);
  // Columns: dense, sparse. Rows: little, much importance. Nothing; own dimension; two antipodal pairs.
  run.model.W(0)[0] = 1;
  run.model.W(1)[1] = 1;
  for (const int i : {2, 3}) {
    run.model.W(i)[0] = 1;
    run.model.W(i)[1] = -1;
  }
  return run;
}

/// The perturbed pentagon at two densities: a pentagon, two digons and an untrained model at each.
inline run::Run perturbed_pentagon_run() {
  const Experiment experiment = parse_experiment({.text = R"([model]
n_features = 5
n_hidden = 2
n_instances = 6
[data]
feature_probability = [[0.1, 0.1, 0.1, 0.1, 0.02], [0.1, 0.1, 0.1, 0.1, 0.02], [0.1, 0.1, 0.1, 0.1, 0.02],
                       [0.1, 0.1, 0.1, 0.1, 0.5], [0.1, 0.1, 0.1, 0.1, 0.5], [0.1, 0.1, 0.1, 0.1, 0.5]]
)",
                                                  .overrides = {}});
  auto run = untrained_run(experiment);
  const auto pentagon = polygon_run(1);
  constexpr std::array<float, 10> kDigons = {1, 0, -1, 0, 0, 1, 0, -1, 0, 0};
  for (const int i : {0, 3}) {
    std::ranges::copy(pentagon.model.W(0), run.model.W(i).begin());
    std::ranges::copy(kDigons, run.model.W(i + 1).begin());
  }
  return run;
}

/// Two instances of two neurons; the first has weights of both signs.
inline run::Run neurons_run() {
  auto run = example_run({.n_instances = 2, .n_features = 3, .n_hidden = 2}, ModelKind::kReluHidden);
  const std::array<float, 6> W = {0.5F, 1, 0.25F, 0, -1, 0};
  std::ranges::copy(W, run.model.W(0).begin());
  return run;
}

/// The paper's example of inhibition.
inline run::Run inhibition_run() {
  auto run = example_run({.n_instances = 2, .n_features = 2, .n_hidden = 2}, ModelKind::kAbsoluteValue);
  // In the second instance neuron 0 holds both features and neuron 1 takes its cross-talk back.
  std::ranges::copy(std::array{2.0F, 1.0F, -0.5F, 0.0F}, run.model.W(1).begin());
  std::ranges::copy(std::array{0.5F, 0.0F, 2.0F, -4.0F}, run.model.W2(1).begin());
  return run;
}

/// A run with a recorded row every 10 of 200 steps. Its weights grow in proportion to the step.
inline run::Run recorded(run::Run run) {
  run.experiment.train.steps = 200;
  for (std::int64_t step = 0; step < 200; step += 10) {
    Model model = run.model;
    for (float& w : model.W()) w *= static_cast<float>(step) / 200.0F;
    run.history.step.push_back(step);
    run.history.lr.push_back(0.001F);
    for (std::size_t i = 0; i < run.model.shape().instances(); ++i)
      run.history.loss.push_back(1 / (1 + static_cast<float>(step)));
    run.history.models.push_back(model);
  }
  return run;
}

}  // namespace superpose::figures
