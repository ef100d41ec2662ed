#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "superpose/analysis/compressed_sensing.h"
#include "superpose/experiment/experiment.h"
#include "superpose/study/kind.h"

namespace superpose::study {

/// What CompressedSensing measures. Shapes name the study's keys: (grid, grid) is a square of `grid` numbers
/// a side, (n_features) means one number for each of the n_features.
struct CompressedSensingResult {
  static constexpr std::int64_t kNotFinite = -1;  ///< in the place of a count

  std::vector<std::int64_t> m;                ///< (grid): numbers of measurements
  std::vector<std::int64_t> k;                ///< (grid, grid): numbers of nonzero values, a row for each m
  std::vector<float> recovered;               ///< (grid, grid): share of the trials that recovered the vector
  std::vector<float> dimensions_per_feature;  ///< (n_features, feature_probability): D* of the toy models
  /// (n_features, feature_probability): features of norm > 0.5; kNotFinite where a weight is not finite
  std::vector<std::int64_t> represented;
  std::vector<float> loss;  ///< (n_features, feature_probability): final loss
  friend bool operator==(const CompressedSensingResult&, const CompressedSensingResult&) = default;
};

/// How few measurements recover sparse vectors, and how many dimensions toy models need for as many features.
/// (analysis/compressed_sensing.h)
struct CompressedSensing {
  static constexpr std::string_view kName = "compressed_sensing";  ///< in files
  using Result = CompressedSensingResult;

  std::int64_t n = 160;        ///< dimensions of the sparse vectors
  std::int64_t grid = 24;      ///< how many m there are, and how many k for each
  double most_k_over_m = 0.6;  ///< largest k / m of the grid; the largest m / n is 1
  std::int64_t trials = 50;    ///< for each cell of the grid
  SparseValues values = SparseValues::kNormal;
  std::vector<std::int64_t> n_features = {300, 600};  ///< of the toy models, paired with n_hidden
  std::vector<std::int64_t> n_hidden = {10, 20};
  std::vector<double> feature_probability = {0.3, 0.2, 0.14, 0.1, 0.07, 0.05, 0.035, 0.025, 0.018, 0.0125};
  std::int64_t steps = 1500;
  double lr = 4e-3;
  friend bool operator==(const CompressedSensing&, const CompressedSensing&) = default;
};

/// As kind.h says. returns: false when stopped.
bool measure(const CompressedSensing& study, std::uint32_t seed, const MeasureOptions& options,
             CompressedSensingResult& result);

/// The k / m at which the rate of recovery passes 1/2, for each m; NaN where it does not pass.
/// returns: (grid).
std::vector<double> transitions(const CompressedSensing& study, const CompressedSensingResult& result);
/// m / (k ln(n / k)) at those transitions. returns: (grid).
std::vector<double> transition_constants(const CompressedSensing& study,
                                         const CompressedSensingResult& result);
/// The finite transition constants of m up to n / 2, in ascending order. Above n / 2, k is no longer small
/// beside n, and m does not grow as k ln(n / k).
std::vector<double> sparse_constants(const CompressedSensing& study, const CompressedSensingResult& result);

/// Whether the toy model of a size and a density represents clearly fewer features than it is fed. Where it
/// does not, D* is only the ratio of its dimensions to its features. size: index into n_features. density:
/// index into feature_probability.
bool leaves_features_out(const CompressedSensing& study, const CompressedSensingResult& result,
                         std::size_t size, std::size_t density);

/// The experiment that trains the toy models of one size. i: index into n_features.
Experiment toy_experiment(const CompressedSensing& study, std::size_t i, std::uint32_t seed);

// The rest of what kind.h asks of a kind.
std::vector<Field> fields(CompressedSensing& study);
std::vector<Tensor> tensors(const CompressedSensing& study, CompressedSensingResult& result);
void check(const CompressedSensing& study, const TomlValue& section, std::optional<double> memory_limit);

}  // namespace superpose::study
