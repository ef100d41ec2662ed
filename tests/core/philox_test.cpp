#include "superpose/core/philox.h"

#include <gtest/gtest.h>

#include <bit>

namespace superpose::philox {
namespace {

struct KnownAnswer {
  Counter counter;
  Key key;
  Counter words;
};

constexpr Counter kZeros{0, 0, 0, 0};
constexpr Counter kOnes{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff};
constexpr Counter kPi{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344};
constexpr Key kPiKey{0xa4093822, 0x299f31d0};

// The lines "philox4x32 7" and "philox4x32 10" of kat_vectors, published with Random123.
constexpr KnownAnswer kSevenRounds[] = {
    {kZeros, {0, 0}, {0x5f6fb709, 0x0d893f64, 0x4f121f81, 0x4f730a48}},
    {kOnes, {0xffffffff, 0xffffffff}, {0x5207ddc2, 0x45165e59, 0x4d8ee751, 0x8c52f662}},
    {kPi, kPiKey, {0x4dfccaba, 0x190a87f0, 0xc47362ba, 0xb6b5242a}},
};
constexpr KnownAnswer kTenRounds[] = {
    {kZeros, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {kOnes, {0xffffffff, 0xffffffff}, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {kPi, kPiKey, {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
};

TEST(Philox, GivesRandom123sKnownAnswersForSevenRounds) {
  for (const auto& known : kSevenRounds) EXPECT_EQ(generate<7>(known.counter, known.key), known.words);
}

TEST(Philox, GivesRandom123sKnownAnswersForTenRounds) {
  for (const auto& known : kTenRounds) EXPECT_EQ(generate<10>(known.counter, known.key), known.words);
}

TEST(Philox, UsesSevenRoundsAndIsConstexpr) {
  static_assert(generate(kPi, kPiKey) == generate<7>(kPi, kPiKey));
  static_assert(generate<0>(kPi, kPiKey) == kPi);
}

// Flipping any bit of counter or key should flip about half of the 128 output bits: 64 +- 5.7 for a good
// function, so that 32 or fewer is 5.7 standard deviations off.
TEST(Philox, EveryBitOfTheInputMatters) {
  const Counter words = generate(kPi, kPiKey);
  const auto changed_bits = [&](const Counter& other) {
    int bits = 0;
    for (std::size_t i = 0; i < 4; ++i) bits += std::popcount(words[i] ^ other[i]);
    return bits;
  };
  for (std::size_t bit = 0; bit < 128; ++bit) {
    Counter counter = kPi;
    counter[bit / 32] ^= 1U << (bit % 32);
    EXPECT_GT(changed_bits(generate(counter, kPiKey)), 32) << "counter bit " << bit;
  }
  for (std::size_t bit = 0; bit < 64; ++bit) {
    Key key = kPiKey;
    key[bit / 32] ^= 1U << (bit % 32);
    EXPECT_GT(changed_bits(generate(kPi, key)), 32) << "key bit " << bit;
  }
}

}  // namespace
}  // namespace superpose::philox
