// The gradient of the weights where few outputs have a gradient (gram-inl.h): h, d and dW are computed only
// for those outputs and the active inputs, one by one.

#if defined(SUPERPOSE_KERNELS_CPU_GRAM_OUTPUTS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SUPERPOSE_KERNELS_CPU_GRAM_OUTPUTS_INL_H_
#undef SUPERPOSE_KERNELS_CPU_GRAM_OUTPUTS_INL_H_
#else
#define SUPERPOSE_KERNELS_CPU_GRAM_OUTPUTS_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "superpose/kernels/cpu/fma-inl.h"
#include "superpose/kernels/cpu/gram-forward-inl.h"
#include "superpose/kernels/cpu/scratch.h"

HWY_BEFORE_NAMESPACE();
namespace superpose::kernels::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// What SparseRows reads and writes, for some neighbouring hidden units.
struct SparsePart {
  const float* W;  // (n_features, hidden_stride)
  float* dW;       // (n_features, hidden_stride)
  std::size_t hidden_stride;
  const float* D;  // (n_rows, d_stride): gradient at the outputs
  std::size_t d_stride;
  const std::uint32_t* row_begin;  // as in GramPart
  const std::uint32_t* plane;
  const float* value;
  int plane_bits;  // plane = feature << plane_bits
  std::size_t n_rows;
  // The outputs that have a gradient, row by row.
  const std::uint32_t* output_begin;  // (n_rows + 1)
  const std::uint32_t* output;
};

/// dW of n_rows samples for `vectors` vectors of hidden units, from the outputs that have a gradient and the
/// inputs that are active.
template <std::size_t vectors>
HWY_NOINLINE void SparseRows(const SparsePart& part) {
  const Tag d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t row = 0; row < part.n_rows; ++row) {
    const std::size_t begin = part.row_begin[row];
    const std::size_t end = part.row_begin[row + 1];
    const auto weights = [&](std::size_t f) HWY_ATTR { return f * part.hidden_stride; };
    const auto feature = [&](std::size_t i)
                             HWY_ATTR { return std::size_t{part.plane[i] >> part.plane_bits}; };
    Vec hidden[vectors], gradient[vectors];
    ForEach<vectors>([&](auto v) SUPERPOSE_INLINE_LAMBDA { hidden[v] = gradient[v] = hn::Zero(d); });
    for (std::size_t i = begin; i < end; ++i) {
      const Vec x = hn::Set(d, part.value[i]);
      const float* HWY_RESTRICT w = part.W + weights(feature(i));
      ForEach<vectors>([&](auto v) SUPERPOSE_INLINE_LAMBDA {
        hidden[v] = FusedMulAdd(x, hn::Load(d, w + v * lanes), hidden[v]);
      });
    }
    const float* HWY_RESTRICT D = part.D + row * part.d_stride;
    for (std::size_t j = part.output_begin[row]; j < part.output_begin[row + 1]; ++j) {
      const std::size_t f = part.output[j];
      const Vec error = hn::Set(d, D[f]);
      const float* HWY_RESTRICT w = part.W + weights(f);
      float* HWY_RESTRICT dw = part.dW + weights(f);
      ForEach<vectors>([&](auto v) SUPERPOSE_INLINE_LAMBDA {
        gradient[v] = FusedMulAdd(error, hn::Load(d, w + v * lanes), gradient[v]);
        hn::Store(FusedMulAdd(error, hidden[v], hn::Load(d, dw + v * lanes)), d, dw + v * lanes);
      });
    }
    for (std::size_t i = begin; i < end; ++i) {
      const Vec x = hn::Set(d, part.value[i]);
      float* HWY_RESTRICT dw = part.dW + weights(feature(i));
      ForEach<vectors>([&](auto v) SUPERPOSE_INLINE_LAMBDA {
        hn::Store(FusedMulAdd(x, gradient[v], hn::Load(d, dw + v * lanes)), d, dw + v * lanes);
      });
    }
  }
}

/// dW from the outputs that have a gradient, given the rows of D that GramRows stored.
class GramOutputs {
 public:
  GramOutputs(const GramLayout& layout, const StepScratch& step, const GramScratch& gram)
      : at_(layout), step_(step), gram_(gram) {}

  /// Call it before the first row. Copies W into rows of whole vectors and clears its gradient.
  void Begin() const {
    std::fill_n(gram_.wide_W, at_.n * at_.hidden_stride, 0.0F);
    std::fill_n(gram_.wide_gradient, at_.n * at_.hidden_stride, 0.0F);
    for (std::size_t f = 0; f < at_.n; ++f)
      std::copy_n(step_.parameter + f * at_.m, at_.m, gram_.wide_W + f * at_.hidden_stride);
  }

  /// Lists the outputs that have a gradient, row by row, in GramScratch::output.
  HWY_NOINLINE void List(std::size_t rows) const {
    const Tag d;
    const hn::RebindToSigned<Tag> di;
    const hn::RebindToUnsigned<Tag> du;
    std::uint32_t* const output = gram_.output;
    std::uint32_t* const output_begin = gram_.output_begin;
    const auto n = hn::Set(di, static_cast<std::int32_t>(at_.n));
    std::size_t count = 0;
    for (std::size_t row = 0; row < rows; ++row) {
      output_begin[row] = static_cast<std::uint32_t>(count);
      const float* const D = gram_.D + row * at_.stride;
      auto f = hn::Iota(di, 0);
      for (std::size_t at = 0; at < at_.n; at += at_.lanes) {
        // A gradient that is not a number counts too. The columns that only fill up a panel do not.
        const auto none = hn::Eq(hn::Load(d, D + at), hn::Zero(d));
        const auto some = hn::AndNot(none, hn::RebindMask(d, hn::Gt(n, f)));
        hn::StoreU(hn::Compress(hn::BitCast(du, f), hn::RebindMask(du, some)), du, output + count);
        count += hn::CountTrue(d, some);
        f = hn::Add(f, hn::Set(di, static_cast<std::int32_t>(at_.lanes)));
      }
    }
    output_begin[rows] = static_cast<std::uint32_t>(count);
  }

  /// Adds the rows of the block whose outputs List has listed.
  void Add(const Rows& block, std::size_t row, std::size_t rows) const {
    constexpr std::size_t kMost = 4;
    ForBlocks<kMost>((at_.m + at_.lanes - 1) / at_.lanes,
                     [&]<std::size_t vectors>(std::size_t first) HWY_ATTR {
                       SparseRows<vectors>({.W = gram_.wide_W + first * at_.lanes,
                                            .dW = gram_.wide_gradient + first * at_.lanes,
                                            .hidden_stride = at_.hidden_stride,
                                            .D = gram_.D,
                                            .d_stride = at_.stride,
                                            .row_begin = block.begin + row,
                                            .plane = block.candidates.plane,
                                            .value = block.candidates.value,
                                            .plane_bits = at_.column_bits,
                                            .n_rows = rows,
                                            .output_begin = gram_.output_begin,
                                            .output = gram_.output});
                     });
  }

  /// Call it after the last row. Fills in the gradient of the weights.
  void End() const {
    for (std::size_t f = 0; f < at_.n; ++f)
      std::copy_n(gram_.wide_gradient + f * at_.hidden_stride, at_.m, step_.gradient + f * at_.m);
  }

 private:
  const GramLayout& at_;
  const StepScratch& step_;
  const GramScratch& gram_;
};

}  // namespace HWY_NAMESPACE
}  // namespace superpose::kernels::cpu
HWY_AFTER_NAMESPACE();

#endif  // per target
