// The forward and backward pass of the smallest shapes, all in registers. With the sizes known at compile
// time, a quad is loaded once and only gradient sums are kept from it. The blocked path (blocks-inl.h) would
// write and read its planes, and spend more time on that than on arithmetic.
//
// For 5 -> 2, a row of 16 samples takes 50 multiply-adds and 35 other operations, at least 50 cycles. One row
// alone is a chain of some sixty cycles, so four rows are taken at a time: about 65 cycles a row (AVX-512,
// Zen 4). The operations and their order are those of blocks-inl.h, and so are the bits.

#if defined(SUPERPOSE_KERNELS_CPU_SMALL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SUPERPOSE_KERNELS_CPU_SMALL_INL_H_
#undef SUPERPOSE_KERNELS_CPU_SMALL_INL_H_
#else
#define SUPERPOSE_KERNELS_CPU_SMALL_INL_H_
#endif

#include <hwy/highway.h>

#include <cstddef>

#include "superpose/kernels/cpu/blocks-inl.h"
#include "superpose/kernels/cpu/fma-inl.h"

HWY_BEFORE_NAMESPACE();
namespace superpose::kernels::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// What AccumulateSmall reads and writes.
struct SmallBatch {
  const float* W;            // (n, m)
  const float* b_final;      // (n)
  const float* coefficient;  // (n): 2 importance / (batch_size n_features)
  const float* X;            // (quads, n, 4, lanes)
  float* sum;                // (n m + n, 16), from the lane slice on: dW, then db; or (n, 16): squared errors
  float floor;               // 0 for a ReLU, NaN for none
};

/// Adds the gradient of n_quads quads to `sum`. No quad may have a missing sample.
template <std::size_t n, std::size_t m>
HWY_NOINLINE void AccumulateSmall(const SmallBatch& batch, std::size_t n_quads) {
  const Tag d;
  const std::size_t lanes = hn::Lanes(d);
  const Vec cut_at = hn::Set(d, batch.floor);
  Vec dW[n][m], db[n];
  ForEach<n>([&](auto f) SUPERPOSE_INLINE_LAMBDA {
    ForEach<m>([&](auto h) SUPERPOSE_INLINE_LAMBDA { dW[f][h] = hn::Load(d, batch.sum + (f * m + h) * 16); });
    db[f] = hn::Load(d, batch.sum + (n * m + f) * 16);
  });
  const float* HWY_RESTRICT X = batch.X;
  for (std::size_t quad = 0; quad < n_quads; ++quad, X += n * kQuadRows * lanes) {
    const auto x = [&](std::size_t f, std::size_t r)
                       HWY_ATTR { return hn::Load(d, X + (f * kQuadRows + r) * lanes); };
    Vec hidden[m][kQuadRows], gradient[n][kQuadRows], back[m][kQuadRows];
    ForEach<m>([&](auto h) SUPERPOSE_INLINE_LAMBDA {
      ForEach<kQuadRows>([&](auto r) SUPERPOSE_INLINE_LAMBDA { hidden[h][r] = hn::Zero(d); });
      ForEach<n>([&](auto f) SUPERPOSE_INLINE_LAMBDA {
        const Vec w = hn::Set(d, batch.W[f * m + h]);
        ForEach<kQuadRows>(
            [&](auto r) SUPERPOSE_INLINE_LAMBDA { hidden[h][r] = FusedMulAdd(w, x(f, r), hidden[h][r]); });
      });
    });
    ForEach<n>([&](auto f) SUPERPOSE_INLINE_LAMBDA {
      const Vec coefficient = hn::Set(d, batch.coefficient[f]);
      Vec pre[kQuadRows];
      ForEach<kQuadRows>([&](auto r) SUPERPOSE_INLINE_LAMBDA { pre[r] = hn::Set(d, batch.b_final[f]); });
      ForEach<m>([&](auto h) SUPERPOSE_INLINE_LAMBDA {
        const Vec w = hn::Set(d, batch.W[f * m + h]);
        ForEach<kQuadRows>([&](auto r)
                               SUPERPOSE_INLINE_LAMBDA { pre[r] = FusedMulAdd(w, hidden[h][r], pre[r]); });
      });
      ForEach<kQuadRows>([&](auto r) SUPERPOSE_INLINE_LAMBDA {
        const auto cut = hn::Le(pre[r], cut_at);
        gradient[f][r] = hn::IfThenZeroElse(cut, hn::Mul(hn::Sub(pre[r], x(f, r)), coefficient));
        db[f] = hn::Add(db[f], gradient[f][r]);
      });
    });
    ForEach<m>([&](auto h) SUPERPOSE_INLINE_LAMBDA {
      ForEach<kQuadRows>([&](auto r) SUPERPOSE_INLINE_LAMBDA { back[h][r] = hn::Zero(d); });
      ForEach<n>([&](auto f) SUPERPOSE_INLINE_LAMBDA {
        const Vec w = hn::Set(d, batch.W[f * m + h]);
        ForEach<kQuadRows>(
            [&](auto r) SUPERPOSE_INLINE_LAMBDA { back[h][r] = FusedMulAdd(w, gradient[f][r], back[h][r]); });
      });
    });
    ForEach<kQuadRows>([&](auto r) SUPERPOSE_INLINE_LAMBDA {
      ForEach<m>([&](auto h) SUPERPOSE_INLINE_LAMBDA {
        ForEach<n>([&](auto f) SUPERPOSE_INLINE_LAMBDA {
          dW[f][h] = FusedMulAdd(x(f, r), back[h][r], FusedMulAdd(gradient[f][r], hidden[h][r], dW[f][h]));
        });
      });
    });
  }
  ForEach<n>([&](auto f) SUPERPOSE_INLINE_LAMBDA {
    ForEach<m>([&](auto h) SUPERPOSE_INLINE_LAMBDA { hn::Store(dW[f][h], d, batch.sum + (f * m + h) * 16); });
    hn::Store(db[f], d, batch.sum + (n * m + f) * 16);
  });
}

/// Adds the squared errors of n_quads quads to `sum`, (n, 16). No quad may have a missing sample.
template <std::size_t n, std::size_t m>
HWY_NOINLINE void ErrorsSmall(const SmallBatch& batch, std::size_t n_quads) {
  const Tag d;
  const std::size_t lanes = hn::Lanes(d);
  const Vec cut_at = hn::Set(d, batch.floor);
  Vec squares[n];
  ForEach<n>([&](auto f) SUPERPOSE_INLINE_LAMBDA { squares[f] = hn::Load(d, batch.sum + f * 16); });
  const float* HWY_RESTRICT X = batch.X;
  for (std::size_t row = 0; row < n_quads * kQuadRows; ++row) {
    const float* HWY_RESTRICT x = X + row / kQuadRows * n * kQuadRows * lanes + row % kQuadRows * lanes;
    Vec hidden[m];
    ForEach<m>([&](auto h) SUPERPOSE_INLINE_LAMBDA {
      hidden[h] = hn::Zero(d);
      ForEach<n>([&](auto f) SUPERPOSE_INLINE_LAMBDA {
        const Vec w = hn::Set(d, batch.W[f * m + h]);
        hidden[h] = FusedMulAdd(w, hn::Load(d, x + f * kQuadRows * lanes), hidden[h]);
      });
    });
    ForEach<n>([&](auto f) SUPERPOSE_INLINE_LAMBDA {
      Vec pre = hn::Set(d, batch.b_final[f]);
      ForEach<m>([&](auto h) SUPERPOSE_INLINE_LAMBDA {
        pre = FusedMulAdd(hn::Set(d, batch.W[f * m + h]), hidden[h], pre);
      });
      const Vec output = hn::IfThenZeroElse(hn::Le(pre, cut_at), pre);
      const Vec error = hn::Sub(output, hn::Load(d, x + f * kQuadRows * lanes));
      squares[f] = FusedMulAdd(error, error, squares[f]);
    });
  }
  ForEach<n>([&](auto f) SUPERPOSE_INLINE_LAMBDA { hn::Store(squares[f], d, batch.sum + f * 16); });
}

/// The functions made for one shape; null where the shape has none.
struct SmallFunctions {
  void (*accumulate)(const SmallBatch&, std::size_t n_quads) = nullptr;
  void (*errors)(const SmallBatch&, std::size_t n_quads) = nullptr;
};

/// Finds the functions of a shape. There are some for the shapes of the paper's pictures in the plane, and
/// for smaller ones.
inline SmallFunctions FindSmallFunctions(std::size_t n, std::size_t m) {
  if (n == 2 && m == 1) return {AccumulateSmall<2, 1>, ErrorsSmall<2, 1>};
  if (n == 3 && m == 2) return {AccumulateSmall<3, 2>, ErrorsSmall<3, 2>};
  if (n == 4 && m == 2) return {AccumulateSmall<4, 2>, ErrorsSmall<4, 2>};
  if (n == 5 && m == 2) return {AccumulateSmall<5, 2>, ErrorsSmall<5, 2>};
  if (n == 6 && m == 2) return {AccumulateSmall<6, 2>, ErrorsSmall<6, 2>};
  if (n == 6 && m == 3) return {AccumulateSmall<6, 3>, ErrorsSmall<6, 3>};
  return {};
}

}  // namespace HWY_NAMESPACE
}  // namespace superpose::kernels::cpu
HWY_AFTER_NAMESPACE();

#endif  // per target
