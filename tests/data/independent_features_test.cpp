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
  std::vector<float> values(kSamples);
  for (std::uint32_t s = 0; s < kSamples; ++s) data.sample(kKey, 0, step, s, std::span(values).subspan(s, 1));
  return values;
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
  std::vector<float> first(kSamples), second(kSamples), neighbour(kSamples), next_step(kSamples), x(2);
  for (std::uint32_t s = 0; s < kSamples; ++s) {
    data.sample(kKey, 0, 0, s, x);
    first[s] = x[0], second[s] = x[1];
    data.sample(kKey, 1, 0, s, x);
    neighbour[s] = x[0];
    data.sample(kKey, 0, 1, s, x);
    next_step[s] = x[0];
  }
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
  const IndependentFeatures alone({0.5F, 0.25F}, 2);
  const IndependentFeatures among({0.5F, 0.25F, 1.0F, 1.0F}, 2);
  std::vector<float> x(2), y(2);
  for (std::uint32_t s = 0; s < 100; ++s) {
    alone.sample(kKey, 0, 5, 99 - s, x);
    among.sample(kKey, 0, 5, 99 - s, y);
    EXPECT_EQ(x, y);
  }
}

// The word's top 31 bits decide and are the value: what the engine's tables promise.
TEST(IndependentFeatures, FollowTheirTables) {
  const IndependentFeatures data({0.25F}, 1);
  ASSERT_EQ(data.last_active(0)[0], (1 << 29) - 1);
  ASSERT_EQ(data.scale(0)[0], 0x1p-29F);
  std::vector<float> x(1);
  for (std::uint32_t s = 0; s < 1000; ++s) {
    data.sample(kKey, 0, 9, s, x);
    const std::uint32_t u = sample_word(kKey, 0, 9, s, 0) >> 1;
    EXPECT_EQ(x[0], u < (1U << 29) ? static_cast<float>(u) * 0x1p-29F : 0.0F);
  }
}

TEST(IndependentFeatures, AtProbabilityOneAreAlwaysActive) {
  const IndependentFeatures data({1.0F}, 1);
  EXPECT_EQ(data.last_active(0)[0], std::numeric_limits<std::int32_t>::max());
  EXPECT_EQ(data.scale(0)[0], 0x1p-31F);
}

TEST(IndependentFeatures, KeepThousandsOfValuesAtTheLeastProbability) {
  const IndependentFeatures data({kLeastProbability}, 1);
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
