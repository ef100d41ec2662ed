// a * b + c and c - a * b with one rounding. Every product of the kernels that is followed by a sum goes
// through this file, because one rounding and two give different bits. Highway's own functions round once
// where the instruction set can (SSE cannot). But for WebAssembly, version 1.0.3 always rounds twice.

#if defined(SUPERPOSE_KERNELS_CPU_FMA_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SUPERPOSE_KERNELS_CPU_FMA_INL_H_
#undef SUPERPOSE_KERNELS_CPU_FMA_INL_H_
#else
#define SUPERPOSE_KERNELS_CPU_FMA_INL_H_
#endif

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace superpose::kernels::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_ARCH_WASM && defined(__wasm_relaxed_simd__)
// This rounds once only where the machine under the browser has such an instruction. The page that loads the
// module has to test that: code in here cannot.

/// a * b + c
template <class V>
HWY_INLINE V FusedMulAdd(V a, V b, V c) {
  return V{__builtin_wasm_relaxed_madd_f32x4(a.raw, b.raw, c.raw)};
}
/// c - a * b
template <class V>
HWY_INLINE V FusedNegMulAdd(V a, V b, V c) {
  return V{__builtin_wasm_relaxed_nmadd_f32x4(a.raw, b.raw, c.raw)};
}
#else
/// a * b + c
template <class V>
HWY_INLINE V FusedMulAdd(V a, V b, V c) {
  return hn::MulAdd(a, b, c);
}
/// c - a * b
template <class V>
HWY_INLINE V FusedNegMulAdd(V a, V b, V c) {
  return hn::NegMulAdd(a, b, c);
}
#endif

}  // namespace HWY_NAMESPACE
}  // namespace superpose::kernels::cpu
HWY_AFTER_NAMESPACE();

#endif  // per target
