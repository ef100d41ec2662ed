#include "superpose/data/feature_distribution.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "superpose/core/error.h"
#include "superpose/core/floating_point.h"
#include "superpose/core/random.h"

namespace superpose {
namespace {

/// What the sets of all instances share: all of their decisions, except the probabilities of the outermost
/// sets.
struct Tree {
  struct Leaf {
    std::uint32_t slot = 0;
    double given = 1;            // probability when the slot is on
    double in_set = 1;           // probability when the outermost set is on
    std::int64_t decision = -1;  // of the outermost set; -1: an independent feature
  };
  std::vector<Leaf> leaves;  // (n_features)
  std::vector<SetDecision> decisions;
  std::uint32_t slots = 1;
  std::uint32_t words;
};

std::int32_t last_active(double probability) {
  return static_cast<std::int32_t>(std::round(probability * 0x1p31) - 1);
}

void check_probability(double probability) {
  if (!(probability >= static_cast<double>(kLeastProbability) && probability <= 1))
    throw InvalidRequest(
        {.key = "sets", .expected = "a probability from 1e-06 to 1", .got = fmt::to_string(probability)});
}

class TreeBuilder {
 public:
  explicit TreeBuilder(std::int64_t n_features) : taken_(static_cast<std::size_t>(n_features)) {
    tree_.leaves.resize(static_cast<std::size_t>(n_features));
    tree_.words = static_cast<std::uint32_t>(n_features);
  }

  Tree build(std::span<const FeatureSet> sets) {
    for (const FeatureSet& set : sets) {
      outermost_ = static_cast<std::int64_t>(tree_.decisions.size());
      const std::uint32_t slot = decide({.rule = SetDecision::Rule::kSwitch, .parent = 0});
      add(set, {.slot = slot, .in_set = set.probability});
    }
    return std::move(tree_);
  }

 private:
  /// A place in the tree: its slot, and the probability that it is on when the outermost set is on.
  struct Place {
    std::uint32_t slot;
    double in_set;
  };

  void add(const FeatureSet& set, Place place) {
    check_probability(set.probability);
    if (set.rule == FeatureSet::Rule::kFeature) {
      add_leaf(set, place);
    } else {
      add_members(set, place);
    }
  }

  void add_members(const FeatureSet& set, Place place) {
    const auto members = static_cast<std::uint32_t>(set.members.size());
    if (members == 0)
      throw InvalidRequest({.key = "sets", .expected = "a set with members", .got = "an empty one"});
    if (set.probability < 1) {
      place.slot = decide({.rule = SetDecision::Rule::kSwitch,
                           .parent = place.slot,
                           .last_active = last_active(set.probability)});
    }
    std::uint32_t first = place.slot;
    std::uint32_t stride = 0;  // slots from one member to the next
    double share = 1;
    if (set.rule == FeatureSet::Rule::kAnticorrelated) {
      first = decide({.rule = SetDecision::Rule::kOne, .parent = place.slot, .members = members});
      stride = 1;
      share = 1.0 / members;
    } else if (set.rule == FeatureSet::Rule::kExactly) {
      if (set.count < 1 || set.count > static_cast<std::int64_t>(members)) {
        throw InvalidRequest({.key = "sets",
                              .expected = fmt::format("exactly 1 to {} of the members", members),
                              .got = fmt::to_string(set.count)});
      }
      first = decide({.rule = SetDecision::Rule::kSome,
                      .parent = place.slot,
                      .members = members,
                      .count = static_cast<std::uint32_t>(set.count)});
      stride = 1;
      share = static_cast<double>(set.count) / members;
    }
    for (const FeatureSet& member : set.members) {
      add(member, {.slot = first, .in_set = place.in_set * share * member.probability});
      first += stride;
    }
  }

  void add_leaf(const FeatureSet& leaf, const Place& place) {
    const auto n = static_cast<std::int64_t>(taken_.size());
    if (leaf.feature < 0 || leaf.feature >= n)
      throw InvalidRequest({.key = "sets",
                            .expected = fmt::format("features from 0 to {}", n - 1),
                            .got = fmt::format("{}", leaf.feature)});
    const auto f = static_cast<std::size_t>(leaf.feature);
    if (taken_[f])
      throw InvalidRequest(
          {.key = "sets", .expected = "a feature in one set", .got = fmt::format("{} in two", f)});
    taken_[f] = true;
    tree_.leaves[f] = {
        .slot = place.slot, .given = leaf.probability, .in_set = place.in_set, .decision = outermost_};
  }

  /// returns: the decision's first slot.
  std::uint32_t decide(SetDecision decision) {
    decision.first = tree_.slots;
    decision.word = tree_.words;
    tree_.slots += decision.members;
    tree_.words += decision.rule == SetDecision::Rule::kSome ? decision.members : 1;
    tree_.decisions.push_back(decision);
    return decision.first;
  }

  Tree tree_;
  std::vector<bool> taken_;
  std::int64_t outermost_ = -1;
};

}  // namespace

FeatureDistribution::FeatureDistribution(std::vector<float> feature_probability, std::int64_t n_features,
                                         const DistributionOptions& options)
    : marginal_(std::move(feature_probability)),
      leaves_(marginal_, n_features, {.is_signed = options.is_signed}) {
  const StandardFloatingPoint mode;
  if (options.sets.empty()) return;
  const Tree tree = TreeBuilder(n_features).build(options.sets);
  n_slots_ = tree.slots;
  for (const auto& leaf : tree.leaves) slot_.push_back(leaf.slot);

  const auto n = static_cast<std::size_t>(n_features);
  std::vector<float> given(marginal_);
  for (std::size_t row = 0; row < marginal_.size(); row += n) {
    std::vector<SetDecision> decisions = tree.decisions;
    std::vector<float> outermost(decisions.size());  // the probabilities found so far
    for (std::size_t f = 0; f < n; ++f) {
      const auto& leaf = tree.leaves[f];
      if (leaf.decision < 0) continue;
      const auto d = static_cast<std::size_t>(leaf.decision);
      const float p = marginal_[row + f];
      if (outermost[d] != 0 && outermost[d] != p) {
        throw InvalidRequest(
            {.key = "sets",
             .expected = "one feature_probability for all features of a set",
             .got = fmt::format("{} and {} (instance {}, feature {})", outermost[d], p, row / n, f)});
      }
      outermost[d] = p;
      decisions[d].last_active = last_active(static_cast<double>(p));
      marginal_[row + f] = static_cast<float>(static_cast<double>(p) * leaf.in_set);
      given[row + f] = static_cast<float>(leaf.given);
    }
    decisions_.insert(decisions_.end(), decisions.begin(), decisions.end());
  }
  // The decisions of a set are drawn with words, and so are its features.
  leaves_ =
      IndependentFeatures(std::move(given), n_features, {.is_signed = options.is_signed, .by_gaps = false});
}

std::span<const SetDecision> FeatureDistribution::decisions(std::int64_t instance) const {
  if (decisions_.empty()) return {};
  const std::size_t count = decisions_.size() / static_cast<std::size_t>(n_instances());
  return std::span(decisions_).subspan(static_cast<std::size_t>(instance) * count, count);
}

std::vector<float> FeatureDistribution::batch(philox::Key key, std::uint32_t instance, std::uint32_t step,
                                              std::size_t n_samples) const {
  auto x = leaves_.batch(key, instance, step, n_samples);
  const std::size_t n = slot_.size();
  if (n == 0) return x;
  std::vector<bool> on(n_slots_);
  on[0] = true;
  for (std::size_t s = 0; s < n_samples; ++s) {
    const auto word = [&](std::uint32_t which) {
      return sample_word(key, instance, step, static_cast<std::uint32_t>(s), which);
    };
    const auto choice = [](std::uint32_t bits, std::uint32_t of) { return (std::uint64_t{bits} * of) >> 32; };
    for (const SetDecision& decision : decisions(instance)) {
      std::uint32_t missing = decision.count;
      for (std::uint32_t j = 0; j < decision.members; ++j) {
        bool is_on = false;
        switch (decision.rule) {
          case SetDecision::Rule::kSwitch:
            is_on = static_cast<std::int32_t>(word(decision.word) >> 1) <= decision.last_active;
            break;
          case SetDecision::Rule::kOne:
            is_on = choice(word(decision.word), decision.members) == j;
            break;
          case SetDecision::Rule::kSome:
            is_on = choice(word(decision.word + j), decision.members - j) < missing;
            missing -= is_on ? 1 : 0;
            break;
        }
        on[decision.first + j] = is_on && on[decision.parent];
      }
    }
    for (std::size_t f = 0; f < n; ++f) {
      if (!on[slot_[f]]) x[s * n + f] = 0;
    }
  }
  return x;
}

}  // namespace superpose
