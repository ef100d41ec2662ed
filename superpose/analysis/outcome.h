#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "superpose/core/error.h"  // IWYU pragma: export

namespace superpose {

/// What the features of an instance have settled in, in words: "pentagon", "2 x digon, 1 not represented";
/// "not finite" where a weight is not finite. It lists components(), those with the most features first, then
/// by name. W: (n_features, n_hidden), row-major. Errors: as of components().
std::string outcome(std::span<const float> W, std::int64_t n_hidden);

/// How many restarts had an outcome, and the best loss among them.
struct OutcomeCount {
  std::string outcome;
  std::int64_t restarts = 0;
  double lowest_loss = 0;
};

/// Counts restarts by their outcome. outcomes: (restarts). losses: (restarts); a loss that is not finite
/// counts as the highest. returns: the most frequent outcome first; of equally frequent ones, the one with
/// the lower loss. Errors: InvalidRequest when the sizes differ.
std::vector<OutcomeCount> count_outcomes(std::span<const std::string> outcomes,
                                         std::span<const double> losses);

}  // namespace superpose
