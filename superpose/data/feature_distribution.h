#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "superpose/core/set_decision.h"
#include "superpose/data/independent_features.h"

namespace superpose {

/// Features that depend on each other: a tree whose leaves are features. While a set is on, its rule decides
/// which of its members are on. A member is a feature or a set itself. [P, "The geometry of superposition"]
struct FeatureSet {
  enum class Rule {
    kFeature,         ///< a leaf
    kCorrelated,      ///< all members are on
    kAnticorrelated,  ///< one member is on, each equally likely
    kExactly,         ///< `count` members are on, each choice equally likely
  };
  Rule rule = Rule::kFeature;
  std::int64_t feature = 0;  ///< of a leaf
  std::int64_t count = 1;    ///< of kExactly
  double probability = 1;    ///< that this set is on when the outer set chooses it; in [1e-6, 1]
  std::vector<FeatureSet> members{};

  friend bool operator==(const FeatureSet&, const FeatureSet&) = default;
};

/// What features have in common.
struct DistributionOptions {
  bool is_signed = false;          ///< active features are uniform on [-1, 1], else [0, 1]
  std::vector<FeatureSet> sets{};  ///< a feature in none of them is independent of all others

  friend bool operator==(const DistributionOptions&, const DistributionOptions&) = default;
};

/// What every instance is fed. Magnitudes are independent of each other and of which features are active. In
/// each instance, the features of an outermost set all have the same feature_probability: the probability
/// that this set is on. It never changes but by assignment: several threads may read one.
class FeatureDistribution {
 public:
  /// Of no instances: nothing is fed from it.
  FeatureDistribution() = default;
  /// feature_probability: (n_instances, n_features), each in [kLeastProbability, 1].
  /// Errors: InvalidRequest when a probability is out of range, the last row is not whole, or a set is empty,
  /// names a feature that is not there or is in another set, counts more members than it has, or has features
  /// of different probabilities.
  FeatureDistribution(std::vector<float> feature_probability, std::int64_t n_features,
                      const DistributionOptions& options = {});

  /// Whether it has no instances.
  [[nodiscard]] bool empty() const { return marginal_.empty(); }
  [[nodiscard]] std::int64_t n_instances() const { return leaves_.n_instances(); }
  [[nodiscard]] std::int64_t n_features() const { return leaves_.n_features(); }
  [[nodiscard]] bool is_signed() const { return leaves_.is_signed(); }

  /// Probability that a feature is active, whatever the others are. returns: (n_instances, n_features).
  [[nodiscard]] std::span<const float> marginal_probability() const { return marginal_; }

  /// What the words of the features decide, for features whose slot is on.
  [[nodiscard]] const IndependentFeatures& leaves() const { return leaves_; }
  /// The decisions of an instance; empty where all features are independent.
  [[nodiscard]] std::span<const SetDecision> decisions(std::int64_t instance) const;
  [[nodiscard]] std::size_t n_slots() const { return n_slots_; }
  /// (n_features): the slot that must be on. Empty where all features are independent.
  [[nodiscard]] std::span<const std::uint32_t> slots() const { return slot_; }

  /// The first n_samples samples of an instance's batch: the specification of what the engine draws.
  /// returns: (n_samples, n_features).
  [[nodiscard]] std::vector<float> batch(philox::Key key, std::uint32_t instance, std::uint32_t step,
                                         std::size_t n_samples) const;

 private:
  std::vector<float> marginal_;         // (n_instances, n_features)
  IndependentFeatures leaves_;          // given that its slot is on
  std::vector<SetDecision> decisions_;  // (n_instances, decisions)
  std::vector<std::uint32_t> slot_;     // (n_features), or empty
  std::size_t n_slots_ = 1;
};

}  // namespace superpose
