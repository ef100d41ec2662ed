// The forward pass through W W^T (gram-inl.h).
//
// Here vectors hold neighbouring features of one sample. Matrices lie in panels of 4 vectors of columns,
// (panel, feature, 4, lanes), so that Product (blocks-inl.h) takes X^T D like a quad of samples. Every sum
// runs over samples in their order, and within a sample over features in their order: the same on every
// vector width. Each active input loads and stores a row of X^T D. That limits GramRows to a third of the
// peak of multiply-adds: for 100 -> 20 it takes 2.5 cycles for each active input and each vector of outputs,
// forward and again backward.

#if defined(SUPERPOSE_KERNELS_CPU_GRAM_FORWARD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SUPERPOSE_KERNELS_CPU_GRAM_FORWARD_INL_H_
#undef SUPERPOSE_KERNELS_CPU_GRAM_FORWARD_INL_H_
#else
#define SUPERPOSE_KERNELS_CPU_GRAM_FORWARD_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "superpose/kernels/cpu/blocks-inl.h"
#include "superpose/kernels/cpu/fma-inl.h"
#include "superpose/kernels/cpu/gaps-inl.h"
#include "superpose/kernels/cpu/scratch.h"

HWY_BEFORE_NAMESPACE();
namespace superpose::kernels::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// How the matrices of one instruction set lie in GramScratch. A panel is 4 vectors of columns.
struct GramLayout {
  explicit GramLayout(const Step& step)
      : n(step.n_features),
        m(step.n_hidden),
        lanes(hn::Lanes(Tag())),
        columns(kQuadRows * lanes),
        column_bits(static_cast<int>(hwy::FloorLog2(static_cast<std::uint32_t>(columns)))),
        panels((n + columns - 1) / columns),
        stride(panels * columns),
        matrix(round_up(n, 4) * columns),
        hidden_stride(round_up(m, kLanes)) {}

  /// Calls body.template operator()<vectors>(), where `vectors` is how many vectors hold the features of the
  /// `count` panels from `panel` on.
  template <std::size_t count, class Body>
  void ForVectors(std::size_t panel, const Body& body) const {
    const std::size_t present = std::min(count * columns, n - panel * columns);
    ForBlock<count * kQuadRows>((present + lanes - 1) / lanes, body);
  }

  std::size_t n, m;
  std::size_t lanes;    // lanes of a vector
  std::size_t columns;  // columns of a panel, a power of two
  int column_bits;
  std::size_t panels;
  std::size_t stride;         // columns of all panels
  std::size_t matrix;         // floats of a panel of a matrix
  std::size_t hidden_stride;  // n_hidden rounded up to 16
};

/// How many panels GramRows takes at once. Each vector needs one register for the outputs, reused for their
/// gradient, and one for its sum.
inline constexpr std::size_t kGramPanels = kRegisters / 16;

/// What GramRows reads and writes: the columns of neighbouring panels of each array, and some rows of
/// candidates.
struct GramPart {
  const float* gram;         // (panels, n_features rounded up, 4, lanes): W W^T
  float* gram_gradient;      // (panels, n_features rounded up, 4, lanes): X^T D
  std::size_t panel_stride;  // floats from a panel of these two to the next
  const float* bias;         // (panels, 4, lanes)
  const float* coefficient;  // (panels, 4, lanes)
  float* db;                 // (panels, 4, lanes)
  const float* x;            // (n_rows, row_stride)
  float* D;                  // (n_rows, row_stride), out: gradient at the outputs
  std::size_t row_stride;
  const std::uint32_t* row_begin;  // (n_rows + 1): where a row's candidates begin
  const std::uint32_t* plane;      // of all candidates
  const float* value;              // of all candidates
  std::size_t n_rows;
};

/// Where the gradient at the outputs goes: into X^T D, or into memory for SparseRows.
enum class Backward { kProduct, kOutputs };

/// Forward pass of n_rows samples for `vectors` vectors of outputs, and what `backward` says.
template <std::size_t vectors, Backward backward>
HWY_NOINLINE void GramRows(const GramPart& part, float floor) {
  const Tag d;
  const std::size_t lanes = hn::Lanes(d);
  const Vec cut_at = hn::Set(d, floor);
  const auto at = [&](std::size_t v)
                      HWY_ATTR { return v / kQuadRows * part.panel_stride + v % kQuadRows * lanes; };
  Vec db[vectors];
  ForEach<vectors>([&](auto v) SUPERPOSE_INLINE_LAMBDA { db[v] = hn::Load(d, part.db + v * lanes); });
  for (std::size_t row = 0; row < part.n_rows; ++row) {
    const std::size_t begin = part.row_begin[row];
    const std::size_t end = part.row_begin[row + 1];
    Vec output[vectors];
    ForEach<vectors>([&](auto v) SUPERPOSE_INLINE_LAMBDA { output[v] = hn::Load(d, part.bias + v * lanes); });
    for (std::size_t i = begin; i < end; ++i) {
      const Vec x = hn::Set(d, part.value[i]);
      const float* HWY_RESTRICT gram = part.gram + part.plane[i];
      ForEach<vectors>([&](auto v) SUPERPOSE_INLINE_LAMBDA {
        output[v] = FusedMulAdd(x, hn::Load(d, gram + at(v)), output[v]);
      });
    }
    const float* HWY_RESTRICT input = part.x + row * part.row_stride;
    Vec gradient[vectors];
    ForEach<vectors>([&](auto v) SUPERPOSE_INLINE_LAMBDA {
      const auto cut = hn::Le(output[v], cut_at);
      const Vec error = hn::Sub(output[v], hn::Load(d, input + v * lanes));
      gradient[v] = hn::IfThenZeroElse(cut, hn::Mul(error, hn::Load(d, part.coefficient + v * lanes)));
      db[v] = hn::Add(db[v], gradient[v]);
      if constexpr (backward == Backward::kOutputs)
        hn::Store(gradient[v], d, part.D + row * part.row_stride + v * lanes);
    });
    if constexpr (backward == Backward::kProduct) {
      for (std::size_t i = begin; i < end; ++i) {
        const Vec x = hn::Set(d, part.value[i]);
        float* HWY_RESTRICT sum = part.gram_gradient + part.plane[i];
        ForEach<vectors>([&](auto v) SUPERPOSE_INLINE_LAMBDA {
          hn::Store(FusedMulAdd(x, gradient[v], hn::Load(d, sum + at(v))), d, sum + at(v));
        });
      }
    }
  }
  ForEach<vectors>([&](auto v) SUPERPOSE_INLINE_LAMBDA { hn::Store(db[v], d, part.db + v * lanes); });
}

/// The forward pass: makes rows of W W^T when they are needed, and the outputs of some rows of candidates.
class GramForward {
 public:
  /// parameter: W, then b_final. coefficient: (n_features).
  GramForward(const GramLayout& layout, const StepScratch& step, const GramScratch& gram, float floor)
      : at_(layout), W_(step.parameter), gram_(gram), floor_(floor) {
    std::fill_n(gram_.has_gram, at_.n, 0U);
    std::fill_n(gram_.db, at_.stride, 0.0F);
    const auto copy_padded = [&](const float* from, float* to) {
      std::fill_n(std::copy_n(from, at_.n, to), at_.stride - at_.n, 0.0F);
    };
    copy_padded(step.parameter + at_.n * at_.m, gram_.bias);
    copy_padded(step.coefficient, gram_.coefficient);
    for (std::size_t panel = 0; panel < at_.panels; ++panel) Transpose(panel);
  }

  /// Makes the rows of W W^T of features that are met for the first time.
  HWY_NOINLINE void MakeRows(const Candidates& candidates) const {
    std::uint32_t* const has_gram = gram_.has_gram;
    std::uint32_t* const new_rows = gram_.new_rows;
    const int bits = at_.column_bits;
    std::size_t count = 0;
    for (std::size_t i = 0; i < candidates.count; ++i) {
      const std::uint32_t f = candidates.plane[i] >> bits;
      new_rows[count] = f;
      count += 1 - has_gram[f];
      has_gram[f] = 1;
    }
    if (count == 0) return;
    for (std::size_t panel = 0; panel < at_.panels; ++panel) {
      float* const gram = gram_.gram + panel * at_.matrix;
      at_.ForVectors<1>(panel, [&]<std::size_t vectors>() HWY_ATTR {
        ForBlocks<kFeatureBlock>(count, [&]<std::size_t size>(std::size_t first) HWY_ATTR {
          const float* rows[size];
          for (std::size_t i = 0; i < size; ++i) rows[i] = W(new_rows[first + i]);
          Product<size, vectors>(
              at_.m, [&](std::size_t h, auto i) HWY_ATTR { return rows[i][h]; }, Transposed(panel),
              [&](auto i) HWY_ATTR { return gram + new_rows[first + i] * at_.columns; });
        });
      });
    }
  }

  /// Makes the outputs, and their gradient, of `rows` rows from `row` on.
  void Run(const Rows& block, std::size_t row, std::size_t rows, Backward backward) const {
    const Candidates& candidates = block.candidates;
    const std::uint32_t* const begin = block.begin + row;
    const auto place = [&](bool values) {
      for (std::size_t i = begin[0]; i < begin[rows]; ++i)
        gram_.x[(candidates.row[i] - row) * at_.stride + (candidates.plane[i] >> at_.column_bits)] =
            values ? candidates.value[i] : 0.0F;
    };
    place(true);
    for (std::size_t panel = 0; panel < at_.panels; panel += kGramPanels) {
      const std::size_t column = panel * at_.columns;
      const GramPart part{.gram = gram_.gram + panel * at_.matrix,
                          .gram_gradient = gram_.gram_gradient + panel * at_.matrix,
                          .panel_stride = at_.matrix,
                          .bias = gram_.bias + column,
                          .coefficient = gram_.coefficient + column,
                          .db = gram_.db + column,
                          .x = gram_.x + column,
                          .D = gram_.D + column,
                          .row_stride = at_.stride,
                          .row_begin = begin,
                          .plane = candidates.plane,
                          .value = candidates.value,
                          .n_rows = rows};
      at_.ForVectors<kGramPanels>(panel, [&]<std::size_t vectors>() HWY_ATTR {
        if (backward == Backward::kProduct) {
          GramRows<vectors, Backward::kProduct>(part, floor_);
        } else {
          GramRows<vectors, Backward::kOutputs>(part, floor_);
        }
      });
    }
    place(false);
  }

 private:
  [[nodiscard]] const float* W(std::size_t f) const { return W_ + f * at_.m; }
  [[nodiscard]] float* Transposed(std::size_t panel) const {
    return gram_.transposed + panel * at_.m * at_.columns;
  }

  /// Makes W^T of a panel's features.
  void Transpose(std::size_t panel) const {
    const std::size_t first = panel * at_.columns;
    float* const transposed = Transposed(panel);
    std::fill_n(transposed, at_.m * at_.columns, 0.0F);
    for (std::size_t c = 0; c < std::min(at_.columns, at_.n - first); ++c) {
      for (std::size_t h = 0; h < at_.m; ++h) transposed[h * at_.columns + c] = W(first + c)[h];
    }
  }

  const GramLayout& at_;
  const float* const W_;
  const GramScratch& gram_;
  const float floor_;
};

}  // namespace HWY_NAMESPACE
}  // namespace superpose::kernels::cpu
HWY_AFTER_NAMESPACE();

#endif  // per target
