#include "superpose/data/independent_features.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/core/random.h"

namespace superpose {
namespace {

constexpr philox::Key kKey = stream_key(42, Stream::kTraining);
constexpr std::uint32_t kSamples = 1 << 17;

/// `kSamples` samples of an instance with one feature.
std::vector<float> draw(float p, std::uint32_t step = 0) {
  const IndependentFeatures data({p}, 1);
  return data.batch(kKey, 0, step, kSamples);
}

double correlation(std::span<const float> a, std::span<const float> b) {
  double sum_a = 0, sum_b = 0, sum_aa = 0, sum_bb = 0, sum_ab = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = static_cast<double>(a[i]), y = static_cast<double>(b[i]);
    sum_a += x, sum_b += y, sum_aa += x * x, sum_bb += y * y, sum_ab += x * y;
  }
  const auto n = static_cast<double>(a.size());
  return (n * sum_ab - sum_a * sum_b) /
         std::sqrt((n * sum_aa - sum_a * sum_a) * (n * sum_bb - sum_b * sum_b));
}

// All bounds below are five standard deviations of the estimate: one correct generator in 1.7 million fails
// one.

TEST(IndependentFeatures, AreActiveWithTheirProbability) {
  for (const float p : {1.0F, 0.7F, 0.3F, 0.05F, 0.001F}) {
    const auto values = draw(p);
    const auto active = std::ranges::count_if(values, [](float value) { return value > 0; });
    const double expected = static_cast<double>(p) * kSamples;
    EXPECT_NEAR(static_cast<double>(active), expected,
                5 * std::sqrt(expected * (1 - static_cast<double>(p))) + 0.5)
        << "p = " << p;
  }
}

TEST(IndependentFeatures, HaveTheMomentsOfTheUniformDistribution) {
  for (const float p : {1.0F, 0.3F, 0.05F}) {
    double sum = 0, squares = 0, n = 0;
    for (const float value : draw(p)) {
      if (value == 0) continue;
      sum += static_cast<double>(value), squares += static_cast<double>(value) * static_cast<double>(value),
          ++n;
    }
    const double mean = sum / n;
    EXPECT_NEAR(mean, 0.5, 5 * std::sqrt(1.0 / 12 / n)) << "p = " << p;
    EXPECT_NEAR(squares / n - mean * mean, 1.0 / 12, 5 * std::sqrt(1.0 / 180 / n)) << "p = " << p;
  }
}

// Chi-square over 64 bins has 63 degrees of freedom: mean 63, standard deviation sqrt(126).
TEST(IndependentFeatures, AreUniformWhenActive) {
  for (const float p : {1.0F, 0.3F, 0.05F}) {
    std::vector<double> bins(64);
    double n = 0;
    for (const float value : draw(p)) {
      if (value == 0) continue;
      ++bins[std::min<std::size_t>(63, static_cast<std::size_t>(value * 64))], ++n;
    }
    double chi_square = 0;
    for (const double count : bins) chi_square += (count - n / 64) * (count - n / 64) / (n / 64);
    EXPECT_NEAR(chi_square, 63, 5 * std::sqrt(126)) << "p = " << p;
  }
}

TEST(IndependentFeatures, DoNotDependOnOneAnother) {
  const IndependentFeatures data({1.0F, 0.5F, 1.0F, 0.5F}, 2);
  const auto feature = [&](const std::vector<float>& batch, std::size_t f) {
    std::vector<float> values(kSamples);
    for (std::size_t s = 0; s < kSamples; ++s) values[s] = batch[s * 2 + f];
    return values;
  };
  const auto batch = data.batch(kKey, 0, 0, kSamples);
  const auto first = feature(batch, 0);
  const auto second = feature(batch, 1);
  const auto neighbour = feature(data.batch(kKey, 1, 0, kSamples), 0);
  const auto next_step = feature(data.batch(kKey, 0, 1, kSamples), 0);
  const double bound = 5 / std::sqrt(kSamples);
  EXPECT_LT(std::abs(correlation(first, second)), bound) << "features";
  EXPECT_LT(std::abs(correlation(first, neighbour)), bound) << "instances";
  EXPECT_LT(std::abs(correlation(first, next_step)), bound) << "steps";
  const auto all = std::span(first);
  for (const std::size_t lag : {std::size_t{1}, std::size_t{16}, std::size_t{64}}) {  // lane, row and tile
    EXPECT_LT(std::abs(correlation(all.subspan(lag), all.first(kSamples - lag))), bound) << "lag " << lag;
  }
}

TEST(IndependentFeatures, DependOnNothingButTheirAddress) {
  for (const float p : {0.5F, 0.05F}) {  // words and gaps
    const IndependentFeatures alone({p, 0.5F * p}, 2);
    const IndependentFeatures among({p, 0.5F * p, 1.0F, 1.0F}, 2);
    const auto all = alone.batch(kKey, 0, 5, 3000);
    EXPECT_EQ(among.batch(kKey, 0, 5, 3000), all);
    const auto fewer = alone.batch(kKey, 0, 5, 1100);
    EXPECT_TRUE(std::ranges::equal(fewer, std::span(all).first(2200))) << "a larger batch begins the same";
  }
}

// The word's top 31 bits decide and are the value: what the engine's tables promise.
TEST(IndependentFeatures, FollowTheirTables) {
  const IndependentFeatures data({0.25F}, 1);
  ASSERT_EQ(data.last_active(0)[0], (1 << 29) - 1);
  ASSERT_EQ(data.scale(0)[0], 0x1p-29F);
  const auto x = data.batch(kKey, 0, 9, 1000);
  for (std::uint32_t s = 0; s < 1000; ++s) {
    const std::uint32_t u = sample_word(kKey, 0, 9, s, 0) >> 1;
    EXPECT_EQ(x[s], u < (1U << 29) ? static_cast<float>(u) * 0x1p-29F : 0.0F);
  }
}

TEST(IndependentFeatures, AtProbabilityOneAreAlwaysActive) {
  const IndependentFeatures data({1.0F}, 1);
  EXPECT_EQ(data.last_active(0)[0], std::numeric_limits<std::int32_t>::max());
  EXPECT_EQ(data.scale(0)[0], 0x1p-31F);
}

TEST(IndependentFeatures, KeepThousandsOfValuesAtTheLeastProbability) {
  const IndependentFeatures data({kLeastProbability, 1.0F}, 2);  // not by gaps
  EXPECT_EQ(data.last_active(0)[0], 2146);
  EXPECT_NEAR(data.scale(0)[0], 1.0 / 2147, 1e-10);
  EXPECT_THROW(IndependentFeatures({std::nextafter(kLeastProbability, 0.0F)}, 1), InvalidRequest);
}

// float(u) and float(1 / threshold) may both round up: the product must not pass 1 all the same.
TEST(IndependentFeatures, NeverPassOne) {
  for (int i = 0; i < 100'000; ++i) {
    const auto p = static_cast<float>(std::max(
        2e-6, uniform_open(philox::generate({static_cast<std::uint32_t>(i), 0, 0, 0}, {0, 0})[0], 0)));
    const IndependentFeatures data({p}, 1);
    const float largest = static_cast<float>(data.last_active(0)[0]) * data.scale(0)[0];
    ASSERT_LE(largest, 1.0F) << "p = " << p;
    ASSERT_GE(largest, 1 - 1 / (static_cast<double>(p) * 0x1p31) - 2e-7) << "p = " << p;
  }
}

// What is drawn by gaps must be the same distribution: every probability, every distance, every value.

TEST(IndependentFeaturesByGaps, AreThoseOfLowProbability) {
  EXPECT_EQ(IndependentFeatures({0.5F, 0.01F}, 2).gap_scale(0), 0);
  EXPECT_EQ(IndependentFeatures({1.0F}, 1).gap_scale(0), 0);
  const IndependentFeatures data({0.05F, 0.02F}, 2);
  EXPECT_NEAR(data.gap_scale(0), -1 / std::log1p(-0.05), 1e-5);
  EXPECT_EQ(data.last_active(0)[0], std::numeric_limits<std::int32_t>::max());
  EXPECT_NEAR(data.last_active(0)[1], 0.4 * 0x1p31, 100);
}

// The number of active samples in a batch is binomial: chi-square of its counts over 4,000 batches.
TEST(IndependentFeaturesByGaps, HaveBinomialCounts) {
  constexpr std::size_t kBatches = 4000, kBatch = 200;
  const double p = 0.05;
  const IndependentFeatures data({static_cast<float>(p), 0.02F}, 2);
  std::vector<double> seen(kBatch + 1);
  for (std::uint32_t step = 0; step < kBatches; ++step) {
    std::size_t active = 0;
    const auto x = data.batch(kKey, 0, step, kBatch);
    for (std::size_t i = 0; i < x.size(); i += 2) active += x[i] > 0 ? 1U : 0U;
    ++seen[active];
  }
  double chi_square = 0, degrees = -1, probability = std::pow(1 - p, kBatch), rest = kBatches,
         rest_seen = kBatches;
  for (std::size_t k = 0; k <= kBatch; ++k) {
    if (k > 0) probability *= static_cast<double>(kBatch + 1 - k) / static_cast<double>(k) * p / (1 - p);
    const double expected = kBatches * probability;
    if (expected < 20) continue;
    chi_square += (seen[k] - expected) * (seen[k] - expected) / expected;
    rest -= expected, rest_seen -= seen[k], ++degrees;
  }
  chi_square += (rest_seen - rest) * (rest_seen - rest) / rest, ++degrees;
  EXPECT_GT(degrees, 10);
  EXPECT_NEAR(chi_square, degrees, 5 * std::sqrt(2 * degrees));
}

// Distances between active samples of one feature are geometric, within a block and across.
TEST(IndependentFeaturesByGaps, HaveGeometricDistances) {
  for (const float p : {0.1F, 0.01F, 0.001F}) {
    const auto values = draw(p);
    const double q = 1 - static_cast<double>(p);
    constexpr std::size_t kBins = 10;  // equally probable ones, about
    std::vector<double> seen(kBins), edge(kBins + 1);
    for (std::size_t b = 0; b <= kBins; ++b)
      edge[b] = b == kBins ? 1e18 : std::ceil(std::log1p(-static_cast<double>(b) / kBins) / std::log(q));
    double n = 0, last = -1;
    for (std::size_t s = 0; s < values.size(); ++s) {
      if (values[s] == 0) continue;
      const double gap = static_cast<double>(s) - last - 1;
      last = static_cast<double>(s), ++n;
      for (std::size_t b = 0; b < kBins; ++b) seen[b] += gap >= edge[b] && gap < edge[b + 1] ? 1 : 0;
    }
    double chi_square = 0;
    for (std::size_t b = 0; b < kBins; ++b) {
      const double expected = n * (std::pow(q, edge[b]) - (b + 1 == kBins ? 0 : std::pow(q, edge[b + 1])));
      if (expected > 0) chi_square += (seen[b] - expected) * (seen[b] - expected) / expected;
    }
    EXPECT_LT(chi_square, 9 + 5 * std::sqrt(18)) << "p = " << p;
  }
}

TEST(IndependentFeaturesByGaps, KeepEveryFeaturesOwnProbabilityAndValues) {
  const std::vector<float> p{0.1F, 0.05F, 0.001F, 0.1F, 0.02F};
  const IndependentFeatures data(p, 5);
  const auto x = data.batch(kKey, 0, 0, kSamples);
  for (std::size_t f = 0; f < p.size(); ++f) {
    double active = 0, sum = 0, squares = 0;
    for (std::size_t s = 0; s < kSamples; ++s) {
      const auto value = static_cast<double>(x[s * 5 + f]);
      ASSERT_GE(value, 0);
      ASSERT_LE(value, 1);
      active += value > 0 ? 1 : 0, sum += value, squares += value * value;
    }
    const double expected = static_cast<double>(p[f]) * kSamples;
    EXPECT_NEAR(active, expected, 5 * std::sqrt(expected) + 0.5) << f;
    EXPECT_NEAR(sum / active, 0.5, 5 * std::sqrt(1.0 / 12 / active)) << f;
    EXPECT_NEAR(squares / active, 1.0 / 3, 5 * std::sqrt(4.0 / 45 / active)) << f;
  }
}

TEST(IndependentFeaturesByGaps, DoNotDependOnOneAnother) {
  const IndependentFeatures data({0.1F, 0.1F, 0.1F, 0.1F}, 2);
  const auto batch = data.batch(kKey, 0, 0, kSamples);
  const auto neighbour = data.batch(kKey, 1, 0, kSamples);
  const auto next_step = data.batch(kKey, 0, 1, kSamples);
  const auto all = std::span(batch);
  const double bound = 5 / std::sqrt(2.0 * kSamples);
  EXPECT_LT(std::abs(correlation(batch, neighbour)), bound) << "instances";
  EXPECT_LT(std::abs(correlation(batch, next_step)), bound) << "steps";
  for (const std::size_t lag : {std::size_t{1}, std::size_t{2}, std::size_t{16}, std::size_t{2048}}) {
    EXPECT_LT(std::abs(correlation(all.subspan(lag), all.first(all.size() - lag))), bound) << "lag " << lag;
  }
}

// One that reaches over whole blocks: nothing is lost at their ends.
TEST(IndependentFeaturesByGaps, ReachTheLeastProbability) {
  const IndependentFeatures data({kLeastProbability}, 1);
  constexpr std::size_t kMany = 40'000'000;
  const auto x = data.batch(kKey, 0, 0, kMany);
  const auto active = std::ranges::count_if(x, [](float value) { return value > 0; });
  EXPECT_NEAR(static_cast<double>(active), 40, 5 * std::sqrt(40));
}

TEST(IndependentFeatures, KeepTheTableTheyWereGiven) {
  const IndependentFeatures data({0.5F, 0.25F, 1.0F, 0.1F, 0.2F, 0.3F}, 3);
  EXPECT_EQ(data.n_instances(), 2);
  EXPECT_EQ(data.n_features(), 3);
  EXPECT_EQ(data.feature_probability()[3], 0.1F);
  EXPECT_EQ(data.last_active(1).size(), 3U);
  EXPECT_EQ(data.last_active(0)[1], (1 << 29) - 1);
}

TEST(IndependentFeatures, RefuseProbabilitiesOutsideZeroToOne) {
  for (const float p : {0.0F, -0.1F, 1.0001F, std::numeric_limits<float>::quiet_NaN(),
                        std::numeric_limits<float>::infinity()}) {
    EXPECT_THROW(IndependentFeatures({0.5F, p}, 2), InvalidRequest) << "p = " << p;
  }
}

TEST(IndependentFeatures, RefuseATableWithoutWholeRows) {
  EXPECT_THROW(IndependentFeatures({0.5F, 0.5F, 0.5F}, 2), InvalidRequest);
  EXPECT_THROW(IndependentFeatures({0.5F}, 0), InvalidRequest);
  EXPECT_THROW(IndependentFeatures({0.5F}, -1), InvalidRequest);
}

}  // namespace
}  // namespace superpose
