#pragma once

#include <cstdint>
#include <vector>

#include "superpose/core/aligned_buffer.h"
#include "superpose/data/feature_distribution.h"
#include "superpose/models/model.h"
#include "superpose/train/batch_source.h"

namespace superpose {

/// What is trained: the instances' kind and shape, how they start, and how the loss weighs their features.
struct Ensemble {
  ModelKind kind = ModelKind::kReluOutput;
  Shape shape{};
  Initialisation init{};
  FeatureDistribution data{};     ///< (n_instances, n_features); not needed where there is a source
  std::vector<float> importance;  ///< (n_instances, n_features), each finite and >= 0
  BatchSource source{};           ///< where samples come from instead of `data`, if it has a `fill`
};

/// Members [begin, end) of a training. A member is a restart of an instance: restart r of instance i has the
/// number i * restarts + r. The random numbers of a member depend on its instance and restart alone. So
/// members may be trained in parts, anywhere, and joined to the same bits (restarts.h).
struct MemberRange {
  std::int64_t begin = 0, end = 0;

  [[nodiscard]] std::int64_t size() const { return end - begin; }
  friend bool operator==(const MemberRange&, const MemberRange&) = default;
};

/// All that changes during training. A copy of it continues later to the same bits.
struct TrainerState {
  std::int64_t step = 0;         ///< steps taken
  Model model;                   ///< (members) instances
  AlignedBuffer<float> moments;  ///< (members, 2, parameters_per_instance)
};

}  // namespace superpose
