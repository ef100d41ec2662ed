#include "superpose/analysis/spread.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/core/order_statistics.h"

namespace superpose {

LossSpread loss_spread(std::span<const double> losses) {
  if (losses.empty()) throw InvalidRequest({.key = "losses", .expected = "one or more", .got = "none"});
  std::vector<double> sorted(losses.begin(), losses.end());
  for (double& loss : sorted) {
    if (!std::isfinite(loss)) loss = std::numeric_limits<double>::infinity();
  }
  std::ranges::sort(sorted);
  const double least = sorted.front();
  const auto near = std::ranges::count_if(
      sorted, [&](double loss) { return std::isfinite(least) && loss <= least * (1 + kSameLoss); });
  return {.lowest = least,
          .median = median(sorted),
          .highest = sorted.back(),
          .share_of_lowest = static_cast<double>(near) / static_cast<double>(losses.size())};
}

}  // namespace superpose
