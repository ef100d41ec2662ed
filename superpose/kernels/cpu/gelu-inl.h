// GELU, z Phi(z), and its derivative, in single precision with fused multiply-adds in one order, so that
// every target gives the same bits.

#if defined(SUPERPOSE_KERNELS_CPU_GELU_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SUPERPOSE_KERNELS_CPU_GELU_INL_H_
#undef SUPERPOSE_KERNELS_CPU_GELU_INL_H_
#else
#define SUPERPOSE_KERNELS_CPU_GELU_INL_H_
#endif

#include <hwy/highway.h>

#include <cstdint>

#include "superpose/kernels/cpu/fma-inl.h"

HWY_BEFORE_NAMESPACE();
namespace superpose::kernels::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// e^x for x <= 0, within 2e-7 relative; below -87, e^-87.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V ExpOfNegative(D d, V x) {
  const hn::RebindToSigned<D> di;
  const V t = hn::Max(x, hn::Set(d, -87.0F));
  const V k = hn::Round(hn::Mul(t, hn::Set(d, 1.44269504F)));
  V r = FusedMulAdd(k, hn::Set(d, -0x1.62e4p-1F), t);   // the first 15 bits of ln 2: the product is exact
  r = FusedMulAdd(k, hn::Set(d, -0x1.7f7d1cp-20F), r);  // the rest of ln 2
  V sum = hn::Set(d, 1.0F / 5040);
  for (const float c : {1.0F / 720, 1.0F / 120, 1.0F / 24, 1.0F / 6, 0.5F, 1.0F, 1.0F})
    sum = FusedMulAdd(sum, r, hn::Set(d, c));
  const auto power = hn::ShiftLeft<23>(hn::Add(hn::ConvertTo(di, k), hn::Set(di, 127)));
  return hn::Mul(sum, hn::BitCast(d, power));
}

template <class V>
struct Gelu {
  V value, derivative;
};

/// GELU and its derivative, within 5e-7 of max(1, |z|).
template <class D, class V = hn::Vec<D>>
HWY_INLINE Gelu<V> GeluOf(D d, V z) {
  const V a = hn::Abs(z);
  const V density =
      hn::Mul(ExpOfNegative(d, hn::Mul(hn::Mul(a, a), hn::Set(d, -0.5F))), hn::Set(d, 0.398942280F));
  // Phi(-a) = density * t p(t), t = 1 / (1 + a / 2): Mills' ratio, a polynomial fitted to it, within 6e-8.
  const V t = hn::Div(hn::Set(d, 1.0F), FusedMulAdd(a, hn::Set(d, 0.5F), hn::Set(d, 1.0F)));
  V mills = hn::Set(d, -0.06925517F);
  for (const float c : {0.5096056F, -1.5407985F, 2.405648F, -1.8805827F, 0.4544722F, -0.02014380F, 0.3959957F,
                        0.4983158F, 0.5000572F})
    mills = FusedMulAdd(mills, t, hn::Set(d, c));
  const V tail = hn::Mul(density, hn::Mul(t, mills));
  const V below = hn::IfThenElse(hn::Ge(z, hn::Zero(d)), hn::Sub(hn::Set(d, 1.0F), tail), tail);
  return {.value = hn::Mul(z, below), .derivative = FusedMulAdd(z, density, below)};
}

}  // namespace HWY_NAMESPACE
}  // namespace superpose::kernels::cpu
HWY_AFTER_NAMESPACE();

#endif  // per target
