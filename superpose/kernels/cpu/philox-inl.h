// Random words for a vector of samples. The state of a generator call is kept in 64-bit lanes whose low
// halves count, because that is the form in which a vector unit multiplies 32 x 32 -> 64 bits: each vector of
// samples is an even and an odd half, joined at the end. A round is then 2 multiplications, 2 shifts and 2
// three-way exclusive ors a half.
//
// The counter is (feature, instance, step, tile and lane): only its last word differs between lanes, so the
// first round is scalar work, done once a step, and rounds two and three are half of it. Seven rounds cost
// five.

#if defined(SUPERPOSE_KERNELS_CPU_PHILOX_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SUPERPOSE_KERNELS_CPU_PHILOX_INL_H_
#undef SUPERPOSE_KERNELS_CPU_PHILOX_INL_H_
#else
#define SUPERPOSE_KERNELS_CPU_PHILOX_INL_H_
#endif

#include <hwy/highway.h>

#include <cstdint>

#include "superpose/core/philox.h"

HWY_BEFORE_NAMESPACE();
namespace superpose::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// What the first four rounds share between all samples of a (step, feature): the words that their products
/// are combined with. In 64 bits, the form in which they are broadcast.
struct FeaturePrefix {
  std::uint64_t round1, round3, round4;
};

/// The same for all features of a step, and the keys of the rounds after.
template <class V64>
struct StepPrefix {
  V64 round2, round3;
  V64 key1_of_round4;
  V64 key0_of_round5, key0_of_round6, key0_of_round7;
  V64 key1_of_round5, key1_of_round6, key1_of_round7;
};

/// The scalar work of a step's first rounds.
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
            .key0_of_round7 = hn::Set(d, key0(7)),
            .key1_of_round5 = hn::Set(d, key1(5)),
            .key1_of_round6 = hn::Set(d, key1(6)),
            .key1_of_round7 = hn::Set(d, key1(7))};
  }

 private:
  static std::uint32_t high(std::uint32_t a, std::uint32_t b) {
    return static_cast<std::uint32_t>((std::uint64_t{a} * b) >> 32);
  }
  // The keys of a round, counted from one.
  [[nodiscard]] std::uint32_t key0(std::uint32_t round) const {
    return key_[0] + (round - 1) * philox::kWeyl0;
  }
  [[nodiscard]] std::uint32_t key1(std::uint32_t round) const {
    return key_[1] + (round - 1) * philox::kWeyl1;
  }

  philox::Key key_;
  std::uint32_t word0_, word1_;  // the first two words after round one
};

/// Four random words of each lane, one vector a word.
template <class V>
struct PhiloxWords {
  V word0, word1, word2, word3;
};

/// The words of every second lane, in the low halves of 64-bit lanes. sample: the counter's last word.
template <class D64, class V64 = hn::Vec<D64>>
HWY_INLINE PhiloxWords<V64> PhiloxHalf(D64 d, const StepPrefix<V64>& step, const FeaturePrefix& feature,
                                       V64 sample) {
  const hn::Repartition<std::uint32_t, D64> d32;
  const auto multiply0 = [&](V64 a) HWY_ATTR {
    return hn::MulEven(hn::BitCast(d32, a), hn::Set(d32, philox::kMultiplier0));
  };
  const auto multiply1 = [&](V64 a) HWY_ATTR {
    return hn::MulEven(hn::BitCast(d32, a), hn::Set(d32, philox::kMultiplier1));
  };
  const auto high = [](V64 product) HWY_ATTR { return hn::ShiftRight<32>(product); };
  const auto round = [&](const PhiloxWords<V64>& in, V64 key0, V64 key1) HWY_ATTR {
    const V64 product0 = multiply0(in.word0);
    const V64 product1 = multiply1(in.word2);
    return PhiloxWords<V64>{.word0 = hn::Xor3(high(product1), in.word1, key0),
                            .word1 = product1,
                            .word2 = hn::Xor3(high(product0), in.word3, key1),
                            .word3 = product0};
  };

  // Round one is scalar; of rounds two and three one product is, of round four one word.
  const V64 round2 = multiply1(hn::Xor(sample, hn::Set(d, feature.round1)));
  const V64 round3 = multiply0(hn::Xor(high(round2), step.round2));
  const V64 product0 = multiply0(hn::Xor(round2, hn::Set(d, feature.round3)));
  const V64 product1 = multiply1(hn::Xor(high(round3), step.round3));
  PhiloxWords<V64> words{.word0 = hn::Xor(high(product1), hn::Set(d, feature.round4)),
                         .word1 = product1,
                         .word2 = hn::Xor3(high(product0), round3, step.key1_of_round4),
                         .word3 = product0};
  words = round(words, step.key0_of_round5, step.key1_of_round5);
  words = round(words, step.key0_of_round6, step.key1_of_round6);
  return round(words, step.key0_of_round7, step.key1_of_round7);
}

/// The words of samples whose counters end in even + 0, odd + 0, even + 1, ...: word r belongs to row r of
/// their tile.
template <class D32, class V64>
HWY_INLINE PhiloxWords<hn::Vec<D32>> Philox(D32 d32, const StepPrefix<V64>& step,
                                            const FeaturePrefix& feature, V64 even, V64 odd) {
  const hn::Repartition<std::uint64_t, D32> d64;
  const PhiloxWords<V64> e = PhiloxHalf(d64, step, feature, even);
  const PhiloxWords<V64> o = PhiloxHalf(d64, step, feature, odd);
  const auto join = [&](V64 low, V64 high) HWY_ATTR {
    return hn::OddEven(hn::BitCast(d32, hn::ShiftLeft<32>(high)), hn::BitCast(d32, low));
  };
  return {.word0 = join(e.word0, o.word0),
          .word1 = join(e.word1, o.word1),
          .word2 = join(e.word2, o.word2),
          .word3 = join(e.word3, o.word3)};
}

}  // namespace HWY_NAMESPACE
}  // namespace superpose::kernels
HWY_AFTER_NAMESPACE();

#endif  // per target
