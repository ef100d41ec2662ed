#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "superpose/core/philox.h"

namespace superpose {

/// The least probability of a feature: below it, too few of a word's values are left to look uniform on [0,
/// 1].
inline constexpr float kLeastProbability = 1e-6F;

/// An instance none of whose features is more probable than this is drawn by gaps: two random words an active
/// feature, and some arithmetic, in place of a word for every feature of every sample. Where that begins to
/// pay depends on what else sparsity saves (docs/performance.md): most in the middle sizes.
constexpr float most_gap_probability(std::int64_t n_features) {
  return n_features >= 48 && n_features <= 128 ? 0.14F : 0.1F;
}

/// Most features of an instance that is drawn by gaps: what its arithmetic on positions has room for.
inline constexpr std::int64_t kMostGapFeatures = std::int64_t{1} << 18;

/// What all features have in common.
struct IndependentOptions {
  bool is_signed = false;  ///< values uniform on [-1, 1], else [0, 1]
  bool by_gaps = true;     ///< where all features are rare; else a word each
};

/// Features that are active independently of each other: feature f of instance i is uniform on [0, 1] with
/// probability p[i, f], else 0. [P, "Demonstrating superposition"; the synthetic data of section 2]
///
/// A word a feature decides both. Of the word's upper 31 bits, u, the values below threshold = round(p 2^31)
/// mean active, and u / threshold is the value: probabilities are exact to 2^-32, values have a resolution of
/// 1 / threshold. Signed values are uniform on [-1, 1]: negative where the word's lowest bit is 1.
///
/// Drawn by gaps, an instance is one long row of trials, feature after feature, sample after sample, each of
/// which is a candidate with q, the largest probability of the row: the number of trials that are passed over
/// before the next candidate is geometric, floor(E / -ln(1 - q)) with E a standard exponential. A candidate's
/// own word decides as above, with p / q in place of p. The row starts anew in each block of samples
/// (gap_block_samples), which a geometric variable does not notice.
class IndependentFeatures {
 public:
  /// feature_probability: (n_instances, n_features), each in [kLeastProbability, 1].
  /// Errors: InvalidRequest when a probability is outside [kLeastProbability, 1] or the last row is not
  /// whole.
  IndependentFeatures(std::vector<float> feature_probability, std::int64_t n_features,
                      const IndependentOptions& options = {});

  [[nodiscard]] std::int64_t n_instances() const { return n_instances_; }
  [[nodiscard]] std::int64_t n_features() const { return n_features_; }
  [[nodiscard]] bool is_signed() const { return options_.is_signed; }

  /// (n_instances, n_features)
  [[nodiscard]] std::span<const float> feature_probability() const { return probability_; }
  /// Mean gap between candidates in units of the exponential, 1 / -ln(1 - q); 0 for an instance where every
  /// feature has a word.
  [[nodiscard]] float gap_scale(std::int64_t instance) const;
  /// (n_features): feature f, or a candidate for it, is active when (word >> 1) <= last_active[f].
  [[nodiscard]] std::span<const std::int32_t> last_active(std::int64_t instance) const;
  /// (n_features): an active feature's value is float(word >> 1) * scale[f].
  [[nodiscard]] std::span<const float> scale(std::int64_t instance) const;

  /// The first n_samples samples of an instance's batch, the specification of what the engine draws: a sample
  /// depends on the arguments, its number and its instance's probabilities, and on nothing else.
  /// returns: (n_samples, n_features).
  [[nodiscard]] std::vector<float> batch(philox::Key key, std::uint32_t instance, std::uint32_t step,
                                         std::size_t n_samples) const;

 private:
  void add_row(std::span<const float> probability);

  std::int64_t n_instances_ = 0, n_features_ = 0;
  IndependentOptions options_;
  std::vector<float> probability_;         // (n_instances, n_features)
  std::vector<std::int32_t> last_active_;  // (n_instances, n_features)
  std::vector<float> scale_;               // (n_instances, n_features)
  std::vector<float> gap_scale_;           // (n_instances)
};

}  // namespace superpose
