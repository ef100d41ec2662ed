// Random words for a vector of samples. The state of a generator call is kept in the low halves of 64-bit
// lanes, because a vector unit multiplies 32 x 32 -> 64 bits in that form. A round is then 2 multiplications,
// 2 shifts and 2 three-way exclusive ors. The last round leaves both words of a product where they are, in
// neighbouring 32-bit lanes: that is why neighbouring samples share a call (random.h).
//
// The counter is (feature, instance, step, tile and lane). Only its last word differs between lanes. So the
// first round is scalar work, done once a step, and half of rounds two and three is too: seven rounds cost as
// much as five. With AVX-512, 64 words take 64 instructions, and 20 more make samples of them. At two
// instructions a cycle that needs 42 cycles; four calls at a time take 48 (Zen 4).

#if defined(SUPERPOSE_KERNELS_CPU_PHILOX_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SUPERPOSE_KERNELS_CPU_PHILOX_INL_H_
#undef SUPERPOSE_KERNELS_CPU_PHILOX_INL_H_
#else
#define SUPERPOSE_KERNELS_CPU_PHILOX_INL_H_
#endif

#include <hwy/highway.h>

#include <cstdint>

#include "superpose/core/philox.h"
#include "superpose/kernels/cpu/feature_prefix.h"

HWY_BEFORE_NAMESPACE();
namespace superpose::kernels::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// What all samples and features of a step share: parts of the first rounds, and the keys of the later ones.
template <class V64>
struct StepPrefix {
  V64 round2, round3;
  V64 key1_of_round4;
  V64 key0_of_round5, key0_of_round6, high_key0_of_round7;
  V64 key1_of_round5, key1_of_round6, high_key1_of_round7;
};

/// The scalar work of the first rounds of a step.
class StepCounter {
 public:
  StepCounter(philox::Key key, std::uint32_t instance, std::uint32_t step)
      : key_(key),
        word0_(high(philox::kMultiplier1, step) ^ instance ^ key0(1)),
        word1_(philox::kMultiplier1 * step) {}

  [[nodiscard]] FeaturePrefix feature(std::uint32_t feature) const {
    const std::uint32_t word2 =
        high(philox::kMultiplier0, word0_) ^ (philox::kMultiplier0 * feature) ^ key1(2);
    return {.round1 = high(philox::kMultiplier0, feature) ^ key1(1),
            .round3 = high(philox::kMultiplier1, word2) ^ key0(3),
            .round4 = (philox::kMultiplier1 * word2) ^ key0(4)};
  }

  template <class D64>
  HWY_INLINE StepPrefix<hn::Vec<D64>> prefix(D64 d) const {
    static_assert(philox::kRounds == 7, "the rounds are written out");
    return {.round2 = hn::Set(d, word1_ ^ key0(2)),
            .round3 = hn::Set(d, (philox::kMultiplier0 * word0_) ^ key1(3)),
            .key1_of_round4 = hn::Set(d, key1(4)),
            .key0_of_round5 = hn::Set(d, key0(5)),
            .key0_of_round6 = hn::Set(d, key0(6)),
            .high_key0_of_round7 = hn::Set(d, std::uint64_t{key0(7)} << 32),
            .key1_of_round5 = hn::Set(d, key1(5)),
            .key1_of_round6 = hn::Set(d, key1(6)),
            .high_key1_of_round7 = hn::Set(d, std::uint64_t{key1(7)} << 32)};
  }

 private:
  static std::uint32_t high(std::uint32_t a, std::uint32_t b) {
    return static_cast<std::uint32_t>((std::uint64_t{a} * b) >> 32);
  }
  // The keys of a round. The first round has number 1.
  [[nodiscard]] std::uint32_t key0(std::uint32_t round) const {
    return key_[0] + (round - 1) * philox::kWeyl0;
  }
  [[nodiscard]] std::uint32_t key1(std::uint32_t round) const {
    return key_[1] + (round - 1) * philox::kWeyl1;
  }

  philox::Key key_;
  std::uint32_t word0_, word1_;  // the first two words of the state after round one
};

/// The numbers of neighbouring calls, from `first` on. Highway makes its Iota in memory, by narrow stores
/// that the load then waits for: twenty cycles each time.
template <class D64>
HWY_INLINE hn::Vec<D64> CallNumbers(D64 d, std::uint64_t first) {
  alignas(64) static constexpr std::uint64_t kCount[8] = {0, 1, 2, 3, 4, 5, 6, 7};
  return hn::Add(hn::Set(d, first), hn::Load(d, kCount));
}

/// Random words in the lanes that they are for: 64-bit lane i holds the words of lanes 2 i and 2 i + 1 of the
/// samples' vector.
template <class V>
struct RandomRows {
  V row0, row1;
};

/// The words of `calls` vectors of calls, two rows of samples each. call[i]: the last words of their
/// counters. Several vectors at a time hide the latency of one: a chain of seven multiplications that each
/// wait for the one before.
template <std::size_t calls, class D64, class V64 = hn::Vec<D64>>
HWY_INLINE void Philox(D64 d, const StepPrefix<V64>& step, const FeaturePrefix& feature,
                       const V64 (&call)[calls], RandomRows<V64> (&rows)[calls]) {
  const hn::Repartition<std::uint32_t, D64> d32;
  const auto multiply0 = [&](V64 a) HWY_ATTR {
    return hn::MulEven(hn::BitCast(d32, a), hn::Set(d32, philox::kMultiplier0));
  };
  const auto multiply1 = [&](V64 a) HWY_ATTR {
    return hn::MulEven(hn::BitCast(d32, a), hn::Set(d32, philox::kMultiplier1));
  };
  const auto high = [](V64 product) HWY_ATTR { return hn::ShiftRight<32>(product); };
  const auto to_high = [](V64 low) HWY_ATTR { return hn::ShiftLeft<32>(low); };

  // The state is in the low halves. The high halves of words 1 and 3 hold leftovers that nothing reads.
  V64 word0[calls], word1[calls], word2[calls], word3[calls];
  const auto round = [&](V64 key0, V64 key1) HWY_ATTR {
    for (std::size_t i = 0; i < calls; ++i) {
      const V64 product0 = multiply0(word0[i]);
      const V64 product1 = multiply1(word2[i]);
      word0[i] = hn::Xor3(high(product1), word1[i], key0);
      word1[i] = product1;
      word2[i] = hn::Xor3(high(product0), word3[i], key1);
      word3[i] = product0;
    }
  };

  // Round one is scalar. So is one product each of rounds two and three, and one word of round four.
  const V64 feature1 = hn::Set(d, feature.round1);
  const V64 feature3 = hn::Set(d, feature.round3);
  const V64 feature4 = hn::Set(d, feature.round4);
  for (std::size_t i = 0; i < calls; ++i) word0[i] = multiply1(hn::Xor(call[i], feature1));
  for (std::size_t i = 0; i < calls; ++i) word1[i] = multiply0(hn::Xor(high(word0[i]), step.round2));
  for (std::size_t i = 0; i < calls; ++i) {
    const V64 product0 = multiply0(hn::Xor(word0[i], feature3));
    const V64 product1 = multiply1(hn::Xor(high(word1[i]), step.round3));
    word0[i] = hn::Xor(high(product1), feature4);
    word2[i] = hn::Xor3(high(product0), word1[i], step.key1_of_round4);
    word1[i] = product1;
    word3[i] = product0;
  }
  round(step.key0_of_round5, step.key1_of_round5);
  round(step.key0_of_round6, step.key1_of_round6);
  // The last round leaves its products where they are: word 1 in the low half and word 0 in the high half,
  // words 3 and 2 likewise.
  for (std::size_t i = 0; i < calls; ++i) {
    rows[i].row0 = hn::Xor3(multiply1(word2[i]), to_high(word1[i]), step.high_key0_of_round7);
    rows[i].row1 = hn::Xor3(multiply0(word0[i]), to_high(word3[i]), step.high_key1_of_round7);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace superpose::kernels::cpu
HWY_AFTER_NAMESPACE();

#endif  // per target
