#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace superpose {

/// What an instance's features have settled in, in words: "pentagon", "2 x digon, 1 not represented"; "not
/// finite" where a weight is. Its components() by the number of their features, then by name. W: (n_features,
/// n_hidden), row-major. Errors: as of components().
std::string outcome(std::span<const float> W, std::int64_t n_hidden);

/// How many restarts had an outcome, and how well the best of them did.
struct OutcomeCount {
  std::string outcome;
  std::int64_t restarts = 0;
  double lowest_loss = 0;
};

/// Counts restarts by their outcome. outcomes: (restarts). losses: (restarts); one that is not finite counts
/// as the highest. returns: the most frequent first, of equally many the one of the lower loss. Errors:
/// InvalidRequest when the sizes differ.
std::vector<OutcomeCount> count_outcomes(std::span<const std::string> outcomes,
                                         std::span<const double> losses);

}  // namespace superpose
