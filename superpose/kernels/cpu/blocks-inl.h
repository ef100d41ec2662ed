// Register-blocked matrix products over samples. A vector holds the same quantity of different samples, so
// all products are outer products of rows of vectors with broadcast weights, and sums over samples stay in
// their lanes until the step's end.
//
// Layout. A quad is 4 rows of samples, what one call of the generator serves. A plane of k quantities over a
// quad is (k, 4, lanes): X[f], the inputs; H[h]; D[f], the gradient at the outputs; G[h], the gradient at the
// hidden layer.
//
// Blocks. Each function keeps a block of accumulators in registers for its whole inner loop: kHiddenBlock x 4
// in Contract, kFeatureBlock x 4 in Decode, kGradientFeatures x kHiddenBlock in AccumulateGradient. With 32
// registers that is 20 of them, so a fused multiply-add (latency 4, one or two a cycle) never waits for its
// own sum, at 9 loads for 20 multiply-adds. Every element's sum runs in the order of its index, whatever the
// blocks: they change speed, never bits.

#if defined(SUPERPOSE_KERNELS_CPU_BLOCKS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SUPERPOSE_KERNELS_CPU_BLOCKS_INL_H_
#undef SUPERPOSE_KERNELS_CPU_BLOCKS_INL_H_
#else
#define SUPERPOSE_KERNELS_CPU_BLOCKS_INL_H_
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace superpose::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL || HWY_TARGET == HWY_NEON
inline constexpr std::size_t kHiddenBlock = 5, kFeatureBlock = 5,
                             kGradientFeatures = 4;  // 32 vector registers
#else
inline constexpr std::size_t kHiddenBlock = 3, kFeatureBlock = 3, kGradientFeatures = 2;  // 16 of them
#endif

using Tag = hn::CappedTag<float, 16>;
using Vec = hn::Vec<Tag>;
inline constexpr std::size_t kQuadRows = 4;

/// Calls body.template operator()<size>(begin) for consecutive blocks that cover [0, n), as even as can be,
/// none above max: a remainder of one would waste registers.
template <std::size_t max, class Body>
HWY_INLINE void ForBlocks(std::size_t n, const Body& body) {
  const std::size_t blocks = (n + max - 1) / max;
  const std::size_t larger = n % blocks;  // so many blocks are one longer than the others
  std::size_t begin = 0;
  for (std::size_t block = 0; block < blocks; ++block) {
    const std::size_t size = n / blocks + (block < larger ? 1 : 0);
    if (size == 1) body.template operator()<1>(begin);
    if constexpr (max >= 2) {
      if (size == 2) body.template operator()<2>(begin);
    }
    if constexpr (max >= 3) {
      if (size == 3) body.template operator()<3>(begin);
    }
    if constexpr (max >= 4) {
      if (size == 4) body.template operator()<4>(begin);
    }
    if constexpr (max >= 5) {
      if (size == 5) body.template operator()<5>(begin);
    }
    begin += size;
  }
}

/// out[h] = sum over f of W[f, h] * in[f], for `size` values of h: the encoder, and the gradient at the
/// hidden layer. W: (n_features, n_hidden) from its column on. in: (n_features, 4, lanes). out: (size, 4,
/// lanes).
template <std::size_t size>
HWY_INLINE void Contract(const float* HWY_RESTRICT W, std::size_t n_features, std::size_t n_hidden,
                         const float* HWY_RESTRICT in, float* HWY_RESTRICT out) {
  const Tag d;
  const std::size_t lanes = hn::Lanes(d);
  Vec sum[size][kQuadRows];
  for (auto& row : sum) {
    for (auto& s : row) s = hn::Zero(d);
  }
  for (std::size_t f = 0; f < n_features; ++f, W += n_hidden, in += kQuadRows * lanes) {
    Vec x[kQuadRows];
    for (std::size_t r = 0; r < kQuadRows; ++r) x[r] = hn::Load(d, in + r * lanes);
    for (std::size_t h = 0; h < size; ++h) {
      const Vec w = hn::Set(d, W[h]);
      for (std::size_t r = 0; r < kQuadRows; ++r) sum[h][r] = hn::MulAdd(w, x[r], sum[h][r]);
    }
  }
  for (std::size_t h = 0; h < size; ++h) {
    for (std::size_t r = 0; r < kQuadRows; ++r) hn::Store(sum[h][r], d, out + (h * kQuadRows + r) * lanes);
  }
}

/// One block of features of a quad: what Decode reads and writes, from the block's first feature on.
struct DecodeBlock {
  const float* W;            // (size, n_hidden)
  const float* b_final;      // (size)
  const float* coefficient;  // (size): 2 importance / (batch_size n_features)
  const float* X;            // (size, 4, lanes)
  float* D;                  // (size, 4, lanes), out: gradient of the loss at W h + b_final
  float* db_sum;             // (size, 16), from the lane slice on: D summed over rows
  float* error_sum;          // (size, 16), from the lane slice on: squared error summed over rows
};

/// Output, error and gradient of `size` features. floor: 0 for a ReLU, NaN for none: outputs at or below it
/// are cut, and a NaN never is. mask: (4, lanes), 1 where there is a sample, 0 where the batch has ended.
/// Only a `masked` call looks at mask and error_sum: it is the rare one, and keeping it apart keeps the sums
/// in registers.
template <std::size_t size, bool masked>
HWY_INLINE void Decode(const DecodeBlock& block, std::size_t n_hidden, const float* HWY_RESTRICT H,
                       float floor, const float* HWY_RESTRICT mask) {
  const Tag d;
  const std::size_t lanes = hn::Lanes(d);
  Vec sum[size][kQuadRows];
  for (std::size_t f = 0; f < size; ++f) {
    for (std::size_t r = 0; r < kQuadRows; ++r) sum[f][r] = hn::Set(d, block.b_final[f]);
  }
  const float* HWY_RESTRICT W = block.W;
  for (std::size_t h = 0; h < n_hidden; ++h, ++W, H += kQuadRows * lanes) {
    Vec hidden[kQuadRows];
    for (std::size_t r = 0; r < kQuadRows; ++r) hidden[r] = hn::Load(d, H + r * lanes);
    for (std::size_t f = 0; f < size; ++f) {
      const Vec w = hn::Set(d, W[f * n_hidden]);
      for (std::size_t r = 0; r < kQuadRows; ++r) sum[f][r] = hn::MulAdd(w, hidden[r], sum[f][r]);
    }
  }
  const Vec cut_at = hn::Set(d, floor);
  for (std::size_t f = 0; f < size; ++f) {
    const Vec coefficient = hn::Set(d, block.coefficient[f]);
    Vec db = hn::Load(d, block.db_sum + f * 16);
    for (std::size_t r = 0; r < kQuadRows; ++r) {
      const std::size_t at = (f * kQuadRows + r) * lanes;
      const auto cut = hn::Le(sum[f][r], cut_at);
      Vec error = hn::Sub(hn::IfThenZeroElse(cut, sum[f][r]), hn::Load(d, block.X + at));
      if constexpr (masked) {
        error = hn::IfThenElseZero(hn::Ne(hn::Load(d, mask + r * lanes), hn::Zero(d)), error);
        float* const squares = block.error_sum + f * 16;
        hn::Store(hn::MulAdd(error, error, hn::Load(d, squares)), d, squares);
      }
      const Vec gradient = hn::IfThenZeroElse(cut, hn::Mul(error, coefficient));
      hn::Store(gradient, d, block.D + at);
      db = hn::Add(db, gradient);
    }
    hn::Store(db, d, block.db_sum + f * 16);
  }
}

/// The planes of one block of weights, from its first feature or hidden unit on. The next quad's are
/// quad_stride floats further in each: a quad is (X, D: n_features planes each; H, G: n_hidden planes each).
struct GradientBlock {
  const float *X, *D, *H, *G;
  float* dW_sum;  // (features, n_hidden, 16), from the lane slice on
};

/// dW[f, h] += D[f] H[h] + X[f] G[h] over all rows of all quads, for a block of `features` x `hidden`
/// weights.
template <std::size_t features, std::size_t hidden>
HWY_INLINE void AccumulateGradient(const GradientBlock& block, std::size_t n_hidden, std::size_t n_quads,
                                   std::size_t quad_stride) {
  const Tag d;
  const std::size_t lanes = hn::Lanes(d);
  Vec sum[features][hidden];
  for (std::size_t f = 0; f < features; ++f) {
    for (std::size_t h = 0; h < hidden; ++h) sum[f][h] = hn::Load(d, block.dW_sum + (f * n_hidden + h) * 16);
  }
  std::size_t quad_at = 0;
  for (std::size_t quad = 0; quad < n_quads; ++quad, quad_at += quad_stride) {
    for (std::size_t r = 0; r < kQuadRows; ++r) {
      const std::size_t at = quad_at + r * lanes;
      const auto plane = [&](std::size_t k) HWY_ATTR { return at + k * kQuadRows * lanes; };
      Vec error[features], x[features];
      for (std::size_t f = 0; f < features; ++f) {
        error[f] = hn::Load(d, block.D + plane(f));
        x[f] = hn::Load(d, block.X + plane(f));
      }
      for (std::size_t h = 0; h < hidden; ++h) {
        const Vec value = hn::Load(d, block.H + plane(h));
        for (std::size_t f = 0; f < features; ++f) sum[f][h] = hn::MulAdd(error[f], value, sum[f][h]);
        const Vec gradient = hn::Load(d, block.G + plane(h));
        for (std::size_t f = 0; f < features; ++f) sum[f][h] = hn::MulAdd(x[f], gradient, sum[f][h]);
      }
    }
  }
  for (std::size_t f = 0; f < features; ++f) {
    for (std::size_t h = 0; h < hidden; ++h) hn::Store(sum[f][h], d, block.dW_sum + (f * n_hidden + h) * 16);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace superpose::kernels
HWY_AFTER_NAMESPACE();

#endif  // per target
