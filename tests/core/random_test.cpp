#include "superpose/core/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>
#include <vector>

namespace superpose {
namespace {

// -sqrt(2) erfinv(1 - 2u) of the double nearest to u, in 40 digits by mpmath.
constexpr std::pair<double, double> kQuantiles[] = {
    {0.5, 0.0},
    {0.6, 0.25334710313579974132},
    {0.25, -0.6744897501960817432},
    {0.9, 1.2815515655446005935},
    {0.925, 1.4395314709384562291},
    {0.95, 1.6448536269514722843},
    {0.975, 1.9599639845400538556},
    {0.999, 3.0902323061678132778},
    {1e-3, -3.0902323061678135354},
    {1e-6, -4.7534243088228989573},
    {1e-10, -6.3613409024040561991},
    {1e-11, -6.7060231554951362961},
    {1e-12, -7.0344838253011319326},
    {1e-16, -8.2220822161304356152},
    {0x1p-53, -8.2095361516013868556},
};

TEST(NormalQuantile, GivesKnownValuesInCentreTailAndFarTail) {
  for (const auto& [u, quantile] : kQuantiles) {
    EXPECT_NEAR(normal_quantile(u), quantile, 1e-14 * std::max(1.0, std::abs(quantile))) << "u = " << u;
  }
}

TEST(NormalQuantile, IsOddAroundOneHalf) {
  for (int i = 1; i < 512; ++i) {  // u and 1 - u are both exact
    const double u = i / 1024.0;
    EXPECT_EQ(normal_quantile(u), -normal_quantile(1 - u)) << "u = " << u;
  }
}

TEST(NormalQuantile, GrowsAcrossTheBordersOfItsPieces) {
  for (const double border : {0.075, 0.925, 1.3887943864964021e-11}) {
    double previous = normal_quantile(border * (1 - 1e-6));
    for (int i = -9; i <= 10; ++i) {
      const double next = normal_quantile(border * (1 + i * 1e-7));
      EXPECT_GT(next, previous) << "border " << border << ", step " << i;
      previous = next;
    }
  }
}

TEST(UniformOpen, StaysInsideTheInterval) {
  EXPECT_EQ(uniform_open(0, 0), 0x1p-53);
  EXPECT_EQ(uniform_open(0xffffffff, 0xffffffff), 1 - 0x1p-53);
  EXPECT_EQ(uniform_open(0x80000000, 0), 0.5 + 0x1p-53);
}

TEST(StreamKey, DiffersForEverySeedStreamAndRestart) {
  std::set<philox::Key> keys;
  std::size_t expected = 0;
  for (const std::uint32_t seed : {0U, 1U, 0xffffffffU}) {
    for (const auto stream : {Stream::kInitialisation, Stream::kTraining, Stream::kEvaluation}) {
      for (const std::int64_t restart :
           {std::int64_t{0}, std::int64_t{1}, std::int64_t{255}, std::int64_t{256}, kMaxRestarts - 1}) {
        keys.insert(stream_key(seed, stream, restart));
        ++expected;
      }
    }
  }
  EXPECT_EQ(keys.size(), expected);
}

// Correlation of N = 65,536 pairs has a standard deviation of 1 / 256: the bound is five of them.
TEST(StreamKey, StreamsOfOneSeedAreUncorrelated) {
  constexpr std::uint32_t kSamples = 65536;
  const auto correlation = [](philox::Key a, philox::Key b) {
    double sum = 0;
    for (std::uint32_t sample = 0; sample < kSamples; ++sample) {
      sum += (sample_word(a, 0, 0, sample, 0) * 0x1p-32 - 0.5) *
             (sample_word(b, 0, 0, sample, 0) * 0x1p-32 - 0.5);
    }
    return 12 * sum / kSamples;
  };
  const auto training = stream_key(7, Stream::kTraining);
  EXPECT_NEAR(correlation(training, training), 1, 0.05);
  EXPECT_LT(std::abs(correlation(training, stream_key(7, Stream::kEvaluation))), 5.0 / 256);
  EXPECT_LT(std::abs(correlation(training, stream_key(7, Stream::kTraining, 1))), 5.0 / 256);
  EXPECT_LT(std::abs(correlation(training, stream_key(8, Stream::kTraining))), 5.0 / 256);
}

// No word serves two samples, features, steps or instances, and 64 samples use all four words of 16 calls.
TEST(SampleAddress, IsInjective) {
  std::set<std::tuple<philox::Counter, std::uint32_t>> seen;
  std::size_t expected = 0;
  for (std::uint32_t instance = 0; instance < 3; ++instance) {
    for (std::uint32_t step = 0; step < 3; ++step) {
      for (std::uint32_t sample = 0; sample < 200; ++sample) {
        for (std::uint32_t feature = 0; feature < 5; ++feature, ++expected) {
          const auto address = sample_address(instance, step, sample, feature);
          EXPECT_LT(address.word, 4U);
          seen.insert({address.counter, address.word});
        }
      }
    }
  }
  EXPECT_EQ(seen.size(), expected);
}

TEST(SampleAddress, FillsWholeCallsTileByTile) {
  for (std::uint32_t tile = 0; tile < 3; ++tile) {
    std::set<std::pair<std::uint32_t, std::uint32_t>> used;  // (last counter word, word)
    for (std::uint32_t i = 0; i < kSamplesPerTile; ++i) {
      const auto address = sample_address(1, 2, tile * kSamplesPerTile + i, 3);
      EXPECT_EQ(address.counter[3] / kLanes, tile);
      used.insert({address.counter[3], address.word});
    }
    EXPECT_EQ(used.size(), kSamplesPerTile);
  }
}

TEST(SampleAddress, KeepsTheLastSampleOfTheLargestBatchApart) {
  EXPECT_NE(sample_address(0, 0, 0xffffffff, 0).counter, sample_address(0, 0, 0, 0).counter);
  EXPECT_EQ(sample_address(0, 0, 0xffffffff, 0).counter[3], 0x3fffffffU);
}

TEST(GapAddress, IsInjectiveAndApartFromSamples) {
  std::set<std::tuple<philox::Counter, std::uint32_t>> seen;
  for (std::uint32_t block = 0; block < 3; ++block) {
    for (std::uint32_t event = 0; event < 100; ++event) {
      const auto address = gap_address(1, 2, block, event);
      EXPECT_GE(address.counter[0], kGapCounter);
      seen.insert({address.counter, address.gap_word});
      seen.insert({address.counter, address.value_word});
    }
  }
  EXPECT_EQ(seen.size(), 600U);
}

TEST(GapBlocks, AreTilesOfAboutSoManyTrials) {
  for (const std::size_t n : {1U, 5U, 128U, 129U, 400U, 2048U, 5000U, 200000U}) {
    const std::uint32_t samples = gap_block_samples(n);
    EXPECT_EQ(samples % kSamplesPerTile, 0U) << n;
    EXPECT_LE(samples, 1024U) << n;
    EXPECT_TRUE(samples == kSamplesPerTile || samples * n <= 1U << 17) << n;
    EXPECT_TRUE(samples == 1024 || samples * n > 1U << 16) << n;
  }
}

TEST(Exponential, IsMinusTheLogarithm) {
  double worst = 0;
  const auto check = [&](std::int32_t t) {
    const double expected = -std::log1p(-(static_cast<double>(t) + 0.5) * 0x1p-31);
    worst = std::max(worst, std::abs(static_cast<double>(exponential(t)) - expected) / expected);
  };
  for (std::uint32_t i = 0; i < 200'000; ++i)
    check(static_cast<std::int32_t>(philox::generate({i, 0, 0, 0}, {1, 2})[0] >> 1));
  for (std::int32_t i = 0; i < 1000; ++i) check(i), check(0x7FFFFFFF - i), check(0x25F619A0 + i - 500);
  check(636'243'527);  // the worst of all
  EXPECT_LT(worst, 3.1e-7);
  EXPECT_GT(exponential(0), 0);
  EXPECT_NEAR(exponential(0x7FFFFFFF), 22.18071, 1e-4);
}

TEST(SampleWord, IsTheAddressedWord) {
  constexpr philox::Key key = stream_key(3, Stream::kTraining);
  static_assert(sample_word(key, 1, 2, 70, 4) == philox::generate({4, 1, 2, 16 + 3}, key)[1]);
  static_assert(sample_word(key, 1, 2, 71, 4) == philox::generate({4, 1, 2, 16 + 3}, key)[0]);
  static_assert(sample_word(key, 1, 2, 16, 4) == philox::generate({4, 1, 2, 0}, key)[3]);
  static_assert(sample_word(key, 1, 2, 63, 4) == philox::generate({4, 1, 2, 15}, key)[2]);
}

TEST(FillNormal, IsAFunctionOfKeyTableRowAndPlace) {
  const auto draw = [](std::size_t n, std::uint32_t seed, std::uint32_t table, std::uint32_t row) {
    std::vector<double> values(n);
    fill_normal(values, stream_key(seed, Stream::kStudy), table, row);
    return values;
  };
  const auto long_row = draw(1001, 1, 2, 3);
  auto beginning = long_row;
  beginning.resize(7);
  EXPECT_EQ(draw(7, 1, 2, 3), beginning) << "however many are drawn";
  EXPECT_NE(draw(7, 2, 2, 3), beginning);
  EXPECT_NE(draw(7, 1, 3, 3), beginning);
  EXPECT_NE(draw(7, 1, 2, 4), beginning);
  double sum = 0, squares = 0;
  for (const double value : long_row) {
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / 1001, 0, 5 / std::sqrt(1001.0)) << "5 standard deviations";
  EXPECT_NEAR(squares / 1001, 1, 5 * std::sqrt(2 / 1001.0));
}

}  // namespace
}  // namespace superpose
