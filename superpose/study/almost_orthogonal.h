#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "superpose/study/kind.h"

namespace superpose::study {

/// What AlmostOrthogonal measures. Shapes name the study's keys: (eps) means one number for each eps. The
/// coherence of vectors is their largest |cosine|.
struct AlmostOrthogonalResult {
  std::vector<std::int64_t> drawn;   ///< (trials, eps, drawn_dimensions): vectors kept
  std::vector<std::int64_t> spread;  ///< (eps, spread_dimensions): the most vectors found to fit
  std::vector<float> curve_drawn;    ///< (trials, curve_vectors): coherence of random vectors
  std::vector<float>
      curve_spread;  ///< (curve_vectors): coherence of vectors that spread out, the best restart
  std::vector<float> known_coherence;  ///< (kKnown): curve_spread for kKnownSizes
  friend bool operator==(const AlmostOrthogonalResult&, const AlmostOrthogonalResult&) = default;

  /// (vectors, dimensions) for which the known optimum reaches coherence_bound: equiangular lines, and in
  /// four dimensions the roots of D4.
  struct Size {
    std::int64_t n_vectors, n_dimensions;
  };
  static constexpr std::int64_t kKnown = 5;
  static constexpr std::int64_t kKnownRestarts =
      12;  ///< for kKnownSizes: small ones have several local optima
  /// Descent ends a little above its limit: a coherence of up to eps (1 + kSlack) counts as eps.
  static constexpr double kSlack = 1e-3;
  static constexpr Size kKnownSizes[kKnown] = {{6, 3}, {12, 4}, {10, 5}, {16, 6}, {28, 7}};
};

/// How many vectors fit into a space when all pairs must be almost orthogonal. (analysis/packing.h)
struct AlmostOrthogonal {
  static constexpr std::string_view kName = "almost_orthogonal";  ///< in files
  using Result = AlmostOrthogonalResult;

  std::vector<double> eps = {0.3, 0.4, 0.5};  ///< the largest |cosine| allowed
  std::vector<std::int64_t> drawn_dimensions = {4,  8,  12, 16, 20, 24, 28, 32, 36, 40,
                                                44, 48, 52, 56, 60, 68, 76, 84, 92};
  std::int64_t most_drawn = 2000;  ///< number of vectors at which drawing ends
  std::int64_t patience = 1000;    ///< misfits in a row after which drawing ends
  std::int64_t trials = 3;         ///< repetitions of the draws
  std::vector<std::int64_t> spread_dimensions = {3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 18, 20};
  std::int64_t most_spread = 240;  ///< number of vectors at which counting ends
  std::int64_t restarts = 2;       ///< starts of each set of vectors that spreads out
  std::int64_t steps = 60;         ///< descent steps for every exponent of the p-norm
  std::int64_t curve_dimensions = 16;
  std::vector<std::int64_t> curve_vectors = {20, 24, 32, 48, 64, 96, 128, 192, 256};
  friend bool operator==(const AlmostOrthogonal&, const AlmostOrthogonal&) = default;
};

/// As kind.h says. returns: false when stopped.
bool measure(const AlmostOrthogonal& study, std::uint32_t seed, const MeasureOptions& options,
             AlmostOrthogonalResult& result);

// The rest of what kind.h asks of a kind.
std::vector<Field> fields(AlmostOrthogonal& study);
std::vector<Tensor> tensors(const AlmostOrthogonal& study, AlmostOrthogonalResult& result);
void check(const AlmostOrthogonal& study, const TomlValue& section, std::optional<double> memory_limit);

}  // namespace superpose::study
