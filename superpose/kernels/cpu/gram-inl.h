// The gradient of a sparse batch through W W^T. An output is W_f . h + b_f = b_f + sum_k x_k (W W^T)_kf over
// the active inputs k, and with d the gradient at the outputs,
//   dW = D^T X W + X^T D W = (P + P^T) W,   P = X^T D.
// So a sample needs one row of W W^T for each active feature, and adds to one row of P for each: 2 k n
// multiply-adds for k active features, where the layers cost 5 n m. Rows of W W^T are made once a step, for
// the features that are met; (P + P^T) W once at its end.
//
// Where few outputs have a gradient, as when most biases are well below 0, P is not worth its n^2 m: then h,
// d and dW follow those outputs and the active inputs one by one (SparseRows). The first rows of a step show
// how many there are, and so the way back is a function of the experiment too.
//
// Here vectors hold neighbouring features of one sample. Matrices lie in panels of 4 vectors of columns,
// (panel, feature, 4, lanes), so that P goes through the same product as a quad of samples (blocks-inl.h).
// Every sum runs over samples, and within one over features, in their order: the same on every vector width.
// A row of P is loaded and stored for each active input, which bounds GramRows to a third of the peak of
// multiply-adds: for 100 -> 20 it takes 2.5 cycles a vector of outputs and input each way.

#if defined(SUPERPOSE_KERNELS_CPU_GRAM_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SUPERPOSE_KERNELS_CPU_GRAM_INL_H_
#undef SUPERPOSE_KERNELS_CPU_GRAM_INL_H_
#else
#define SUPERPOSE_KERNELS_CPU_GRAM_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "superpose/kernels/cpu/blocks-inl.h"
#include "superpose/kernels/cpu/scratch.h"

HWY_BEFORE_NAMESPACE();
namespace superpose::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Panels that GramRows takes at once: a register for each vector of outputs, then of their gradient, and one
/// for its sum.
inline constexpr std::size_t kGramPanels = kRegisters / 16;

/// What GramRows reads and writes: neighbouring panels' columns of each array, and some rows of candidates.
struct GramPart {
  const float* gram;         // (panels, n_features rounded up, 4, lanes): W W^T
  float* gram_gradient;      // the same: X^T D
  std::size_t panel_stride;  // floats from a panel of these to the next
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

/// What becomes of the gradient at the outputs: into X^T D, or stored for SparseRows.
enum class Backward { kGram, kStore };

/// Forward pass of n_rows samples at `vectors` vectors of outputs, and what follows it.
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
        output[v] = hn::MulAdd(x, hn::Load(d, gram + at(v)), output[v]);
      });
    }
    const float* HWY_RESTRICT input = part.x + row * part.row_stride;
    Vec gradient[vectors];
    ForEach<vectors>([&](auto v) SUPERPOSE_INLINE_LAMBDA {
      const auto cut = hn::Le(output[v], cut_at);
      const Vec error = hn::Sub(output[v], hn::Load(d, input + v * lanes));
      gradient[v] = hn::IfThenZeroElse(cut, hn::Mul(error, hn::Load(d, part.coefficient + v * lanes)));
      db[v] = hn::Add(db[v], gradient[v]);
      if constexpr (backward == Backward::kStore)
        hn::Store(gradient[v], d, part.D + row * part.row_stride + v * lanes);
    });
    if constexpr (backward == Backward::kGram) {
      for (std::size_t i = begin; i < end; ++i) {
        const Vec x = hn::Set(d, part.value[i]);
        float* HWY_RESTRICT sum = part.gram_gradient + part.plane[i];
        ForEach<vectors>([&](auto v) SUPERPOSE_INLINE_LAMBDA {
          hn::Store(hn::MulAdd(x, gradient[v], hn::Load(d, sum + at(v))), d, sum + at(v));
        });
      }
    }
  }
  ForEach<vectors>([&](auto v) SUPERPOSE_INLINE_LAMBDA { hn::Store(db[v], d, part.db + v * lanes); });
}

/// What SparseRows reads and writes, at some neighbouring hidden units.
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
  // Row by row, the outputs that have a gradient.
  const std::uint32_t* output_begin;  // (n_rows + 1)
  const std::uint32_t* output;
};

/// dW of n_rows samples at `vectors` vectors of hidden units, by outputs that have a gradient and inputs that
/// are active.
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
        hidden[v] = hn::MulAdd(x, hn::Load(d, w + v * lanes), hidden[v]);
      });
    }
    const float* HWY_RESTRICT D = part.D + row * part.d_stride;
    for (std::size_t j = part.output_begin[row]; j < part.output_begin[row + 1]; ++j) {
      const std::size_t f = part.output[j];
      const Vec error = hn::Set(d, D[f]);
      const float* HWY_RESTRICT w = part.W + weights(f);
      float* HWY_RESTRICT dw = part.dW + weights(f);
      ForEach<vectors>([&](auto v) SUPERPOSE_INLINE_LAMBDA {
        gradient[v] = hn::MulAdd(error, hn::Load(d, w + v * lanes), gradient[v]);
        hn::Store(hn::MulAdd(error, hidden[v], hn::Load(d, dw + v * lanes)), d, dw + v * lanes);
      });
    }
    for (std::size_t i = begin; i < end; ++i) {
      const Vec x = hn::Set(d, part.value[i]);
      float* HWY_RESTRICT dw = part.dW + weights(feature(i));
      ForEach<vectors>([&](auto v) SUPERPOSE_INLINE_LAMBDA {
        hn::Store(hn::MulAdd(x, gradient[v], hn::Load(d, dw + v * lanes)), d, dw + v * lanes);
      });
    }
  }
}

/// One step's gradient by way of W W^T.
class Gram {
 public:
  Gram(const Instance& instance, const Scratch& scratch, float floor)
      : scratch_(scratch),
        n_(instance.n_features),
        m_(instance.n_hidden),
        floor_(floor),
        lanes_(hn::Lanes(Tag())),
        columns_(kQuadRows * lanes_),
        column_bits_(static_cast<int>(hwy::FloorLog2(static_cast<std::uint32_t>(columns_)))),
        panels_((n_ + columns_ - 1) / columns_),
        stride_(panels_ * columns_),
        matrix_(round_up(n_, 4) * columns_),
        hidden_stride_(round_up(m_, kLanes)),
        batch_size_(instance.batch_size) {
    std::fill_n(scratch_.has_gram, n_, 0U);
    std::fill_n(scratch_.db, stride_, 0.0F);
    const auto copy_padded = [&](const float* from, float* to) {
      std::fill_n(std::copy_n(from, n_, to), stride_ - n_, 0.0F);
    };
    copy_padded(W(0) + n_ * m_, scratch_.bias);
    copy_padded(scratch_.coefficient, scratch_.gram_coefficient);
    for (std::size_t panel = 0; panel < panels_; ++panel) {
      const std::size_t first = panel * columns_;
      float* const transposed = Transposed(panel);
      std::fill_n(transposed, m_ * columns_, 0.0F);
      for (std::size_t c = 0; c < std::min(columns_, n_ - first); ++c) {
        for (std::size_t h = 0; h < m_; ++h) transposed[h * columns_ + c] = W(first + c)[h];
      }
    }
  }

  /// Sums over a block's rows, which come from n_samples samples. The first rows of all decide how the step
  /// goes backward.
  void Add(const Candidates& candidates, std::size_t n_rows, std::size_t n_samples) {
    MakeRows(candidates);
    if (!decided_ && n_rows > 0) Decide(candidates, n_rows, n_rows * batch_size_ / n_samples);
    for (std::size_t row = 0; row < n_rows; row += kGramRows) {
      const std::size_t rows = std::min(kGramRows, n_rows - row);
      Forward(candidates, row, rows, backward_);
      if (backward_ == Backward::kStore) {
        ListOutputs(rows);
        BackwardByOutputs(candidates, row, rows);
      }
    }
  }

  /// After the last block: Scratch::gradient.
  void End() {
    if (backward_ == Backward::kStore) {
      for (std::size_t f = 0; f < n_; ++f)
        std::copy_n(scratch_.wide_gradient + f * hidden_stride_, m_, scratch_.gradient + f * m_);
    } else if (decided_) {
      AddTranspose();
      for (std::size_t panel = 0; panel < panels_; ++panel) EndPanel(panel);
    } else {
      std::fill_n(scratch_.gradient, n_ * m_, 0.0F);  // no sample had an active feature
    }
    std::copy_n(scratch_.db, n_, scratch_.gradient + n_ * m_);
  }

 private:
  [[nodiscard]] const float* W(std::size_t f) const { return scratch_.parameter + f * m_; }
  [[nodiscard]] float* Transposed(std::size_t panel) const {
    return scratch_.transposed + panel * m_ * columns_;
  }

  /// Calls body.template operator()<vectors>() with the number of vectors that so many panels from `panel` on
  /// fill.
  template <std::size_t panels, class Body>
  void ForVectors(std::size_t panel, const Body& body) const {
    const std::size_t present = std::min(panels * columns_, n_ - panel * columns_);
    ForBlock<panels * kQuadRows>((present + lanes_ - 1) / lanes_, body);
  }

  /// The rows of W W^T of features that are met for the first time.
  HWY_NOINLINE void MakeRows(const Candidates& candidates) const {
    std::uint32_t* const has_gram = scratch_.has_gram;
    std::uint32_t* const new_rows = scratch_.new_rows;
    const int bits = column_bits_;
    std::size_t count = 0;
    for (std::size_t i = 0; i < candidates.count; ++i) {
      const std::uint32_t f = candidates.plane[i] >> bits;
      new_rows[count] = f;
      count += 1 - has_gram[f];
      has_gram[f] = 1;
    }
    if (count == 0) return;
    for (std::size_t panel = 0; panel < panels_; ++panel) {
      float* const gram = scratch_.gram + panel * matrix_;
      ForVectors<1>(panel, [&]<std::size_t vectors>() HWY_ATTR {
        ForBlocks<kFeatureBlock>(count, [&]<std::size_t size>(std::size_t first) HWY_ATTR {
          const float* rows[size];
          for (std::size_t i = 0; i < size; ++i) rows[i] = W(new_rows[first + i]);
          Product<size, vectors>(
              m_, [&](std::size_t h, auto i) HWY_ATTR { return rows[i][h]; }, Transposed(panel),
              [&](auto i) HWY_ATTR { return gram + new_rows[first + i] * columns_; });
        });
      });
    }
  }

  void Forward(const Candidates& candidates, std::size_t row, std::size_t rows, Backward backward) const {
    const std::uint32_t* const begin = scratch_.row_begin + row;
    const auto place = [&](bool values) {
      for (std::size_t i = begin[0]; i < begin[rows]; ++i)
        scratch_.x[(candidates.row[i] - row) * stride_ + (candidates.plane[i] >> column_bits_)] =
            values ? candidates.value[i] : 0.0F;
    };
    place(true);
    for (std::size_t panel = 0; panel < panels_; panel += kGramPanels) {
      const std::size_t column = panel * columns_;
      const GramPart part{.gram = scratch_.gram + panel * matrix_,
                          .gram_gradient = scratch_.gram_gradient + panel * matrix_,
                          .panel_stride = matrix_,
                          .bias = scratch_.bias + column,
                          .coefficient = scratch_.gram_coefficient + column,
                          .db = scratch_.db + column,
                          .x = scratch_.x + column,
                          .D = scratch_.D + column,
                          .row_stride = stride_,
                          .row_begin = begin,
                          .plane = candidates.plane,
                          .value = candidates.value,
                          .n_rows = rows};
      ForVectors<kGramPanels>(panel, [&]<std::size_t vectors>() HWY_ATTR {
        if (backward == Backward::kGram) {
          GramRows<vectors, Backward::kGram>(part, floor_);
        } else {
          GramRows<vectors, Backward::kStore>(part, floor_);
        }
      });
    }
    place(false);
  }

  /// Row by row, the outputs that have a gradient: Scratch::output.
  HWY_NOINLINE void ListOutputs(std::size_t rows) const {
    const Tag d;
    const hn::RebindToSigned<Tag> di;
    const hn::RebindToUnsigned<Tag> du;
    std::uint32_t* const output = scratch_.output;
    std::uint32_t* const output_begin = scratch_.output_begin;
    const auto n = hn::Set(di, static_cast<std::int32_t>(n_));
    std::size_t count = 0;
    for (std::size_t row = 0; row < rows; ++row) {
      output_begin[row] = static_cast<std::uint32_t>(count);
      const float* const D = scratch_.D + row * stride_;
      auto f = hn::Iota(di, 0);
      for (std::size_t at = 0; at < n_; at += lanes_) {
        // Also where it is not a number, but not in the columns that fill up a panel.
        const auto none = hn::Eq(hn::Load(d, D + at), hn::Zero(d));
        const auto some = hn::AndNot(none, hn::RebindMask(d, hn::Gt(n, f)));
        hn::StoreU(hn::Compress(hn::BitCast(du, f), hn::RebindMask(du, some)), du, output + count);
        count += hn::CountTrue(d, some);
        f = hn::Add(f, hn::Set(di, static_cast<std::int32_t>(lanes_)));
      }
    }
    output_begin[rows] = static_cast<std::uint32_t>(count);
  }

  /// Whether outputs with a gradient are so few that visiting them costs less than X^T D: counts those of a
  /// few rows, and compares what the two ways take, in cycles. In vectors of 16, whatever their width here:
  /// the ways round differently. n_rows: of the block; batch_rows: of the batch, about.
  void Decide(const Candidates& candidates, std::size_t n_rows, std::size_t batch_rows) {
    constexpr std::size_t kProbe = 16;
    decided_ = true;
    const std::size_t rows = std::min(kProbe, n_rows);
    Forward(candidates, 0, rows, Backward::kStore);
    std::fill_n(scratch_.db, stride_, 0.0F);
    ListOutputs(rows);
    const std::size_t outputs = scratch_.output_begin[rows];
    const std::size_t inputs = scratch_.row_begin[rows];
    const std::size_t wide = (n_ + kLanes - 1) / kLanes;
    const std::size_t deep = hidden_stride_ / kLanes;
    const std::size_t by_gram = 3 * inputs * wide + rows * wide * n_ * (2 * m_ + 16) / (2 * batch_rows);
    const std::size_t by_outputs = 5 * (outputs + inputs) * deep + rows * (8 * wide + 40);
    backward_ = by_outputs < by_gram ? Backward::kStore : Backward::kGram;
    if (backward_ == Backward::kGram) {
      std::fill_n(scratch_.gram_gradient, panels_ * matrix_, 0.0F);
    } else {
      std::fill_n(scratch_.wide_W, n_ * hidden_stride_, 0.0F);
      std::fill_n(scratch_.wide_gradient, n_ * hidden_stride_, 0.0F);
      for (std::size_t f = 0; f < n_; ++f) std::copy_n(W(f), m_, scratch_.wide_W + f * hidden_stride_);
    }
  }

  void BackwardByOutputs(const Candidates& candidates, std::size_t row, std::size_t rows) const {
    constexpr std::size_t kMost = 4;
    ForBlocks<kMost>((m_ + lanes_ - 1) / lanes_, [&]<std::size_t vectors>(std::size_t first) HWY_ATTR {
      SparseRows<vectors>({.W = scratch_.wide_W + first * lanes_,
                           .dW = scratch_.wide_gradient + first * lanes_,
                           .hidden_stride = hidden_stride_,
                           .D = scratch_.D,
                           .d_stride = stride_,
                           .row_begin = scratch_.row_begin + row,
                           .plane = candidates.plane,
                           .value = candidates.value,
                           .plane_bits = column_bits_,
                           .n_rows = rows,
                           .output_begin = scratch_.output_begin,
                           .output = scratch_.output});
    });
  }

  /// dW of a panel's features: its columns of (X^T D + D^T X) W.
  void EndPanel(std::size_t panel) const {
    const std::size_t first = panel * columns_;
    float* const transposed = Transposed(panel);
    ForVectors<1>(panel, [&]<std::size_t vectors>() HWY_ATTR {
      ForBlocks<kHiddenBlock>(m_, [&]<std::size_t size>(std::size_t h) HWY_ATTR {
        const float* const column = W(0) + h;
        Product<size, vectors>(
            n_, [&](std::size_t f, auto i) HWY_ATTR { return column[f * m_ + i]; },
            scratch_.gram_gradient + panel * matrix_,
            [&](auto i) HWY_ATTR { return transposed + (h + i) * columns_; });
      });
    });
    for (std::size_t c = 0; c < std::min(columns_, n_ - first); ++c) {
      for (std::size_t h = 0; h < m_; ++h)
        scratch_.gradient[(first + c) * m_ + h] = transposed[h * columns_ + c];
    }
  }

  /// gram_gradient += its transpose, in blocks of 4 x 4.
  void AddTranspose() const {
    const hn::FixedTag<float, 4> d;
    const auto at = [&](std::size_t row, std::size_t column) {
      const std::size_t panel = column >> column_bits_;
      return scratch_.gram_gradient + panel * matrix_ + row * columns_ + (column & (columns_ - 1));
    };
    const auto transpose = [&](auto& a) HWY_ATTR {
      const auto ac0 = hn::InterleaveLower(d, a[0], a[2]);  // a0 c0 a1 c1
      const auto ac2 = hn::InterleaveUpper(d, a[0], a[2]);
      const auto bd0 = hn::InterleaveLower(d, a[1], a[3]);
      const auto bd2 = hn::InterleaveUpper(d, a[1], a[3]);
      a[0] = hn::InterleaveLower(d, ac0, bd0);
      a[1] = hn::InterleaveUpper(d, ac0, bd0);
      a[2] = hn::InterleaveLower(d, ac2, bd2);
      a[3] = hn::InterleaveUpper(d, ac2, bd2);
    };
    const std::size_t columns = columns_;
    const auto add = [&](std::size_t i, std::size_t j) HWY_ATTR {
      float* const above = at(i, j);
      float* const below = at(j, i);
      hn::Vec<decltype(d)> upper[4], lower[4];
      for (std::size_t r = 0; r < 4; ++r) {
        upper[r] = hn::Load(d, above + r * columns);
        lower[r] = hn::Load(d, below + r * columns);
      }
      transpose(lower);
      for (std::size_t r = 0; r < 4; ++r) {
        upper[r] = hn::Add(upper[r], lower[r]);
        hn::Store(upper[r], d, above + r * columns);
      }
      if (j == i) return;  // it is its own transpose
      transpose(upper);
      for (std::size_t r = 0; r < 4; ++r) hn::Store(upper[r], d, below + r * columns);
    };
    // Blocks of 16 x 16 use whole cache lines of both.
    for (std::size_t i = 0; i < n_; i += kLanes) {
      for (std::size_t j = i; j < n_; j += kLanes) {
        for (std::size_t bi = i; bi < std::min<std::size_t>(i + kLanes, n_); bi += 4) {
          for (std::size_t bj = std::max(j, bi); bj < std::min<std::size_t>(j + kLanes, n_); bj += 4)
            add(bi, bj);
        }
      }
    }
  }

  const Scratch& scratch_;
  const std::size_t n_, m_;
  const float floor_;
  const std::size_t lanes_;
  const std::size_t columns_;  // of a panel, a power of two
  const int column_bits_;
  const std::size_t panels_;
  const std::size_t stride_;  // columns of all panels
  const std::size_t matrix_;  // floats of a panel of a matrix
  const std::size_t hidden_stride_;
  const std::size_t batch_size_;
  bool decided_ = false;
  Backward backward_ = Backward::kGram;
};

}  // namespace HWY_NAMESPACE
}  // namespace superpose::kernels
HWY_AFTER_NAMESPACE();

#endif  // per target
