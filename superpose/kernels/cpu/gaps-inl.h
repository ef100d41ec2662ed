// The samples of an instance drawn by gaps: a list of candidates, (row, feature, value), in place of planes.
// data/independent_features.h says what is drawn; core/random.h has the same arithmetic for one number.
//
// Samples without a candidate are left out. The others are numbered from 0 on and called rows. The candidates
// of a block are made in passes over arrays, a vector at a time: their words; the gaps; the running sum of
// the gaps; the sample and feature of each. A candidate takes about 9 cycles until it is in its row (AVX-512,
// Zen 4). A word for every feature of every sample takes 0.8 cycles each. So gaps pay from p = 0.09 downward,
// and earlier where they save more than words.

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
#include "superpose/kernels/cpu/engine.h"
#include "superpose/kernels/cpu/philox-inl.h"
#include "superpose/kernels/cpu/scratch.h"

HWY_BEFORE_NAMESPACE();
namespace superpose::kernels::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// superpose::exponential of core/random.h: the same operations in the same order.
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

/// Exact division of numbers below 2^31 by n, by a multiplication and a shift.
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

using Four = hn::FixedTag<std::int32_t, 4>;

/// v[0], v[0] + v[1], ..., v[0] + v[1] + v[2] + v[3].
HWY_INLINE hn::Vec<Four> SumsOfFour(hn::Vec<Four> v) {
  v = hn::Add(v, hn::ShiftLeftLanes<1>(v));
  return hn::Add(v, hn::ShiftLeftLanes<2>(v));
}

/// The candidates of a block, and where the candidates of each row begin.
struct Rows {
  const Candidates& candidates;
  const std::uint32_t* begin;  // (count + 1)
  std::size_t count;
};

/// Draws one block of an instance's samples. n_samples: at most the length of a block.
class GapBlock {
 public:
  GapBlock(const Task& task, const StepCounter& counter, std::uint32_t block, std::size_t n_samples)
      : drawn_(task.drawn),
        n_features_(static_cast<std::uint32_t>(task.step.n_features)),
        counter_(counter),
        block_(block),
        trials_(static_cast<std::int32_t>(n_samples * task.step.n_features)) {}

  /// same_probability: all features have the same probability, so every candidate is active. into: arrays of
  /// Candidates::room elements.
  HWY_NOINLINE void Draw(bool same_probability, Candidates& into) const {
    std::size_t count = 0;
    std::int32_t last = -1;
    while (last < trials_) {
      const std::size_t first = count;
      count += Likely(static_cast<std::size_t>(trials_ - 1 - last));
      DrawWords(first, count, into);
      WordsToGaps(first, count, into.row);
      last = GapsToTrials(last, first, count, into.row);
    }
    while (count > 0 && into.row[count - 1] >= static_cast<std::uint32_t>(trials_)) --count;
    into.count = count;
    Locate(into);
    if (same_probability) {
      UniformValues(into);
    } else {
      ThinnedValues(into);
    }
  }

 private:
  using D = hn::CappedTag<float, 16>;
  using DI = hn::RebindToSigned<D>;
  using DU = hn::RebindToUnsigned<D>;
  using D64 = hn::Repartition<std::uint64_t, D>;

  /// How many candidates to draw at once: the expected number for so many trials, and a standard deviation
  /// more.
  [[nodiscard]] std::size_t Likely(std::size_t trials) const {
    const float mean = static_cast<float>(trials) / (drawn_.gap_scale + 0.5F);
    return round_up(static_cast<std::size_t>(mean + std::sqrt(mean)) + 1, 2 * kLanes);
  }

  /// Draws the words of candidates first to last. into.row gets the upper 31 bits of the word for the gap,
  /// into.value the word for the value.
  void DrawWords(std::size_t first, std::size_t last, const Candidates& into) const {
    using V64 = hn::Vec<D64>;
    const D d;
    const DU du;
    const std::size_t lanes = hn::Lanes(du);
    const auto step = counter_.prefix(D64());
    const FeaturePrefix prefix = counter_.feature(kGapCounter + block_);
    for (std::size_t i = first; i < last; i += 2 * lanes) {
      const V64 calls[2] = {CallNumbers(D64(), i / 2), CallNumbers(D64(), (i + lanes) / 2)};
      RandomRows<V64> words[2];
      Philox(D64(), step, prefix, calls, words);
      for (std::size_t k = 0; k < 2; ++k) {
        hn::Store(hn::ShiftRight<1>(hn::BitCast(du, words[k].row0)), du, into.row + i + k * lanes);
        hn::Store(hn::BitCast(d, words[k].row1), d, into.value + i + k * lanes);
      }
    }
  }

  /// Turns words into gaps, in place.
  void WordsToGaps(std::size_t first, std::size_t last, std::uint32_t* HWY_RESTRICT trial) const {
    const D d;
    const DI di;
    const DU du;
    const auto gap_scale = hn::Set(d, drawn_.gap_scale);
    const auto longest =
        hn::Set(d, static_cast<float>(trials_));  // such a gap ends the block, however it is rounded
    for (std::size_t i = first; i < last; i += hn::Lanes(d)) {
      const auto words = hn::BitCast(di, hn::Load(du, trial + i));
      const auto gap = hn::ConvertTo(di, hn::Min(hn::Mul(Exponential(d, words), gap_scale), longest));
      hn::Store(hn::BitCast(du, gap), du, trial + i);
    }
  }

  /// Turns gaps into trials, counted from `previous` on. returns: the last trial. The sum is about trials_,
  /// at most 2^24; it will never by chance pass 2^31.
  static std::int32_t GapsToTrials(std::int32_t previous, std::size_t first, std::size_t last,
                                   std::uint32_t* HWY_RESTRICT trial) {
    const Four d;
    const hn::RebindToUnsigned<Four> du;
    auto sum = hn::Set(d, previous);
    for (std::size_t i = first; i < last; i += 4) {
      const auto gap = hn::BitCast(d, hn::Load(du, trial + i));
      const auto further = SumsOfFour(hn::Add(gap, hn::Set(d, 1)));
      hn::Store(hn::BitCast(du, hn::Add(sum, further)), du, trial + i);
      sum = hn::Add(sum, hn::Broadcast<3>(further));
    }
    return hn::GetLane(sum);
  }

  /// Finds the sample of each trial, and the plane of its feature.
  void Locate(const Candidates& into) const {
    const DU du;
    const std::size_t lanes = hn::Lanes(du);
    const Divisor by_n(n_features_);
    for (std::size_t i = 0; i < into.count; i += lanes) {
      const auto trial = hn::Load(du, into.row + i);
      const auto sample = Divide(du, trial, by_n);
      const auto feature = hn::Sub(trial, hn::Mul(sample, hn::Set(du, by_n.n)));
      hn::Store(sample, du, into.row + i);
      hn::Store(hn::ShiftLeftSame(feature, PlaneBits()), du, into.plane + i);
    }
  }

  void UniformValues(const Candidates& into) const {
    const D d;
    const DI di;
    const DU du;
    const auto scale = hn::Set(d, drawn_.scale[0]);
    const auto sign_bit = hn::Set(du, drawn_.signed_values ? 0x80000000 : 0);
    for (std::size_t i = 0; i < into.count; i += hn::Lanes(d)) {
      const auto words = hn::BitCast(du, hn::Load(d, into.value + i));
      const auto value = hn::Mul(hn::ConvertTo(d, hn::BitCast(di, hn::ShiftRight<1>(words))), scale);
      const auto sign = hn::And(hn::ShiftLeft<31>(words), sign_bit);
      hn::Store(hn::Xor(value, hn::BitCast(d, sign)), d, into.value + i);
    }
  }

  /// The values where features have different probabilities. A candidate of a feature that is rarer than the
  /// candidates may not be active: its value is 0.
  void ThinnedValues(const Candidates& into) const {
    for (std::size_t i = 0; i < into.count; ++i) {
      const std::uint32_t f = into.plane[i] >> PlaneBits();
      const auto word = std::bit_cast<std::uint32_t>(into.value[i]);
      const auto u = static_cast<std::int32_t>(word >> 1);
      const float sign = drawn_.signed_values && word % 2 == 1 ? -1.0F : 1.0F;
      const float active =
          u <= drawn_.last_active[f] ? sign : 0.0F;  // no branch: it would be mispredicted like a coin toss
      into.value[i] = active * (static_cast<float>(u) * drawn_.scale[f]);
    }
  }

  static int PlaneBits() {
    return static_cast<int>(hwy::FloorLog2(static_cast<std::uint32_t>(kQuadRows * hn::Lanes(D()))));
  }

  const DrawnSamples& drawn_;
  const std::uint32_t n_features_;
  const StepCounter& counter_;
  const std::uint32_t block_;
  const std::int32_t trials_;
};

/// Numbers the samples that have a candidate from 0 on: rows. candidates.row: samples, replaced by rows.
/// row_begin: (rows + 1), out, where the candidates of each row begin. returns: how many rows there are.
HWY_NOINLINE inline std::size_t NumberRows(const Candidates& candidates, std::uint32_t* row_begin) {
  const Four d;
  const hn::RebindToUnsigned<Four> du;
  std::uint32_t* const row = candidates.row;
  auto before = hn::Set(d, -1);
  auto current = before;  // the row of the last candidate
  for (std::size_t i = 0; i < candidates.count; i += 4) {
    const auto sample = hn::BitCast(d, hn::Load(du, row + i));
    const auto distance = hn::Sub(sample, hn::CombineShiftRightBytes<12>(d, sample, before));
    const auto further =
        SumsOfFour(hn::Min(distance, hn::Set(d, 1)));  // 1 for the first candidate of a sample
    hn::Store(hn::BitCast(du, hn::Add(current, further)), du, row + i);
    current = hn::Add(current, hn::Broadcast<3>(further));
    before = sample;
  }
  row_begin[0] = 0;
  for (std::size_t i = 0; i < candidates.count; ++i)
    row_begin[candidates.row[i] + 1] = static_cast<std::uint32_t>(i + 1);
  return candidates.count == 0 ? 0 : candidates.row[candidates.count - 1] + 1;
}

}  // namespace HWY_NAMESPACE
}  // namespace superpose::kernels::cpu
HWY_AFTER_NAMESPACE();

#endif  // per target
