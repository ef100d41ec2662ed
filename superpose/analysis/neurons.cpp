#include "superpose/analysis/neurons.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "superpose/core/error.h"

namespace superpose {

NeuronCounts count_neurons(std::span<const float> W, std::int64_t n_hidden) {
  if (n_hidden <= 0 || W.size() % static_cast<std::size_t>(n_hidden) != 0)
    throw InvalidRequest({.key = "W",
                          .expected = fmt::format("rows of n_hidden = {}", n_hidden),
                          .got = fmt::format("{} numbers", W.size())});
  const auto hidden = static_cast<std::size_t>(n_hidden);
  NeuronCounts counts;
  for (std::size_t h = 0; h < hidden; ++h) {
    double largest = 0;
    double second = 0;
    bool is_finite = true;
    for (std::size_t at = h; at < W.size(); at += hidden) {
      const double weight = std::abs(static_cast<double>(W[at]));
      is_finite = is_finite && std::isfinite(weight);
      second = std::max(second, std::min(weight, largest));
      largest = std::max(largest, weight);
    }
    if (is_finite && largest < kDeadNeuron) {
      ++counts.dead;
    } else if (is_finite && second < kMonosemantic * largest) {
      ++counts.monosemantic;
    } else {
      ++counts.polysemantic;
    }
  }
  return counts;
}

}  // namespace superpose
