#pragma once

#include <cstdint>
#include <functional>
#include <span>

namespace superpose {

/// Which samples a caller is asked for.
struct BatchRequest {
  std::int64_t step = 0;        ///< of the training; of an evaluation the number of the batch
  std::int64_t batch_size = 1;  ///< samples
  bool evaluation = false;      ///< for a loss, not to train on
};

/// Where they go: (batch_size, n_instances, n_features), row-major, any finite numbers.
struct Batch {
  std::span<float> x;       ///< the inputs
  std::span<float> target;  ///< what the outputs are to be; empty where the source gives no targets
};

/// The caller's own samples, in place of those that a FeatureDistribution describes. `fill` is called once a
/// step, on the thread that trains, never twice at a time. The same request must get the same samples, or a
/// training that is repeated gives other bits. All restarts of an instance get the same ones. What it throws
/// ends the training after the last whole step.
struct BatchSource {
  std::function<void(const BatchRequest&, const Batch&)> fill{};  ///< null: no source
  bool gives_targets = false;  ///< else targets are the kind's own: x, or |x|
};

}  // namespace superpose
