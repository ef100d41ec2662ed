// Samples with a random word for every feature: planes for one slice of lanes, made when they are needed.
// core/random.h says which word is used, data/ what it means.

#if defined(SUPERPOSE_KERNELS_CPU_DENSE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SUPERPOSE_KERNELS_CPU_DENSE_INL_H_
#undef SUPERPOSE_KERNELS_CPU_DENSE_INL_H_
#else
#define SUPERPOSE_KERNELS_CPU_DENSE_INL_H_
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>
#include <limits>

#include "superpose/kernels/cpu/blocks-inl.h"
#include "superpose/kernels/cpu/philox-inl.h"
#include "superpose/kernels/samples.h"
#include "superpose/kernels/step.h"

HWY_BEFORE_NAMESPACE();
namespace superpose::kernels::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// last_active of a feature that is always active.
inline constexpr std::int32_t kAlwaysActive = std::numeric_limits<std::int32_t>::max();

/// The values of a feature in one row of samples, from its random words. The lowest bit is the sign. always:
/// last_active is kAlwaysActive. Without `always`, last_active + 1 does not overflow; comparing with it saves
/// inverting a mask.
template <bool is_signed, bool always>
HWY_INLINE Vec FeatureValue(hn::Vec<hn::RebindToUnsigned<Tag>> words, std::int32_t last_active, float scale) {
  const Tag d;
  const hn::RebindToSigned<Tag> di;
  const auto u = hn::BitCast(di, hn::ShiftRight<1>(words));
  auto value = hn::Mul(hn::ConvertTo(d, u), hn::Set(d, scale));
  if constexpr (is_signed) value = hn::Xor(value, hn::BitCast(d, hn::ShiftLeft<31>(words)));
  if constexpr (always) return value;
  const auto active = hn::Gt(hn::Set(di, last_active + 1), u);
  return hn::IfThenElseZero(hn::RebindMask(d, active), value);
}

/// What is needed to draw the quads of a slice.
struct DrawContext {
  const Step& step;
  const DrawnSamples& drawn;
  const StepCounter& counter;
  const FeaturePrefix* prefixes;  // (n_features, then the words of decisions)
  std::uint32_t* slots;           // (n_slots, 4, lanes): room for the decisions of a quad
};

/// Draws every feature of every sample of quads, in a slice's lanes.
class DenseSlice {
 public:
  DenseSlice(const DrawContext& context, std::size_t first_lane)
      : n_features_(context.step.n_features),
        drawn_(context.drawn),
        prefixes_(context.prefixes),
        step_(context.counter.prefix(D64())),
        first_lane_(first_lane) {}

  /// Makes neighbouring quads. X: (n_quads, n_features, 4, lanes), out; from one quad to the next it is
  /// quad_stride floats.
  void Make(std::size_t first, std::size_t n_quads, float* HWY_RESTRICT X, std::size_t quad_stride) const {
    if (drawn_.signed_values) {
      MakeAll<true>(first, n_quads, X, quad_stride);
    } else {
      MakeAll<false>(first, n_quads, X, quad_stride);
    }
  }

 private:
  using D64 = hn::Repartition<std::uint64_t, Tag>;
  using V64 = hn::Vec<D64>;

  template <bool is_signed>
  void MakeAll(std::size_t first, std::size_t n_quads, float* HWY_RESTRICT X, std::size_t quad_stride) const {
    std::size_t quad = 0;
    for (; quad + 2 <= n_quads; quad += 2)
      Draw<is_signed, 2>(first + quad, X + quad * quad_stride, quad_stride);
    for (; quad < n_quads; ++quad) Draw<is_signed, 1>(first + quad, X + quad * quad_stride, quad_stride);
  }

  template <bool is_signed, std::size_t quads>
  HWY_NOINLINE void Draw(std::size_t first, float* HWY_RESTRICT X, std::size_t quad_stride) const {
    const hn::RebindToUnsigned<Tag> du;
    const std::size_t lanes = hn::Lanes(Tag());
    V64 calls[2 * quads];
    ForEach<2 * quads>([&](auto i) SUPERPOSE_INLINE_LAMBDA {
      calls[i] = CallNumbers(D64(), first * kLanes + i * (kLanes / 2) + first_lane_ / 2);
    });
    for (std::size_t f = 0; f < n_features_; ++f) {
      RandomRows<V64> words[2 * quads];
      Philox(D64(), step_, prefixes_[f], calls, words);
      const std::int32_t last = drawn_.last_active[f];
      const auto store = [&]<bool always>() SUPERPOSE_INLINE_LAMBDA {
        ForEach<2 * quads>([&](auto i) SUPERPOSE_INLINE_LAMBDA {
          float* const rows = X + i / 2 * quad_stride + (f * kQuadRows + i % 2 * 2) * lanes;
          const auto value = [&](V64 row) SUPERPOSE_INLINE_LAMBDA {
            return FeatureValue<is_signed, always>(hn::BitCast(du, row), last, drawn_.scale[f]);
          };
          hn::Store(value(words[i].row0), Tag(), rows);
          hn::Store(value(words[i].row1), Tag(), rows + lanes);
        });
      };
      if (last == kAlwaysActive) {
        store.template operator()<true>();
      } else {
        store.template operator()<false>();
      }
    }
  }

  const std::size_t n_features_;
  const DrawnSamples& drawn_;
  const FeaturePrefix* prefixes_;
  StepPrefix<V64> step_;
  std::size_t first_lane_;
};

/// Draws quads whose features are in sets: first a quad's decisions, as masks of its slots, then its
/// features.
class SetSlice {
 public:
  SetSlice(const DrawContext& context, std::size_t first_lane)
      : n_features_(context.step.n_features),
        drawn_(context.drawn),
        prefixes_(context.prefixes),
        slots_(context.slots),
        step_(context.counter.prefix(D64())),
        first_lane_(first_lane) {
    ForEach<kQuadRows>([&](auto r)
                           HWY_ATTR { hn::Store(hn::Set(DU(), ~std::uint32_t{0}), DU(), Slot(0, r)); });
  }

  void Make(std::size_t first, std::size_t n_quads, float* HWY_RESTRICT X, std::size_t quad_stride) const {
    for (std::size_t quad = first; quad < first + n_quads; ++quad, X += quad_stride) {
      for (const SetDecision& decision : drawn_.decisions) Decide(decision, quad);
      for (std::size_t f = 0; f < n_features_; ++f) Draw(f, quad, X + f * kQuadRows * hn::Lanes(Tag()));
    }
  }

 private:
  using D64 = hn::Repartition<std::uint64_t, Tag>;
  using V64 = hn::Vec<D64>;
  using DU = hn::RebindToUnsigned<Tag>;
  using VU = hn::Vec<DU>;

  [[nodiscard]] std::uint32_t* Slot(std::size_t slot, std::size_t row) const {
    return slots_ + (slot * kQuadRows + row) * hn::Lanes(Tag());
  }

  /// The four rows of random words of a quad for one first word of the counter.
  HWY_INLINE void Words(std::size_t word, std::size_t quad, VU (&rows)[kQuadRows]) const {
    const V64 calls[2] = {CallNumbers(D64(), quad * kLanes + first_lane_ / 2),
                          CallNumbers(D64(), quad * kLanes + kLanes / 2 + first_lane_ / 2)};
    RandomRows<V64> words[2];
    Philox(D64(), step_, prefixes_[word], calls, words);
    ForEach<2>([&](auto i) SUPERPOSE_INLINE_LAMBDA {
      rows[2 * i] = hn::BitCast(DU(), words[i].row0);
      rows[2 * i + 1] = hn::BitCast(DU(), words[i].row1);
    });
  }

  /// floor(words * members / 2^32)
  static HWY_INLINE VU Choice(VU words, std::uint32_t members) {
    const DU du;
    const auto by = hn::Set(du, members);
    const auto even = hn::MulEven(words, by);
    const auto odd = hn::MulEven(hn::BitCast(du, hn::ShiftRight<32>(hn::BitCast(D64(), words))), by);
    return hn::OddEven(hn::BitCast(du, odd), hn::BitCast(du, hn::ShiftRight<32>(even)));
  }

  HWY_NOINLINE void Decide(const SetDecision& decision, std::size_t quad) const {
    const DU du;
    const hn::RebindToSigned<DU> di;
    VU words[kQuadRows];
    // A slot is on where the mask is true and the parent is on.
    const auto set = [&](std::size_t member, std::size_t r, auto mask) HWY_ATTR {
      const VU on = hn::And(hn::Load(du, Slot(decision.parent, r)), hn::VecFromMask(du, mask));
      hn::Store(on, du, Slot(decision.first + member, r));
    };
    switch (decision.rule) {
      case SetDecision::Rule::kSwitch: {
        Words(decision.word, quad, words);
        const auto last = hn::Set(di, decision.last_active);
        ForEach<kQuadRows>([&](auto r) HWY_ATTR {
          const auto u = hn::BitCast(di, hn::ShiftRight<1>(words[r]));
          set(0, r, hn::RebindMask(du, hn::Not(hn::Gt(u, last))));
        });
        break;
      }
      case SetDecision::Rule::kOne: {
        Words(decision.word, quad, words);
        ForEach<kQuadRows>([&](auto r) HWY_ATTR { words[r] = Choice(words[r], decision.members); });
        for (std::uint32_t j = 0; j < decision.members; ++j) {
          ForEach<kQuadRows>([&](auto r) HWY_ATTR { set(j, r, hn::Eq(words[r], hn::Set(du, j))); });
        }
        break;
      }
      case SetDecision::Rule::kSome: {
        VU missing[kQuadRows];
        ForEach<kQuadRows>([&](auto r) HWY_ATTR { missing[r] = hn::Set(du, decision.count); });
        for (std::uint32_t j = 0; j < decision.members; ++j) {
          Words(decision.word + j, quad, words);
          ForEach<kQuadRows>([&](auto r) HWY_ATTR {
            const auto picked = hn::Lt(Choice(words[r], decision.members - j), missing[r]);
            missing[r] = hn::Add(missing[r], hn::VecFromMask(du, picked));  // a true mask is -1
            set(j, r, picked);
          });
        }
        break;
      }
    }
  }

  HWY_NOINLINE void Draw(std::size_t f, std::size_t quad, float* HWY_RESTRICT rows) const {
    const Tag d;
    VU words[kQuadRows];
    Words(f, quad, words);
    const std::int32_t last = drawn_.last_active[f];
    const float scale = drawn_.scale[f];
    const auto store = [&]<bool is_signed, bool always>() HWY_ATTR {
      ForEach<kQuadRows>([&](auto r) HWY_ATTR {
        const auto on = hn::BitCast(d, hn::Load(DU(), Slot(drawn_.slot[f], r)));
        const Vec value = FeatureValue<is_signed, always>(words[r], last, scale);
        hn::Store(hn::And(on, value), d, rows + r * hn::Lanes(d));
      });
    };
    const bool always = last == kAlwaysActive;
    if (drawn_.signed_values) {
      always ? store.template operator()<true, true>() : store.template operator()<true, false>();
    } else {
      always ? store.template operator()<false, true>() : store.template operator()<false, false>();
    }
  }

  const std::size_t n_features_;
  const DrawnSamples& drawn_;
  const FeaturePrefix* prefixes_;
  std::uint32_t* slots_;
  StepPrefix<V64> step_;
  std::size_t first_lane_;
};

/// All quads of a batch, drawn by a DenseSlice or a SetSlice.
template <class Slice>
struct DrawnQuads {
  DrawContext context;
  [[nodiscard]] Slice slice(std::size_t first_lane) const { return {context, first_lane}; }
};

}  // namespace HWY_NAMESPACE
}  // namespace superpose::kernels::cpu
HWY_AFTER_NAMESPACE();

#endif  // per target
