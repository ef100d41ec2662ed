#pragma once

#include <array>
#include <cstdint>

/// Philox4x32, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
/// easy as 1, 2, 3" (SC 2011). It is a keyed bijection of 128-bit counters: any thread can compute any number
/// at any time, in any order.
namespace superpose::philox {

using Counter = std::array<std::uint32_t, 4>;
using Key = std::array<std::uint32_t, 2>;

inline constexpr std::uint32_t kMultiplier0 = 0xD2511F53;
inline constexpr std::uint32_t kMultiplier1 = 0xCD9E8D57;
inline constexpr std::uint32_t kWeyl0 = 0x9E3779B9;  ///< added to the key's first word after each round
inline constexpr std::uint32_t kWeyl1 = 0xBB67AE85;  ///< added to the key's second word after each round

/// Rounds used here: the fewest that pass all of TestU01's BigCrush (Salmon et al., table 2). Random123's
/// default of 10 adds a margin that training data does not need, at about 40 % more work per word.
inline constexpr int kRounds = 7;

/// Four random words, each uniform on [0, 2^32).
template <int rounds = kRounds>
constexpr Counter generate(Counter counter, Key key) {
  for (int round = 0; round < rounds; ++round) {
    const std::uint64_t product0 = std::uint64_t{kMultiplier0} * counter[0];
    const std::uint64_t product1 = std::uint64_t{kMultiplier1} * counter[2];
    counter = {static_cast<std::uint32_t>(product1 >> 32) ^ counter[1] ^ key[0],
               static_cast<std::uint32_t>(product1),
               static_cast<std::uint32_t>(product0 >> 32) ^ counter[3] ^ key[1],
               static_cast<std::uint32_t>(product0)};
    key = {key[0] + kWeyl0, key[1] + kWeyl1};
  }
  return counter;
}

}  // namespace superpose::philox
