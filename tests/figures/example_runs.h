#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>
#include <utility>

#include "superpose/store/run_directory.h"

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

/// Regular polygons of radius 1, a corner a feature.
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

}  // namespace superpose::figures
