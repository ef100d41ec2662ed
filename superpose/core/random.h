#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "superpose/core/philox.h"

namespace superpose {

/// What a stream of random numbers is for. Streams of one seed never share a number.
enum class Stream : std::uint32_t {
  kInitialisation = 0,
  kTraining = 1,
  kEvaluation = 2,
  kStudy = 3,   ///< measurements of random points, vectors and maps; its "restart" is a trial
  kCaller = 4,  ///< batches that a caller asks for, to look at
};

/// The largest number of restarts that have streams of their own.
inline constexpr std::int64_t kMaxRestarts = std::int64_t{1} << 24;

/// The generator's key: the seed, and which stream of which restart (0 <= restart < kMaxRestarts).
constexpr philox::Key stream_key(std::uint32_t seed, Stream stream, std::int64_t restart = 0) {
  return {seed, static_cast<std::uint32_t>(stream) | (static_cast<std::uint32_t>(restart) << 8)};
}

/// One call of the generator serves four samples: 64 samples make a tile of 4 rows by 16 lanes, and a call
/// serves two neighbouring lanes of two neighbouring rows. The reason is the layout of its products: they
/// leave the generator as 64 bits with the word of the odd lane in the upper half, and are stored to memory
/// like that.
inline constexpr std::uint32_t kLanes = 16;
inline constexpr std::uint32_t kRowsPerCall = 4;
inline constexpr std::uint32_t kSamplesPerTile = kLanes * kRowsPerCall;

/// A first counter word below this is a feature; from here on it is a block of gaps.
inline constexpr std::uint32_t kGapCounter = 0x80000000;

/// The counter for (instance, step, sample, feature), and which of its four words is meant. The only part
/// that differs between the lanes of a vector stands last, so the first round of the generator is the same
/// scalar work for all lanes.
struct SampleAddress {
  philox::Counter counter;
  std::uint32_t word;
};
constexpr SampleAddress sample_address(std::uint32_t instance, std::uint32_t step, std::uint32_t sample,
                                       std::uint32_t feature) {
  const std::uint32_t tile = sample / kSamplesPerTile;
  const std::uint32_t row = sample % kSamplesPerTile / kLanes;
  const std::uint32_t lane = sample % kLanes;
  const std::uint32_t call = tile * kLanes + row / 2 * (kLanes / 2) + lane / 2;
  return {{feature, instance, step, call}, row % 2 * 2 + (lane + 1) % 2};
}

/// The random word of (instance, step, sample, feature): uniform on [0, 2^32).
constexpr std::uint32_t sample_word(philox::Key key, std::uint32_t instance, std::uint32_t step,
                                    std::uint32_t sample, std::uint32_t feature) {
  const SampleAddress address = sample_address(instance, step, sample, feature);
  return philox::generate(address.counter, key)[address.word];
}

/// A standard exponential variate, -ln(1 - u) with u = (t + 1/2) / 2^31, from 31 random bits t >= 0: at most
/// 22.2, within 3.1e-7 relative. It uses single-precision additions and multiplications and one division, in
/// this order and never fused, so that every vector unit can repeat it to the bit.
float exponential(std::int32_t t);

/// Rare events among many equal trials are drawn as the gaps between them. Each event takes two words: one
/// for its gap, one for its value. Trials come in blocks, and each block has calls of its own. Events 2 j and
/// 2 j + 1 of a block share call j, half of its words each, as neighbouring lanes share a call above.
struct GapAddress {
  philox::Counter counter;
  std::uint32_t gap_word, value_word;
};
constexpr GapAddress gap_address(std::uint32_t instance, std::uint32_t step, std::uint32_t block,
                                 std::uint32_t event) {
  const std::uint32_t odd = event % 2;
  return {{kGapCounter + block, instance, step, event / 2}, 1 - odd, 3 - odd};
}

/// Samples in a block of gaps over n_features trials each: a power of two from 64 to 1024, of at most 2^17
/// trials unless 64 samples are more.
constexpr std::uint32_t gap_block_samples(std::size_t n_features) {
  std::uint32_t samples = 1024;
  while (samples > kSamplesPerTile && samples * n_features > (1U << 17)) samples /= 2;
  return samples;
}

/// Uniform on the open interval (0, 1), from 52 bits of two words. With 53 bits, the added half, which keeps
/// the result above 0, would round the largest one up to 1.
constexpr double uniform_open(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t bits = ((std::uint64_t{high} << 32) | low) >> 12;
  return (static_cast<double>(bits) + 0.5) * 0x1p-52;
}

/// The standard normal quantile of u in (0, 1), to 1e-15: Wichura's AS 241 (1988). It is built on
/// portable_math, so it gives the same bits on every machine.
double normal_quantile(double u);

/// Independent standard normal variates: number i is a function of (key, table, row, i) and of nothing else.
void fill_normal(std::span<double> values, philox::Key key, std::uint32_t table, std::uint32_t row);

}  // namespace superpose
