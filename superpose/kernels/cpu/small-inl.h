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

/// Rows in flight at a time: one is a chain of some sixty cycles, which two fill better.
inline constexpr std::size_t kRows = 4;

/// sum += the gradient of n_quads quads, all of whose samples are present.
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
    for (std::size_t r = 0; r < kQuadRows; r += kRows) {
      const auto x = [&](std::size_t f, std::size_t i)
                         HWY_ATTR { return hn::Load(d, X + (f * kQuadRows + r + i) * lanes); };
      Vec hidden[m][kRows], gradient[n][kRows], back[m][kRows];
      ForEach<m>([&](auto h) SUPERPOSE_INLINE_LAMBDA {
        ForEach<kRows>([&](auto i) SUPERPOSE_INLINE_LAMBDA { hidden[h][i] = hn::Zero(d); });
        ForEach<n>([&](auto f) SUPERPOSE_INLINE_LAMBDA {
          const Vec w = hn::Set(d, batch.W[f * m + h]);
          ForEach<kRows>(
              [&](auto i) SUPERPOSE_INLINE_LAMBDA { hidden[h][i] = hn::MulAdd(w, x(f, i), hidden[h][i]); });
        });
      });
      ForEach<n>([&](auto f) SUPERPOSE_INLINE_LAMBDA {
        const Vec coefficient = hn::Set(d, batch.coefficient[f]);
        Vec pre[kRows];
        ForEach<kRows>([&](auto i) SUPERPOSE_INLINE_LAMBDA { pre[i] = hn::Set(d, batch.b_final[f]); });
        ForEach<m>([&](auto h) SUPERPOSE_INLINE_LAMBDA {
          const Vec w = hn::Set(d, batch.W[f * m + h]);
          ForEach<kRows>([&](auto i)
                             SUPERPOSE_INLINE_LAMBDA { pre[i] = hn::MulAdd(w, hidden[h][i], pre[i]); });
        });
        ForEach<kRows>([&](auto i) SUPERPOSE_INLINE_LAMBDA {
          const auto cut = hn::Le(pre[i], cut_at);
          gradient[f][i] = hn::IfThenZeroElse(cut, hn::Mul(hn::Sub(pre[i], x(f, i)), coefficient));
          db[f] = hn::Add(db[f], gradient[f][i]);
        });
      });
      ForEach<m>([&](auto h) SUPERPOSE_INLINE_LAMBDA {
        ForEach<kRows>([&](auto i) SUPERPOSE_INLINE_LAMBDA { back[h][i] = hn::Zero(d); });
        ForEach<n>([&](auto f) SUPERPOSE_INLINE_LAMBDA {
          const Vec w = hn::Set(d, batch.W[f * m + h]);
          ForEach<kRows>([&](auto i) SUPERPOSE_INLINE_LAMBDA {
            back[h][i] = hn::MulAdd(w, gradient[f][i], back[h][i]);
          });
        });
      });
      ForEach<kRows>([&](auto i) SUPERPOSE_INLINE_LAMBDA {
        ForEach<m>([&](auto h) SUPERPOSE_INLINE_LAMBDA {
          ForEach<n>([&](auto f) SUPERPOSE_INLINE_LAMBDA {
            dW[f][h] = hn::MulAdd(x(f, i), back[h][i], hn::MulAdd(gradient[f][i], hidden[h][i], dW[f][h]));
          });
        });
      });
    }
  }
  ForEach<n>([&](auto f) SUPERPOSE_INLINE_LAMBDA {
    ForEach<m>([&](auto h) SUPERPOSE_INLINE_LAMBDA { hn::Store(dW[f][h], d, batch.sum + (f * m + h) * 16); });
    hn::Store(db[f], d, batch.sum + (n * m + f) * 16);
  });
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
