#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <variant>
#include <vector>

#include "superpose/core/stop.h"
#include "superpose/models/safetensors.h"
#include "superpose/study/study.h"

namespace superpose::study {

// What studies measure. Shapes are in the study's own numbers: (eps) is as many as it has eps. Numbers are
// those of measurements.safetensors, so that claims and figures rest on what is written down.

struct JohnsonLindenstraussResult {
  std::vector<std::int64_t> k;  ///< (eps): johnson_lindenstrauss_dimensions
  /// (n_dimensions, trials, eps, kLevels): how far squared distances are off, as a share of them, at
  /// quantiles of all pairs.
  std::vector<float> distortion;
  std::vector<float> share_beyond;  ///< (n_dimensions, trials, eps): of the pairs, further off than eps

  static constexpr std::int64_t kLevels = 3;
  static constexpr double kQuantiles[kLevels] = {0.5, 0.99, 1};
  friend bool operator==(const JohnsonLindenstraussResult&, const JohnsonLindenstraussResult&) = default;
};

struct AlmostOrthogonalResult {
  std::vector<std::int64_t> drawn;     ///< (trials, eps, drawn_dimensions): vectors kept
  std::vector<std::int64_t> spread;    ///< (eps, spread_dimensions): the most vectors found to fit
  std::vector<float> curve_drawn;      ///< (trials, curve_vectors): coherence of random vectors
  std::vector<float> curve_spread;     ///< (curve_vectors): of those that spread out, the best restart
  std::vector<float> known_coherence;  ///< (kKnown): the same for the optima of kKnownSizes
  friend bool operator==(const AlmostOrthogonalResult&, const AlmostOrthogonalResult&) = default;

  /// (vectors, dimensions) for which vectors are known that reach coherence_bound: equiangular lines, and in
  /// four dimensions the roots of D4.
  struct Size {
    std::int64_t n_vectors, n_dimensions;
  };
  static constexpr std::int64_t kKnown = 5;
  static constexpr std::int64_t kKnownRestarts = 12;  ///< for them: the smallest have several local optima
  /// How far above eps a coherence may be and still count as eps: what descent leaves of it.
  static constexpr double kSlack = 1e-3;
  static constexpr Size kKnownSizes[kKnown] = {{6, 3}, {12, 4}, {10, 5}, {16, 6}, {28, 7}};
};

struct CompressedSensingResult {
  std::vector<std::int64_t> m;                ///< (grid): measurements
  std::vector<std::int64_t> k;                ///< (grid, grid): values that are not 0, a row for each m
  std::vector<float> recovered;               ///< (grid, grid): share of the trials
  std::vector<float> dimensions_per_feature;  ///< (n_features, feature_probability): D* of the toy models
  std::vector<std::int64_t> represented;      ///< the same: features of a norm above 0.5
  std::vector<float> loss;                    ///< the same
  friend bool operator==(const CompressedSensingResult&, const CompressedSensingResult&) = default;
};

/// In the order of StudyKind.
using StudyResult = std::variant<JohnsonLindenstraussResult, AlmostOrthogonalResult, CompressedSensingResult>;

/// A finished study.
struct StudyRun {
  Study study;
  StudyResult result;
};

/// How to measure. What comes out depends on neither.
struct MeasureOptions {
  int threads = 0;  ///< 0: all of the machine's
  StopToken stop{};
};

/// Measures. Nothing when stopped.
std::optional<StudyResult> measure(const Study& study, const MeasureOptions& options);
std::optional<JohnsonLindenstraussResult> measure(const JohnsonLindenstrauss& study, std::uint32_t seed,
                                                  const MeasureOptions& options);
std::optional<AlmostOrthogonalResult> measure(const AlmostOrthogonal& study, std::uint32_t seed,
                                              const MeasureOptions& options);
std::optional<CompressedSensingResult> measure(const CompressedSensing& study, std::uint32_t seed,
                                               const MeasureOptions& options);

/// m / (k ln(n / k)) where the rate of recovery passes 1/2; NaN for an m where it does not. returns: (grid).
std::vector<double> transition_constants(const CompressedSensing& study,
                                         const CompressedSensingResult& result);
/// Those of m up to n / 2, in order: above, k is no longer rare and k ln(n / k) not what m grows as.
std::vector<double> sparse_constants(const CompressedSensing& study, const CompressedSensingResult& result);
/// k / m there. returns: (grid).
std::vector<double> transitions(const CompressedSensing& study, const CompressedSensingResult& result);

/// Whether the toy models of a size and a density represent clearly fewer features than they are fed: where
/// they do not, D* is the ratio of their dimensions and says nothing. size: below that of n_features.
/// density: below that of feature_probability.
bool leaves_features_out(const CompressedSensing& study, const CompressedSensingResult& result,
                         std::size_t size, std::size_t density);

/// The experiment that the toy models of index i are. i: below the number of n_features.
Experiment toy_experiment(const CompressedSensing& study, std::size_t i, std::uint32_t seed);

/// The results as tensors, and back. Errors: InvalidRequest when one is missing or has another shape.
safetensors::File to_tensors(const StudyRun& run);
StudyResult read_result(const safetensors::File& file, const Study& study);

}  // namespace superpose::study
