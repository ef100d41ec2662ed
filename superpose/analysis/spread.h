#pragma once

#include <span>

namespace superpose {

/// Restarts whose loss is within this of the lowest, relative to it, count as having found the lowest.
inline constexpr double kSameLoss = 0.01;

/// How the losses of an instance's restarts are spread. A loss that is not finite counts as the highest.
struct LossSpread {
  double lowest = 0, median = 0, highest = 0;
  double share_of_lowest = 0;  ///< share of restarts within kSameLoss of the lowest
};

/// losses: of all restarts, not empty. Errors: InvalidRequest when it is empty.
LossSpread loss_spread(std::span<const double> losses);

}  // namespace superpose
