// The samples of an instance drawn by gaps: a list of candidates, (row, feature, value), in place of planes.
// data/independent_features.h says what is drawn; core/random.h has the same arithmetic for one number.
//
// Samples without a candidate are left out, the others are numbered from 0 on: rows. A block's candidates
// are made in passes over arrays, a vector at a time: their words, the gaps, the running sum of the gaps, and
// what sample and feature that is. A candidate takes about 8 cycles (AVX-512, Zen 4), and 3 more until it is
// in its row; a word for every feature of every sample takes 0.75 each. So gaps pay for themselves at p =
// 0.07, and where they save more than words, earlier.

#if defined(SUPERPOSE_KERNELS_CPU_GAPS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SUPERPOSE_KERNELS_CPU_GAPS_INL_H_
#undef SUPERPOSE_KERNELS_CPU_GAPS_INL_H_
#else
#define SUPERPOSE_KERNELS_CPU_GAPS_INL_H_
#endif

#include <hwy/highway.h>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>

#include "superpose/core/random.h"
#include "superpose/kernels/cpu/blocks-inl.h"
#include "superpose/kernels/cpu/philox-inl.h"
#include "superpose/kernels/cpu/scratch.h"
#include "superpose/kernels/engine.h"

HWY_BEFORE_NAMESPACE();
namespace superpose::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// superpose::exponential, operation for operation.
template <class D, class DI = hn::RebindToSigned<D>>
HWY_INLINE hn::Vec<D> Exponential(D d, hn::Vec<DI> t) {
  const DI di;
  const auto half = hn::Set(d, 0.5F);
  const auto unit = hn::Set(d, 0x1p-31F);
  const auto one = hn::Set(d, 1.0F);
  const auto sqrt_half = hn::Set(di, 0x3F3504F3);
  const auto v = hn::Mul(hn::Add(hn::ConvertTo(d, t), half), unit);
  const auto other = hn::Xor(t, hn::Set(di, 0x7FFFFFFF));
  const auto rest = hn::Mul(hn::Add(hn::ConvertTo(d, other), half), unit);
  const auto above = hn::Sub(hn::BitCast(di, rest), sqrt_half);
  const auto e = hn::ShiftRight<23>(above);
  const auto r = hn::BitCast(d, hn::Add(hn::And(above, hn::Set(di, 0x7FFFFF)), sqrt_half));
  const auto near = hn::RebindMask(d, hn::Eq(e, hn::Zero(di)));
  const auto s = hn::Div(hn::IfThenElse(near, v, hn::Sub(one, r)), hn::Add(one, r));
  const auto s2 = hn::Mul(s, s);
  auto series = hn::Add(hn::Mul(s2, hn::Set(d, 2.0F / 9)), hn::Set(d, 2.0F / 7));
  series = hn::Add(hn::Mul(series, s2), hn::Set(d, 2.0F / 5));
  series = hn::Add(hn::Mul(series, s2), hn::Set(d, 2.0F / 3));
  series = hn::Add(hn::Mul(series, s2), hn::Set(d, 2.0F));
  return hn::Sub(hn::Mul(s, series), hn::Mul(hn::ConvertTo(d, e), hn::Set(d, std::numbers::ln2_v<float>)));
}

/// Exact division of numbers below 2^31 by n: multiply, shift.
struct Divisor {
  explicit Divisor(std::uint32_t by)
      : n(by),
        shift(31 + static_cast<int>(std::bit_width(by - 1))),
        multiplier(static_cast<std::uint32_t>(((std::uint64_t{1} << shift) + by - 1) / by)) {}
  std::uint32_t n;
  int shift;
  std::uint32_t multiplier;
};

template <class DU>
HWY_INLINE hn::Vec<DU> Divide(DU du, hn::Vec<DU> numbers, const Divisor& by) {
  const hn::Repartition<std::uint64_t, DU> d64;
  const auto multiplier = hn::Set(du, by.multiplier);
  const auto wide = hn::BitCast(d64, numbers);
  const auto even = hn::ShiftRightSame(hn::MulEven(numbers, multiplier), by.shift);
  const auto odd =
      hn::ShiftRightSame(hn::MulEven(hn::BitCast(du, hn::ShiftRight<32>(wide)), multiplier), by.shift);
  return hn::OddEven(hn::BitCast(du, hn::ShiftLeft<32>(odd)), hn::BitCast(du, even));
}

/// In place: numbers[i] = first + (numbers[0] + 1) + ... + (numbers[i] + 1). count: a multiple of 4.
/// returns: the last one.
HWY_INLINE std::int32_t RunningSum(std::int32_t first, std::size_t count, std::int32_t* numbers) {
  const hn::FixedTag<std::int32_t, 4> d;
  auto carry = hn::Set(d, first);
  for (std::size_t i = 0; i < count; i += 4) {
    auto sum = hn::Add(hn::Load(d, numbers + i), hn::Set(d, 1));
    sum = hn::Add(sum, hn::ShiftLeftLanes<1>(sum));
    sum = hn::Add(sum, hn::ShiftLeftLanes<2>(sum));
    sum = hn::Add(sum, carry);
    hn::Store(sum, d, numbers + i);
    carry = hn::Broadcast<3>(sum);
  }
  return hn::GetLane(carry);
}

/// How many candidates `trials` trials have, and a standard deviation more: what to draw at once.
HWY_INLINE std::size_t LikelyCandidates(std::size_t trials, float gap_scale) {
  const float mean = static_cast<float>(trials) / (gap_scale + 0.5F);
  return round_up(static_cast<std::size_t>(mean + std::sqrt(mean)) + 1, 2 * kLanes);
}

/// Draws n_samples (at most a block's) of block `block`. same_probability: of all features, so that every
/// candidate is active. into: arrays with room for every trial of the block and what is drawn at once.
HWY_NOINLINE inline void DrawCandidates(const Instance& instance, const StepCounter& counter,
                                        std::uint32_t block, std::size_t n_samples, bool same_probability,
                                        Candidates& into) {
  const hn::CappedTag<float, 16> d;
  const hn::RebindToUnsigned<decltype(d)> du;
  const hn::RebindToSigned<decltype(d)> di;
  const hn::Repartition<std::uint64_t, decltype(d)> d64;
  using V64 = hn::Vec<decltype(d64)>;
  const std::size_t lanes = hn::Lanes(d);
  const std::size_t n = instance.n_features;
  const auto trials = static_cast<std::int32_t>(n_samples * n);

  // The trials. Their words come first: generator and logarithm together have more constants than registers.
  auto* const trial = reinterpret_cast<std::int32_t*>(into.row);
  const auto scale = hn::Set(d, instance.scale[0]);
  std::size_t count = 0;
  std::int32_t last = -1;
  while (last < trials) {
    const std::size_t first = count;
    count += LikelyCandidates(static_cast<std::size_t>(trials - 1 - last), instance.gap_scale);
    const auto step = counter.prefix(d64);
    const FeaturePrefix prefix = counter.feature(kGapCounter + block);
    for (std::size_t i = first; i < count; i += 2 * lanes) {
      const V64 calls[2] = {hn::Iota(d64, i / 2), hn::Iota(d64, (i + lanes) / 2)};
      RandomRows<V64> words[2];
      Philox(d64, step, prefix, calls, words);
      for (std::size_t k = 0; k < 2; ++k) {
        const std::size_t at = i + k * lanes;
        hn::Store(hn::ShiftRight<1>(hn::BitCast(du, words[k].row0)), du, into.row + at);
        const auto u = hn::BitCast(di, hn::ShiftRight<1>(hn::BitCast(du, words[k].row1)));
        const auto value = hn::Mul(hn::ConvertTo(d, u), scale);
        hn::Store(same_probability ? value : hn::BitCast(d, u), d, into.value + at);
      }
    }
    const auto gap_scale = hn::Set(d, instance.gap_scale);
    const auto longest = hn::Set(d, static_cast<float>(trials));  // ends the block, whatever its rounding
    for (std::size_t i = first; i < count; i += lanes) {
      const auto gap = hn::Mul(Exponential(d, hn::Load(di, trial + i)), gap_scale);
      hn::Store(hn::ConvertTo(di, hn::Min(gap, longest)), di, trial + i);
    }
    last = RunningSum(last, count - first, trial + first);
  }
  while (count > 0 && trial[count - 1] >= trials) --count;

  const Divisor by_n(static_cast<std::uint32_t>(n));
  const int plane_bits = static_cast<int>(hwy::FloorLog2(static_cast<std::uint32_t>(kQuadRows * lanes)));
  for (std::size_t i = 0; i < count; i += lanes) {
    const auto t = hn::Load(du, into.row + i);
    const auto sample = Divide(du, t, by_n);
    const auto feature = hn::Sub(t, hn::Mul(sample, hn::Set(du, by_n.n)));
    hn::Store(sample, du, into.row + i);
    hn::Store(hn::ShiftLeftSame(feature, plane_bits), du, into.plane + i);
  }
  into.count = count;
  if (same_probability) return;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t f = into.plane[i] >> plane_bits;
    const auto u = std::bit_cast<std::int32_t>(into.value[i]);
    into.value[i] = u <= instance.last_active[f] ? static_cast<float>(u) * instance.scale[f] : 0.0F;
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace superpose::kernels
HWY_AFTER_NAMESPACE();

#endif  // per target
