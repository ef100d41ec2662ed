#pragma once

#include <cstdint>

namespace superpose {

/// A factor that changes over a run. It rises linearly through the warm-up, then falls from 1 to the floor
/// along the body. The learning rate follows such a curve, and so does everything else that has a schedule.
struct Curve {
  enum class Body {
    kConstant,       ///< stays at 1
    kLinear,         ///< 1 - t / T
    kQuarterCosine,  ///< cos(pi/2 t / (T - 1)): the notebook's, 0 at the last step [N]
    kHalfCosine,     ///< (1 + cos(pi t / T)) / 2: PyTorch's CosineAnnealingLR
  };
  Body body = Body::kConstant;
  std::int64_t warm_up = 0;  ///< steps before the body, >= 0
  double floor = 0;          ///< in [0, 1]; a constant body has none

  /// The factor at a step, in [0, 1]; T = steps - warm_up, t = step - warm_up. 0 <= step < steps.
  [[nodiscard]] double at(std::int64_t step, std::int64_t steps) const;

  friend bool operator==(const Curve&, const Curve&) = default;
};

}  // namespace superpose
