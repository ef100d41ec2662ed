// The backward and forward pass of the smallest shapes, all in registers. With the sizes known at compile
// time, a row of 16 samples is loaded once and nothing but gradient sums outlives it; the blocked path
// (blocks-inl.h) would write and read its planes and spend more on that than on arithmetic.
//
// For 5 -> 2 a row takes 50 multiply-adds and 30 other operations on 15 sums, 14 values and a handful of
// constants: the 32 registers of AVX-512. The operations and their order are those of blocks-inl.h, so the
// bits are too.

#if defined(SUPERPOSE_KERNELS_CPU_SMALL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SUPERPOSE_KERNELS_CPU_SMALL_INL_H_
#undef SUPERPOSE_KERNELS_CPU_SMALL_INL_H_
#else
#define SUPERPOSE_KERNELS_CPU_SMALL_INL_H_
#endif

#include <hwy/highway.h>

#include <cstddef>

#include "superpose/kernels/cpu/blocks-inl.h"

HWY_BEFORE_NAMESPACE();
namespace superpose::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// What AccumulateSmall reads and writes.
struct SmallBatch {
  const float* W;            // (n, m)
  const float* b_final;      // (n)
  const float* coefficient;  // (n): 2 importance / (batch_size n_features)
  const float* X;            // (quads, n, 4, lanes)
  float* sum;                // (n m + n, 16), from the lane slice on: dW, then db
  float floor;               // 0 for a ReLU, NaN for none
};

/// sum += the gradient of n_quads quads, all of whose samples are present.
template <std::size_t n, std::size_t m>
HWY_NOINLINE void AccumulateSmall(const SmallBatch& batch, std::size_t n_quads) {
  const Tag d;
  const std::size_t lanes = hn::Lanes(d);
  const Vec cut_at = hn::Set(d, batch.floor);
  Vec dW[n][m], db[n];
  for (std::size_t f = 0; f < n; ++f) {
    for (std::size_t h = 0; h < m; ++h) dW[f][h] = hn::Load(d, batch.sum + (f * m + h) * 16);
    db[f] = hn::Load(d, batch.sum + (n * m + f) * 16);
  }
  const float* HWY_RESTRICT X = batch.X;
  for (std::size_t quad = 0; quad < n_quads; ++quad, X += n * kQuadRows * lanes) {
    for (std::size_t r = 0; r < kQuadRows; ++r) {
      Vec x[n], hidden[m], gradient[n];
      for (std::size_t f = 0; f < n; ++f) x[f] = hn::Load(d, X + (f * kQuadRows + r) * lanes);
      for (std::size_t h = 0; h < m; ++h) {
        hidden[h] = hn::Zero(d);
        for (std::size_t f = 0; f < n; ++f)
          hidden[h] = hn::MulAdd(hn::Set(d, batch.W[f * m + h]), x[f], hidden[h]);
      }
      for (std::size_t f = 0; f < n; ++f) {
        Vec pre = hn::Set(d, batch.b_final[f]);
        for (std::size_t h = 0; h < m; ++h) pre = hn::MulAdd(hn::Set(d, batch.W[f * m + h]), hidden[h], pre);
        const auto cut = hn::Le(pre, cut_at);
        const Vec error = hn::Sub(hn::IfThenZeroElse(cut, pre), x[f]);
        gradient[f] = hn::IfThenZeroElse(cut, hn::Mul(error, hn::Set(d, batch.coefficient[f])));
        db[f] = hn::Add(db[f], gradient[f]);
      }
      for (std::size_t h = 0; h < m; ++h) {
        Vec back = hn::Zero(d);
        for (std::size_t f = 0; f < n; ++f)
          back = hn::MulAdd(hn::Set(d, batch.W[f * m + h]), gradient[f], back);
        for (std::size_t f = 0; f < n; ++f) {
          dW[f][h] = hn::MulAdd(x[f], back, hn::MulAdd(gradient[f], hidden[h], dW[f][h]));
        }
      }
    }
  }
  for (std::size_t f = 0; f < n; ++f) {
    for (std::size_t h = 0; h < m; ++h) hn::Store(dW[f][h], d, batch.sum + (f * m + h) * 16);
    hn::Store(db[f], d, batch.sum + (n * m + f) * 16);
  }
}

using AccumulateSmallFunction = void (*)(const SmallBatch&, std::size_t);

/// The function for a shape that has one: those of the paper's pictures in the plane and below.
inline AccumulateSmallFunction FindAccumulateSmall(std::size_t n, std::size_t m) {
  if (n == 2 && m == 1) return AccumulateSmall<2, 1>;
  if (n == 3 && m == 2) return AccumulateSmall<3, 2>;
  if (n == 4 && m == 2) return AccumulateSmall<4, 2>;
  if (n == 5 && m == 2) return AccumulateSmall<5, 2>;
  if (n == 6 && m == 2) return AccumulateSmall<6, 2>;
  if (n == 6 && m == 3) return AccumulateSmall<6, 3>;
  return nullptr;
}

}  // namespace HWY_NAMESPACE
}  // namespace superpose::kernels
HWY_AFTER_NAMESPACE();

#endif  // per target
