#pragma once

#include <cstdint>

#include "superpose/train/optimizer.h"
#include "superpose/train/schedule.h"

namespace superpose {

struct TrainOptions {
  std::int64_t steps = 10000;      ///< > 0, below 2^32
  std::int64_t batch_size = 1024;  ///< samples a step, > 0
  double lr = 1e-3;                ///< finite, >= 0
  Schedule schedule = Schedule::kConstant;
  OptimizerOptions optimizer{};
  std::uint32_t seed = 0;
  std::int64_t restarts = 1;  ///< how often each instance is trained, in [1, kMaxRestarts)

  friend bool operator==(const TrainOptions&, const TrainOptions&) = default;
};

}  // namespace superpose
