#include "superpose/data/feature_distribution.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>

#include "superpose/core/error.h"
#include "superpose/core/random.h"

namespace superpose {
namespace {

using Rule = FeatureSet::Rule;

constexpr std::size_t kSamples = 100'000;

FeatureSet leaf(std::int64_t feature, double probability = 1) {
  return {.rule = Rule::kFeature, .feature = feature, .probability = probability};
}
FeatureSet set(Rule rule, std::vector<FeatureSet> members, double probability = 1) {
  return {.rule = rule, .probability = probability, .members = std::move(members)};
}
FeatureSet exactly(std::int64_t count, std::vector<FeatureSet> members) {
  return {.rule = Rule::kExactly, .count = count, .members = std::move(members)};
}

/// A batch of samples, and who is active in it.
class Samples {
 public:
  Samples(const FeatureDistribution& data, std::uint32_t step = 3)
      : n_(static_cast<std::size_t>(data.n_features())),
        x_(data.batch(stream_key(17, Stream::kTraining), 0, step, kSamples)) {}

  [[nodiscard]] float at(std::size_t sample, std::size_t f) const { return x_[sample * n_ + f]; }
  /// Bit f is set where feature f is active.
  [[nodiscard]] unsigned pattern(std::size_t sample) const {
    unsigned bits = 0;
    for (std::size_t f = 0; f < n_; ++f) bits |= at(sample, f) != 0 ? 1U << f : 0U;
    return bits;
  }
  [[nodiscard]] std::map<unsigned, double> patterns() const {
    std::map<unsigned, double> counts;
    for (std::size_t s = 0; s < kSamples; ++s) counts[pattern(s)] += 1;
    return counts;
  }
  /// Mean of a function of a sample.
  template <class F>
  [[nodiscard]] double mean(F value) const {
    double sum = 0;
    for (std::size_t s = 0; s < kSamples; ++s) sum += value(s);
    return sum / kSamples;
  }

 private:
  std::size_t n_;
  std::vector<float> x_;
};

/// Five standard deviations of the share of kSamples.
double five_sigma(double p) {
  return 5 * std::sqrt(p * (1 - p) / kSamples);
}

void expect_marginals(const FeatureDistribution& data) {
  const Samples samples(data);
  for (std::size_t f = 0; f < static_cast<std::size_t>(data.n_features()); ++f) {
    const auto p = static_cast<double>(data.marginal_probability()[f]);
    EXPECT_NEAR(samples.mean([&](std::size_t s) { return samples.at(s, f) != 0 ? 1.0 : 0.0; }), p,
                five_sigma(p))
        << "feature " << f;
  }
}

TEST(FeatureDistribution, WithoutSetsIsThatOfIndependentFeatures) {
  const std::vector<float> p = {0.5F, 0.05F, 0.02F, 0.3F};
  for (const bool rare : {false, true}) {
    const std::vector<float> row(p.begin() + (rare ? 1 : 0), p.begin() + 3);
    const auto n = static_cast<std::int64_t>(row.size());
    const FeatureDistribution data(row, n);
    const auto key = stream_key(1, Stream::kTraining);
    EXPECT_EQ(data.batch(key, 0, 7, 500), IndependentFeatures(row, n).batch(key, 0, 7, 500));
    EXPECT_TRUE(data.decisions(0).empty());
    EXPECT_TRUE(std::ranges::equal(data.marginal_probability(), row));
  }
}

TEST(FeatureDistribution, CorrelatedFeaturesAreActiveTogetherAndOtherwiseIndependent) {
  const FeatureDistribution data({0.3F, 0.3F, 0.6F}, 3,
                                 {.sets = {set(Rule::kCorrelated, {leaf(0), leaf(1)})}});
  const Samples samples(data);
  for (const auto& [pattern, count] : samples.patterns()) {
    const bool both = (pattern & 3U) == 3U;
    EXPECT_TRUE(both || (pattern & 3U) == 0) << pattern;
    const double p = (both ? 0.3 : 0.7) * ((pattern & 4U) != 0 ? 0.6 : 0.4);
    EXPECT_NEAR(count / kSamples, p, five_sigma(p));
  }
  // Magnitudes are uniform and uncorrelated where both are on.
  const double mean = samples.mean([&](std::size_t s) { return samples.at(s, 0); });
  EXPECT_NEAR(mean, 0.3 / 2, 5 * std::sqrt(0.1 / kSamples));
  const double product =
      samples.mean([&](std::size_t s) { return static_cast<double>(samples.at(s, 0) * samples.at(s, 1)); });
  EXPECT_NEAR(product, 0.3 / 4, 5 * std::sqrt(0.3 / 9 / kSamples));
  expect_marginals(data);
}

TEST(FeatureDistribution, OfAnticorrelatedFeaturesAtMostOneIsActive) {
  const FeatureDistribution data(std::vector<float>(3, 0.6F), 3,
                                 {.sets = {set(Rule::kAnticorrelated, {leaf(0), leaf(1), leaf(2)})}});
  for (const auto& [pattern, count] : Samples(data).patterns()) {
    ASSERT_TRUE(pattern == 0 || pattern == 1 || pattern == 2 || pattern == 4) << pattern;
    const double p = pattern == 0 ? 0.4 : 0.2;
    EXPECT_NEAR(count / kSamples, p, five_sigma(p));
  }
  EXPECT_FLOAT_EQ(data.marginal_probability()[1], 0.2F);
  expect_marginals(data);
}

TEST(FeatureDistribution, ExactlySoManyAreActiveAndEveryChoiceIsEquallyLikely) {
  const FeatureDistribution data(std::vector<float>(5, 1.0F), 5,
                                 {.sets = {exactly(2, {leaf(0), leaf(1), leaf(2), leaf(3), leaf(4)})}});
  const auto patterns = Samples(data).patterns();
  EXPECT_EQ(patterns.size(), 10U);
  for (const auto& [pattern, count] : patterns) {
    EXPECT_EQ(std::popcount(pattern), 2) << pattern;
    EXPECT_NEAR(count / kSamples, 0.1, five_sigma(0.1));
  }
  expect_marginals(data);
}

TEST(FeatureDistribution, SetsOfSets) {
  // One of two pairs; the second has its second member half of the time; a third thing comes along sometimes.
  const FeatureSet pairs = set(Rule::kAnticorrelated, {set(Rule::kCorrelated, {leaf(0), leaf(3)}),
                                                       set(Rule::kCorrelated, {leaf(1), leaf(4, 0.5)}, 0.8)});
  const FeatureDistribution data(std::vector<float>(6, 0.5F), 6,
                                 {.sets = {set(Rule::kCorrelated, {pairs, leaf(2, 0.25)})}});
  const Samples samples(data);
  for (const auto& [pattern, count] : samples.patterns()) {
    const unsigned bits = pattern & 31U;
    EXPECT_EQ(bits & 1U, (bits >> 3) & 1U) << "0 and 3 go together";
    EXPECT_TRUE((bits & 1U) == 0 || (bits & 18U) == 0) << "one pair only";
    EXPECT_TRUE((bits & 16U) == 0 || (bits & 2U) != 0) << "4 only with 1";
  }
  const std::vector<double> expected = {0.25, 0.2, 0.125, 0.25, 0.1, 0.5};
  for (std::size_t f = 0; f < expected.size(); ++f)
    EXPECT_NEAR(data.marginal_probability()[f], expected[f], 1e-7) << f;
  expect_marginals(data);
}

TEST(FeatureDistribution, FeaturesInNoSetAreWhatTheyAreWithoutSets) {
  const std::vector<float> p = {0.5F, 0.5F, 0.3F, 0.2F};
  const FeatureDistribution with(p, 4, {.sets = {set(Rule::kCorrelated, {leaf(0), leaf(1)})}});
  const Samples samples(with), alone{FeatureDistribution(p, 4)};
  for (std::size_t s = 0; s < 1000; ++s) {
    EXPECT_EQ(samples.at(s, 2), alone.at(s, 2));
    EXPECT_EQ(samples.at(s, 3), alone.at(s, 3));
  }
}

TEST(FeatureDistribution, SignedValuesAreUniformOnBothSides) {
  for (const float p : {1.0F, 0.5F, 0.05F}) {
    const FeatureDistribution data({p, p * 0.9F}, 2, {.is_signed = true});
    const Samples samples(data);
    const auto x = [&](std::size_t s) { return static_cast<double>(samples.at(s, 0)); };
    const auto dp = static_cast<double>(p);
    EXPECT_NEAR(samples.mean(x), 0, 5 * std::sqrt(dp / 3 / kSamples));
    EXPECT_NEAR(samples.mean([&](std::size_t s) { return x(s) * x(s); }), dp / 3,
                5 * std::sqrt(dp / 5 / kSamples));
    EXPECT_NEAR(samples.mean([&](std::size_t s) { return x(s) < -0.5 ? 1.0 : 0.0; }), dp / 4,
                five_sigma(dp / 4));
    expect_marginals(data);
  }
}

TEST(FeatureDistribution, WhatMakesNoSenseIsRefused) {
  const auto make = [](std::vector<FeatureSet> sets, std::vector<float> p = {0.5F, 0.5F, 0.2F}) {
    return FeatureDistribution(std::move(p), 3, {.sets = std::move(sets)});
  };
  EXPECT_NO_THROW(make({set(Rule::kCorrelated, {leaf(0), leaf(1)})}));
  EXPECT_THROW(make({set(Rule::kCorrelated, {leaf(0), leaf(2)})}), InvalidRequest) << "probabilities differ";
  EXPECT_THROW(make({set(Rule::kCorrelated, {leaf(0), leaf(3)})}), InvalidRequest) << "no such feature";
  EXPECT_THROW(make({set(Rule::kCorrelated, {leaf(0), leaf(-1)})}), InvalidRequest);
  EXPECT_THROW(make({set(Rule::kCorrelated, {leaf(0), leaf(0)})}), InvalidRequest) << "twice";
  EXPECT_THROW(make({set(Rule::kCorrelated, {})}), InvalidRequest) << "empty";
  EXPECT_THROW(make({exactly(3, {leaf(0), leaf(1)})}), InvalidRequest) << "more than there are";
  EXPECT_THROW(make({exactly(0, {leaf(0), leaf(1)})}), InvalidRequest);
  EXPECT_THROW(make({set(Rule::kCorrelated, {leaf(0, 0)})}), InvalidRequest) << "never active";
  EXPECT_THROW(make({set(Rule::kCorrelated, {leaf(0, std::nan(""))})}), InvalidRequest);
}

}  // namespace
}  // namespace superpose
