#pragma once

#include <span>

namespace superpose {

/// Restarts whose loss is within this of the lowest, relative to it, count as having found it too.
inline constexpr double kSameLoss = 0.01;

/// How the losses of an instance's restarts are spread. One that is not finite counts as the highest.
struct LossSpread {
  double lowest = 0, median = 0, highest = 0;
  double share_of_lowest = 0;  ///< of the restarts that are within kSameLoss of the lowest
};

/// losses: of all restarts, not empty. Errors: InvalidRequest when it is.
LossSpread loss_spread(std::span<const double> losses);

}  // namespace superpose
