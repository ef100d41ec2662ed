#pragma once

#include <cstdint>
#include <functional>
#include <span>

namespace superpose {

/// Which samples are wanted from a caller.
struct BatchRequest {
  std::int64_t step = 0;        ///< of the training; in an evaluation, the number of the batch
  std::int64_t batch_size = 1;  ///< samples
  bool evaluation = false;      ///< true: samples to estimate a loss on, not to train on
};

/// Where the samples go: (batch_size, n_instances, n_features), row-major, any finite numbers.
struct Batch {
  std::span<float> x;       ///< the inputs
  std::span<float> target;  ///< what the outputs should be; empty where the source gives no targets
};

/// The caller's own samples, instead of those that a FeatureDistribution describes. `fill` is called once a
/// step, and once for each batch that a loss is estimated on, with `evaluation` set. A trainer calls it on
/// the thread that trains, never twice at a time; trainers in several threads call one that they share at
/// once. The same request must give the same samples; otherwise a repeated training gives other bits. All
/// restarts of an instance get the same samples. An exception of `fill` ends the training after the last
/// whole step, and so does a number that is not finite.
struct BatchSource {
  std::function<void(const BatchRequest&, const Batch&)> fill{};  ///< null: no source
  bool gives_targets = false;  ///< false: the target is the kind's own, x or |x|
};

}  // namespace superpose
