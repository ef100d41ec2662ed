#pragma once

#include <cstdint>

#include "superpose/core/philox.h"

namespace superpose {

/// What a stream of random numbers is for. Streams of one seed never share a number.
enum class Stream : std::uint32_t {
  kInitialisation = 0,
  kTraining = 1,
  kEvaluation = 2,
};

/// Most restarts that have streams of their own.
inline constexpr std::int64_t kMaxRestarts = std::int64_t{1} << 24;

/// The generator's key: the seed, and which stream of which restart (0 <= restart < kMaxRestarts).
constexpr philox::Key stream_key(std::uint32_t seed, Stream stream, std::int64_t restart = 0) {
  return {seed, static_cast<std::uint32_t>(stream) | (static_cast<std::uint32_t>(restart) << 8)};
}

/// Samples are numbered so that one call of the generator serves four of them: 64 samples make a tile of 4
/// rows by 16 lanes, and the call for (tile, lane) gives the words of that lane in the tile's four rows.
inline constexpr std::uint32_t kLanes = 16;
inline constexpr std::uint32_t kRowsPerCall = 4;
inline constexpr std::uint32_t kSamplesPerTile = kLanes * kRowsPerCall;

/// The counter that holds the word of (instance, step, sample, feature), and which of its four words it is.
/// The only part that differs between the lanes of a vector stands last: the generator's first round is then
/// the same scalar work for all lanes.
struct SampleAddress {
  philox::Counter counter;
  std::uint32_t word;
};
constexpr SampleAddress sample_address(std::uint32_t instance, std::uint32_t step, std::uint32_t sample,
                                       std::uint32_t feature) {
  const std::uint32_t tile = sample / kSamplesPerTile;
  return {{feature, instance, step, tile * kLanes + sample % kLanes}, sample % kSamplesPerTile / kLanes};
}

/// The random word of (instance, step, sample, feature): uniform on [0, 2^32).
constexpr std::uint32_t sample_word(philox::Key key, std::uint32_t instance, std::uint32_t step,
                                    std::uint32_t sample, std::uint32_t feature) {
  const SampleAddress address = sample_address(instance, step, sample, feature);
  return philox::generate(address.counter, key)[address.word];
}

/// Uniform on the open interval (0, 1), from 52 bits of two words: with 53, the half that keeps it above 0
/// would round the largest up to 1.
constexpr double uniform_open(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t bits = ((std::uint64_t{high} << 32) | low) >> 12;
  return (static_cast<double>(bits) + 0.5) * 0x1p-52;
}

/// The standard normal quantile of u in (0, 1), to 1e-15: Wichura's AS 241 (1988). Built on portable_math, so
/// the same bits on every machine.
double normal_quantile(double u);

}  // namespace superpose
