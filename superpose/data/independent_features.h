#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "superpose/core/philox.h"

namespace superpose {

/// The least probability of a feature: below it, too few of a word's values are left to look uniform on [0,
/// 1].
inline constexpr float kLeastProbability = 1e-6F;

/// Features that are active independently of each other: feature f of instance i is uniform on [0, 1] with
/// probability p[i, f], else 0. [P, "Demonstrating superposition"; the synthetic data of section 2]
///
/// One random word decides both. Of the word's upper 31 bits, u, the values below threshold = round(p 2^31)
/// mean active, and u / threshold is the value: probabilities are exact to 2^-32, values have a resolution of
/// 1 / threshold.
class IndependentFeatures {
 public:
  /// feature_probability: (n_instances, n_features), each in [kLeastProbability, 1].
  /// Errors: InvalidRequest when a probability is outside [kLeastProbability, 1] or the last row is not
  /// whole.
  IndependentFeatures(std::vector<float> feature_probability, std::int64_t n_features);

  [[nodiscard]] std::int64_t n_instances() const { return n_instances_; }
  [[nodiscard]] std::int64_t n_features() const { return n_features_; }

  /// (n_instances, n_features)
  [[nodiscard]] std::span<const float> feature_probability() const { return probability_; }
  /// (n_features): feature f is active when (word >> 1) <= last_active[f].
  [[nodiscard]] std::span<const std::int32_t> last_active(std::int64_t instance) const;
  /// (n_features): an active feature's value is float(word >> 1) * scale[f].
  [[nodiscard]] std::span<const float> scale(std::int64_t instance) const;

  /// One sample of an instance, the specification of what the engine draws: the sample depends on the
  /// arguments and on nothing else. x: (n_features), out.
  void sample(philox::Key key, std::uint32_t instance, std::uint32_t step, std::uint32_t sample,
              std::span<float> x) const;

 private:
  std::int64_t n_instances_ = 0, n_features_ = 0;
  std::vector<float> probability_;         // (n_instances, n_features)
  std::vector<std::int32_t> last_active_;  // (n_instances, n_features)
  std::vector<float> scale_;               // (n_instances, n_features)
};

}  // namespace superpose
