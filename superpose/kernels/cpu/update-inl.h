// From the gradient sums of a step to its parameters: adds up the lanes, then runs the optimiser with
// parameters in lanes.

#if defined(SUPERPOSE_KERNELS_CPU_UPDATE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SUPERPOSE_KERNELS_CPU_UPDATE_INL_H_
#undef SUPERPOSE_KERNELS_CPU_UPDATE_INL_H_
#else
#define SUPERPOSE_KERNELS_CPU_UPDATE_INL_H_
#endif

#include <hwy/highway.h>

#include <cstddef>

#include "superpose/kernels/cpu/fma-inl.h"
#include "superpose/kernels/step.h"

HWY_BEFORE_NAMESPACE();
namespace superpose::kernels::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Adds up the 16 lanes of each sum, always in the same order:
///   q_j = (l_j + l_(j+8)) + (l_(j+4) + l_(j+12)),  sum = (q_0 + q_2) + (q_1 + q_3).
/// sums: (n, 16); n a multiple of 4. total: (n), out.
HWY_INLINE void AddLanes(const float* HWY_RESTRICT sums, std::size_t n, float* HWY_RESTRICT total) {
  const hn::FixedTag<float, 4> d;
  const auto quarter = [&](const float* l) HWY_ATTR {
    return hn::Add(hn::Add(hn::Load(d, l), hn::Load(d, l + 8)),
                   hn::Add(hn::Load(d, l + 4), hn::Load(d, l + 12)));
  };
  for (std::size_t i = 0; i < n; i += 4) {
    const auto a = quarter(sums + (i + 0) * 16);
    const auto b = quarter(sums + (i + 1) * 16);
    const auto c = quarter(sums + (i + 2) * 16);
    const auto e = quarter(sums + (i + 3) * 16);
    const auto ab = hn::Add(hn::InterleaveLower(d, a, b), hn::InterleaveUpper(d, a, b));  // a02 b02 a13 b13
    const auto ce = hn::Add(hn::InterleaveLower(d, c, e), hn::InterleaveUpper(d, c, e));
    hn::Store(hn::Add(hn::ConcatLowerLower(d, ce, ab), hn::ConcatUpperUpper(d, ce, ab)), d, total + i);
  }
}

/// One optimiser step. All arrays are (n); n is a multiple of 16.
HWY_INLINE void ApplyUpdate(const Update& update, std::size_t n, const float* HWY_RESTRICT gradient,
                            float* HWY_RESTRICT parameter, float* HWY_RESTRICT moment1,
                            float* HWY_RESTRICT moment2) {
  const hn::CappedTag<float, 16> d;
  const auto l2 = hn::Set(d, update.l2);
  const auto decay = hn::Set(d, update.decay);
  const auto step_size = hn::Set(d, update.step_size);
  const auto beta1 = hn::Set(d, update.beta1);
  const auto one_minus_beta1 = hn::Set(d, update.one_minus_beta1);
  const auto beta2 = hn::Set(d, update.beta2);
  const auto one_minus_beta2 = hn::Set(d, update.one_minus_beta2);
  const auto correction2 = hn::Set(d, update.correction2);
  const auto eps = hn::Set(d, update.eps);
  for (std::size_t i = 0; i < n; i += hn::Lanes(d)) {
    const auto w = hn::Load(d, parameter + i);
    const auto g = FusedMulAdd(l2, w, hn::Load(d, gradient + i));
    const auto m = FusedMulAdd(beta1, hn::Load(d, moment1 + i), hn::Mul(one_minus_beta1, g));
    hn::Store(m, d, moment1 + i);
    auto direction = m;
    if (update.rule == Update::Rule::kAdam) {
      const auto v = FusedMulAdd(beta2, hn::Load(d, moment2 + i), hn::Mul(one_minus_beta2, hn::Mul(g, g)));
      hn::Store(v, d, moment2 + i);
      direction = hn::Div(m, FusedMulAdd(hn::Sqrt(v), correction2, eps));
    }
    hn::Store(FusedNegMulAdd(step_size, direction, hn::Mul(w, decay)), d, parameter + i);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace superpose::kernels::cpu
HWY_AFTER_NAMESPACE();

#endif  // per target
