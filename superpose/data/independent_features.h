#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "superpose/core/error.h"  // IWYU pragma: export
#include "superpose/core/philox.h"
#include "superpose/core/shape.h"

namespace superpose {

/// The least probability of a feature. Below it, too few values of a word are left for the feature's values
/// to look uniform on [0, 1].
inline constexpr float kLeastProbability = 1e-6F;

/// An instance whose features all have at most this probability is drawn by gaps: two random words and some
/// arithmetic for each active feature, instead of a word for every feature of every sample. Where gaps begin
/// to pay depends on what else sparsity saves (docs/performance.md): in middle sizes they pay at higher
/// probabilities too.
constexpr float most_gap_probability(std::int64_t n_features) {
  return n_features >= 48 && n_features <= 128 ? 0.14F : 0.1F;
}

/// The largest number of features that can be drawn by gaps: positions are computed in numbers that hold no
/// more.
inline constexpr std::int64_t kMostGapFeatures = std::int64_t{1} << 18;

/// What all features have in common.
struct IndependentOptions {
  bool is_signed = false;  ///< values uniform on [-1, 1], else [0, 1]
  bool by_gaps = true;  ///< draw by gaps where all features are rare; false: always a word for each feature
};

/// Features that are active independently of each other: feature f of instance i is uniform on [0, 1] with
/// probability p[i, f], else 0. [P, "Demonstrating superposition"; the synthetic data of section 2]
///
/// One word decides both whether a feature is active and its value. u is the upper 31 bits of the word. The
/// feature is active when u is below threshold = round(p 2^31), and its value is then u / threshold:
/// probabilities are exact to 2^-32, values have a resolution of 1 / threshold. Signed values are uniform on
/// [-1, 1]: they are negative where the word's lowest bit is 1.
///
/// Drawn by gaps, an instance is one long row of trials, feature after feature, sample after sample. Each
/// trial is a candidate with probability q, the largest one of the row. The number of trials skipped before
/// the next candidate is geometric: floor(E / -ln(1 - q)) with E a standard exponential. A candidate's own
/// word then decides as above, with p / q in place of p. The row starts anew in each block of samples
/// (gap_block_samples); a geometric variable has no memory, so this changes no probability.
class IndependentFeatures {
 public:
  /// Of no instances.
  IndependentFeatures() = default;
  /// feature_probability: (n_instances, n_features), each in [kLeastProbability, 1].
  /// Errors: InvalidRequest when a probability is outside [kLeastProbability, 1] or the last row is not
  /// whole.
  IndependentFeatures(std::vector<float> feature_probability, std::int64_t n_features,
                      const IndependentOptions& options = {});

  [[nodiscard]] std::int64_t n_instances() const { return shape_.n_instances; }
  [[nodiscard]] std::int64_t n_features() const { return shape_.n_features; }
  [[nodiscard]] bool is_signed() const { return options_.is_signed; }

  /// (n_instances, n_features)
  [[nodiscard]] std::span<const float> feature_probability() const { return probability_; }
  /// Mean gap between candidates in units of the exponential, 1 / -ln(1 - q); 0 where the instance is not
  /// drawn by gaps.
  [[nodiscard]] float gap_scale(std::int64_t instance) const;
  /// (n_features): feature f, or a candidate for it, is active when (word >> 1) <= last_active[f].
  [[nodiscard]] std::span<const std::int32_t> last_active(std::int64_t instance) const;
  /// (n_features): an active feature's value is float(word >> 1) * scale[f].
  [[nodiscard]] std::span<const float> scale(std::int64_t instance) const;

  /// The first n_samples samples of an instance's batch. This specifies what the engine draws: a sample
  /// depends on the arguments, on its number and on its instance's probabilities, and on nothing else.
  /// returns: (n_samples, n_features).
  [[nodiscard]] std::vector<float> batch(philox::Key key, std::uint32_t instance, std::uint32_t step,
                                         std::size_t n_samples) const;

 private:
  void add_row(std::span<const float> probability);

  Shape shape_{.n_instances = 0, .n_features = 0};  // its n_hidden has no meaning here
  IndependentOptions options_;
  std::vector<float> probability_;         // (n_instances, n_features)
  std::vector<std::int32_t> last_active_;  // (n_instances, n_features)
  std::vector<float> scale_;               // (n_instances, n_features)
  std::vector<float> gap_scale_;           // (n_instances)
};

}  // namespace superpose
