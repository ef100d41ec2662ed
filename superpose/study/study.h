#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "superpose/analysis/compressed_sensing.h"
#include "superpose/experiment/experiment.h"

namespace superpose::study {

// What is measured rather than trained: a file with a [study] in the place of [model]. The defaults are those
// of such a file, in which only the kind must be given.

/// Random points, projected at random: how much their distances change. (analysis/johnson_lindenstrauss.h)
struct JohnsonLindenstrauss {
  std::int64_t n_points = 100;
  std::vector<std::int64_t> n_dimensions = {1000, 4000};            ///< that the points have
  std::vector<double> eps = {0.5, 0.4, 0.3, 0.2, 0.15, 0.12, 0.1};  ///< each makes a k, by the bound
  std::int64_t trials = 20;                                         ///< new points and a new map each
  friend bool operator==(const JohnsonLindenstrauss&, const JohnsonLindenstrauss&) = default;
};

/// How many vectors fit that are all almost orthogonal. (analysis/packing.h)
struct AlmostOrthogonal {
  std::vector<double> eps = {0.3, 0.4, 0.5};  ///< the largest |cosine|
  std::vector<std::int64_t> drawn_dimensions = {4,  8,  12, 16, 20, 24, 28, 32, 36, 40,
                                                44, 48, 52, 56, 60, 68, 76, 84, 92};
  std::int64_t most_drawn = 2000;  ///< vectors
  std::int64_t patience = 1000;    ///< draws in vain
  std::int64_t trials = 3;         ///< of the draws
  std::vector<std::int64_t> spread_dimensions = {3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 18, 20};
  std::int64_t most_spread = 240;  ///< vectors
  std::int64_t restarts = 2;       ///< of the vectors that spread out
  std::int64_t steps = 60;         ///< of them, for every exponent
  std::int64_t curve_dimensions = 16;
  std::vector<std::int64_t> curve_vectors = {20, 24, 32, 48, 64, 96, 128, 192, 256};
  friend bool operator==(const AlmostOrthogonal&, const AlmostOrthogonal&) = default;
};

/// Sparse vectors from few measurements, and the toy models beside them. (analysis/compressed_sensing.h)
struct CompressedSensing {
  std::int64_t n = 160;
  std::int64_t grid = 24;      ///< numbers of measurements, and of values that are not 0
  double most_k_over_m = 0.6;  ///< where the grid ends; m / n ends at 1
  std::int64_t trials = 50;
  SparseValues values = SparseValues::kNormal;
  std::vector<std::int64_t> n_features = {300, 600};  ///< of the toy models
  std::vector<std::int64_t> n_hidden = {10, 20};
  std::vector<double> feature_probability = {0.3, 0.2, 0.14, 0.1, 0.07, 0.05, 0.035, 0.025, 0.018, 0.0125};
  std::int64_t steps = 1500;
  double lr = 4e-3;
  friend bool operator==(const CompressedSensing&, const CompressedSensing&) = default;
};

using StudyKind = std::variant<JohnsonLindenstrauss, AlmostOrthogonal, CompressedSensing>;

struct Study {
  std::string name = "study";
  std::uint32_t seed = 0;
  StudyKind kind;
  friend bool operator==(const Study&, const Study&) = default;
};

/// Whether the text has a [study]. Errors: InvalidRequest when it is not TOML.
bool is_study(std::string_view text, std::string_view file);

/// Reads and checks a study. Overrides are those of parse_experiment, of this kind's keys.
/// Errors: InvalidRequest, one line, as of parse_experiment.
Study parse_study(const ExperimentSource& source);

/// The study as TOML with every key written out: parsing it gives the same study, to the bit.
std::string to_toml(const Study& study);

/// The kind as a file has it: "johnson_lindenstrauss".
std::string_view kind_name(const Study& study);

/// Whether "KEY=VALUE" names a key that this study has.
bool names_key_of(const Study& study, std::string_view key_and_value);

}  // namespace superpose::study
