// Register-blocked matrix products over samples. A vector holds the same quantity of different samples, so
// all products are outer products of rows of vectors with broadcast weights, and sums over samples stay in
// their lanes until the step's end.
//
// Layout. A quad is 4 rows of samples: what one call of the generator serves. A plane holds one quantity for
// a quad, (4, lanes). The planes of a quad follow each other, (n_planes, 4, lanes): X[f], the inputs; H[h],
// the hidden layer; D[f], the gradient at the outputs; G[h], the gradient at the hidden layer.
//
// Blocks. Each function keeps a block of accumulators in registers for its whole inner loop: kHiddenBlock x 4
// in Product, kFeatureBlock x 4 in Decode, kGradientFeatures x kHiddenBlock in AccumulateGradient. With 32
// registers these are 20 accumulators, so a fused multiply-add (latency 4, one or two a cycle) never waits
// for its own sum, and 20 multiply-adds need 9 loads. The sum of every element runs in the order of its
// index, whatever the blocks: they change the speed, never the bits.
//
// Share of the peak of multiply-adds, for 100 -> 20 with AVX-512 on Zen 4: Product 96 %, AccumulateGradient
// 95 %, Decode 85 % (the rest of its time goes into the error and its gradient).

#if defined(SUPERPOSE_KERNELS_CPU_BLOCKS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SUPERPOSE_KERNELS_CPU_BLOCKS_INL_H_
#undef SUPERPOSE_KERNELS_CPU_BLOCKS_INL_H_
#else
#define SUPERPOSE_KERNELS_CPU_BLOCKS_INL_H_
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "superpose/kernels/cpu/fma-inl.h"
#include "superpose/kernels/cpu/gelu-inl.h"

/// SUPERPOSE_INLINE (before a function) and SUPERPOSE_INLINE_LAMBDA (after the parameters of a lambda) always
/// inline it. Debug builds do not: with everything inlined, a compiler takes minutes to instrument it.
#ifndef SUPERPOSE_INLINE
#ifdef NDEBUG
#define SUPERPOSE_INLINE HWY_INLINE
#define SUPERPOSE_INLINE_LAMBDA HWY_ATTR __attribute__((always_inline))
#else
#define SUPERPOSE_INLINE inline
#define SUPERPOSE_INLINE_LAMBDA HWY_ATTR
#endif
#endif

HWY_BEFORE_NAMESPACE();
namespace superpose::kernels::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// How many vector registers the instruction set has. On x86, targets with AVX-512 have numbers up to
/// HWY_AVX3.
#if HWY_ARCH_ARM_A64 || (HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3)
inline constexpr std::size_t kRegisters = 32;
#else
inline constexpr std::size_t kRegisters = 16;
#endif
inline constexpr std::size_t kHiddenBlock = kRegisters == 32 ? 5 : 3;
inline constexpr std::size_t kFeatureBlock = kHiddenBlock;
inline constexpr std::size_t kGradientFeatures = kRegisters == 32 ? 4 : 2;

using Tag = hn::CappedTag<float, 16>;
using Vec = hn::Vec<Tag>;
inline constexpr std::size_t kQuadRows = 4;

/// Calls body(i) for i = 0, ..., n - 1, each i a constant. A compiler that unrolls a loop by itself does it
/// late and keeps the arrays that the loop indexes in memory: for Decode that took a fifth of its time.
template <std::size_t n, class Body>
SUPERPOSE_INLINE void ForEach(const Body& body) {
  [&]<std::size_t... i>(std::index_sequence<i...>) SUPERPOSE_INLINE_LAMBDA {
    (body(std::integral_constant<std::size_t, i>()), ...);
  }(std::make_index_sequence<n>());
}
/// Calls body(i, j) for all pairs of constants i < n, j < m.
template <std::size_t n, std::size_t m, class Body>
SUPERPOSE_INLINE void ForEach(const Body& body) {
  ForEach<n>([&](auto i) SUPERPOSE_INLINE_LAMBDA {
    ForEach<m>([&](auto j) SUPERPOSE_INLINE_LAMBDA { body(i, j); });
  });
}

/// Calls body.template operator()<size>(), 1 <= size <= max.
template <std::size_t max, class Body>
SUPERPOSE_INLINE void ForBlock(std::size_t size, const Body& body) {
  if (size == max) {
    body.template operator()<max>();
  } else if constexpr (max > 1) {
    ForBlock<max - 1>(size, body);
  }
}

/// Calls body.template operator()<size>(begin) for consecutive blocks that cover [0, n). Block sizes are as
/// equal as possible and at most max: a last block of one row would leave most registers unused.
template <std::size_t max, class Body>
SUPERPOSE_INLINE void ForBlocks(std::size_t n, const Body& body) {
  const std::size_t blocks = (n + max - 1) / max;
  const std::size_t larger = n % blocks;  // how many blocks are one longer than the others
  std::size_t begin = 0;
  for (std::size_t block = 0; block < blocks; ++block) {
    const std::size_t block_size = n / blocks + (block < larger ? 1 : 0);
    ForBlock<max>(block_size, [&]<std::size_t size>() HWY_ATTR { body.template operator()<size>(begin); });
    begin += block_size;
  }
}

/// out[i] = sum over k of A[k, i] in[k], for i < size and the first `rows` of the 4 rows of each in[k] and
/// out[i]. With A = W this makes the hidden layer, and the gradient at the hidden layer. in: (n, 4, lanes).
/// A(k, i): an element. out(i): where out[i] goes.
template <std::size_t size, std::size_t rows, class Matrix, class Out>
SUPERPOSE_INLINE void Product(std::size_t n, const Matrix& A, const float* HWY_RESTRICT in, const Out& out) {
  const Tag d;
  const std::size_t lanes = hn::Lanes(d);
  Vec sum[size][rows];
  ForEach<size, rows>([&](auto i, auto r) SUPERPOSE_INLINE_LAMBDA { sum[i][r] = hn::Zero(d); });
  for (std::size_t k = 0; k < n; ++k, in += kQuadRows * lanes) {
    Vec x[rows];
    ForEach<rows>([&](auto r) SUPERPOSE_INLINE_LAMBDA { x[r] = hn::Load(d, in + r * lanes); });
    ForEach<size>([&](auto i) SUPERPOSE_INLINE_LAMBDA {
      const Vec a = hn::Set(d, A(k, i));
      ForEach<rows>([&](auto r) SUPERPOSE_INLINE_LAMBDA { sum[i][r] = FusedMulAdd(a, x[r], sum[i][r]); });
    });
  }
  ForEach<size, rows>([&](auto i, auto r)
                          SUPERPOSE_INLINE_LAMBDA { hn::Store(sum[i][r], d, out(i) + r * lanes); });
}

/// What Decode reads and writes for one block of features of a quad. Pointers point to the block's first
/// feature.
struct DecodeBlock {
  const float* W;            // (size, n_hidden): W or W2
  const float* b_final;      // (size)
  const float* coefficient;  // (size): 2 importance / (batch_size n_features)
  const float* target;       // (size, 4, lanes): X, or given targets, which lie where D will go
  float* D;                  // (size, 4, lanes), out: gradient of the loss at W h + b_final
  float* db_sum;             // (size, 16), from the lane slice on: D summed over rows
  float* error_sum;          // (size, 16), from the lane slice on: squared error summed over rows
};

/// What Decode does after the sums.
struct DecodeOptions {
  /// Outputs at or below it are set to 0: 0 for a ReLU. NaN for no ReLU: no output is at or below NaN.
  float floor;
  std::uint32_t target_bits;  // bits of x that the target keeps: all, or all but the sign
  const float* mask;          // (4, lanes), 1 where there is a sample, 0 beyond the end of the batch
};

/// Output, error and gradient of `size` features. gelu: the output goes through GELU, and the floor is
/// ignored. masked: use mask and error_sum. Masked calls are rare, and compiling them apart keeps the sums of
/// the others in registers.
template <std::size_t size, bool gelu, bool masked>
SUPERPOSE_INLINE void Decode(const DecodeBlock& block, std::size_t n_hidden, const float* HWY_RESTRICT H,
                             const DecodeOptions& options) {
  const Tag d;
  const std::size_t lanes = hn::Lanes(d);
  Vec sum[size][kQuadRows];
  ForEach<size, kQuadRows>([&](auto f, auto r)
                               SUPERPOSE_INLINE_LAMBDA { sum[f][r] = hn::Set(d, block.b_final[f]); });
  const float* HWY_RESTRICT W = block.W;
  for (std::size_t h = 0; h < n_hidden; ++h, ++W, H += kQuadRows * lanes) {
    Vec hidden[kQuadRows];
    ForEach<kQuadRows>([&](auto r) SUPERPOSE_INLINE_LAMBDA { hidden[r] = hn::Load(d, H + r * lanes); });
    ForEach<size>([&](auto f) SUPERPOSE_INLINE_LAMBDA {
      const Vec w = hn::Set(d, W[f * n_hidden]);
      ForEach<kQuadRows>([&](auto r)
                             SUPERPOSE_INLINE_LAMBDA { sum[f][r] = FusedMulAdd(w, hidden[r], sum[f][r]); });
    });
  }
  const Vec cut_at = hn::Set(d, options.floor);
  const Vec target_bits = hn::BitCast(d, hn::Set(hn::RebindToUnsigned<Tag>(), options.target_bits));
  ForEach<size>([&](auto f) SUPERPOSE_INLINE_LAMBDA {
    const Vec coefficient = hn::Set(d, block.coefficient[f]);
    Vec db = hn::Load(d, block.db_sum + f * 16);
    ForEach<kQuadRows>([&](auto r) SUPERPOSE_INLINE_LAMBDA {
      const std::size_t at = (f * kQuadRows + r) * lanes;
      const Vec target = hn::And(hn::Load(d, block.target + at), target_bits);
      Vec error, gradient;
      if constexpr (gelu) {
        const auto [output, derivative] = GeluOf(d, sum[f][r]);
        error = hn::Sub(output, target);
        gradient = hn::Mul(hn::Mul(error, coefficient), derivative);
      } else {
        const auto cut = hn::Le(sum[f][r], cut_at);
        error = hn::Sub(sum[f][r], target);
        gradient = hn::IfThenZeroElse(cut, hn::Mul(error, coefficient));
        if constexpr (masked) error = hn::IfThenElse(cut, hn::Neg(target), error);
      }
      if constexpr (masked) {
        const auto present = hn::Ne(hn::Load(d, options.mask + r * lanes), hn::Zero(d));
        error = hn::IfThenElseZero(present, error);
        gradient = hn::IfThenElseZero(present, gradient);
        float* const squares = block.error_sum + f * 16;
        hn::Store(FusedMulAdd(error, error, hn::Load(d, squares)), d, squares);
      }
      hn::Store(gradient, d, block.D + at);
      db = hn::Add(db, gradient);
    });
    hn::Store(db, d, block.db_sum + f * 16);
  });
}

/// Two lists of planes whose products are summed: the first pointer is to a block of features, the second to
/// a block of hidden units.
struct PlanePair {
  const float *features, *hidden;
};

/// The gradient of a block of weights, from its first weight on, and how the planes of a tile lie. A quad has
/// n_features planes of X and of D, then n_hidden planes of H and of G. From a quad to the next it is
/// quad_stride floats.
struct GradientBlock {
  float* dW_sum;  // (features, n_hidden, 16), from the lane slice on
  std::size_t n_hidden, n_quads, quad_stride;
};

/// dW[f, h] += sum over pairs of features[f] hidden[h], over all rows of all quads, for a block of `features`
/// x `hidden` weights. A tied W has two pairs, (D, H) and (X, G). Two matrices have one pair each.
template <std::size_t features, std::size_t hidden, std::size_t pairs>
SUPERPOSE_INLINE void AccumulateGradient(const GradientBlock& block, const PlanePair (&pair)[pairs]) {
  const Tag d;
  const std::size_t lanes = hn::Lanes(d);
  const auto total = [&](std::size_t f, std::size_t h)
                         HWY_ATTR { return block.dW_sum + (f * block.n_hidden + h) * 16; };
  Vec sum[features][hidden];
  ForEach<features, hidden>([&](auto f, auto h)
                                SUPERPOSE_INLINE_LAMBDA { sum[f][h] = hn::Load(d, total(f, h)); });
  std::size_t quad_at = 0;
  for (std::size_t quad = 0; quad < block.n_quads; ++quad, quad_at += block.quad_stride) {
    for (std::size_t r = 0; r < kQuadRows; ++r) {
      const std::size_t at = quad_at + r * lanes;
      const auto plane = [&](std::size_t k) HWY_ATTR { return at + k * kQuadRows * lanes; };
      Vec left[pairs][features];
      ForEach<pairs, features>([&](auto p, auto f) SUPERPOSE_INLINE_LAMBDA {
        left[p][f] = hn::Load(d, pair[p].features + plane(f));
      });
      ForEach<hidden, pairs>([&](auto h, auto p) SUPERPOSE_INLINE_LAMBDA {
        const Vec right = hn::Load(d, pair[p].hidden + plane(h));
        ForEach<features>(
            [&](auto f) SUPERPOSE_INLINE_LAMBDA { sum[f][h] = FusedMulAdd(left[p][f], right, sum[f][h]); });
      });
    }
  }
  ForEach<features, hidden>([&](auto f, auto h)
                                SUPERPOSE_INLINE_LAMBDA { hn::Store(sum[f][h], d, total(f, h)); });
}

/// ReLU on planes. planes: (n_planes, 4, lanes), in place.
HWY_NOINLINE inline void Rectify(float* HWY_RESTRICT planes, std::size_t n_planes) {
  const Tag d;
  for (std::size_t i = 0; i < n_planes * kQuadRows * hn::Lanes(d); i += hn::Lanes(d)) {
    const Vec value = hn::Load(d, planes + i);
    hn::Store(hn::IfThenZeroElse(hn::Le(value, hn::Zero(d)), value), d, planes + i);
  }
}

/// Turns the gradient after a ReLU into the one before it: 0 where the ReLU gave 0. rectified, gradient:
/// (n_planes, 4, lanes).
HWY_NOINLINE inline void Gate(const float* HWY_RESTRICT rectified, float* HWY_RESTRICT gradient,
                              std::size_t n_planes) {
  const Tag d;
  for (std::size_t i = 0; i < n_planes * kQuadRows * hn::Lanes(d); i += hn::Lanes(d)) {
    const auto cut = hn::Eq(hn::Load(d, rectified + i), hn::Zero(d));
    hn::Store(hn::IfThenZeroElse(cut, hn::Load(d, gradient + i)), d, gradient + i);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace superpose::kernels::cpu
HWY_AFTER_NAMESPACE();

#endif  // per target
