// The gradient of the weights by way of X^T D (gram-inl.h): n^2 m multiply-adds a step, however few outputs
// have a gradient.

#if defined(SUPERPOSE_KERNELS_CPU_GRAM_PRODUCT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SUPERPOSE_KERNELS_CPU_GRAM_PRODUCT_INL_H_
#undef SUPERPOSE_KERNELS_CPU_GRAM_PRODUCT_INL_H_
#else
#define SUPERPOSE_KERNELS_CPU_GRAM_PRODUCT_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "superpose/kernels/cpu/gram-forward-inl.h"
#include "superpose/kernels/cpu/scratch.h"

HWY_BEFORE_NAMESPACE();
namespace superpose::kernels::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// dW by way of X^T D, which GramRows sums up. (X^T D + D^T X) W is made once a step.
class GramProduct {
 public:
  GramProduct(const GramLayout& layout, const StepScratch& step, const GramScratch& gram)
      : at_(layout), step_(step), gram_(gram) {}

  /// Call it before the first row.
  void Begin() const { std::fill_n(gram_.gram_gradient, at_.panels * at_.matrix, 0.0F); }

  /// Call it after the last row. Fills in the gradient of the weights.
  void End() const {
    AddTranspose();
    for (std::size_t panel = 0; panel < at_.panels; ++panel) EndPanel(panel);
  }

 private:
  /// dW of a panel's features: its columns of (X^T D + D^T X) W.
  void EndPanel(std::size_t panel) const {
    const std::size_t first = panel * at_.columns;
    float* const transposed = gram_.transposed + panel * at_.m * at_.columns;
    at_.ForVectors<1>(panel, [&]<std::size_t vectors>() HWY_ATTR {
      ForBlocks<kHiddenBlock>(at_.m, [&]<std::size_t size>(std::size_t h) HWY_ATTR {
        const float* const column = step_.parameter + h;
        Product<size, vectors>(
            at_.n, [&](std::size_t f, auto i) HWY_ATTR { return column[f * at_.m + i]; },
            gram_.gram_gradient + panel * at_.matrix,
            [&](auto i) HWY_ATTR { return transposed + (h + i) * at_.columns; });
      });
    });
    for (std::size_t c = 0; c < std::min(at_.columns, at_.n - first); ++c) {
      for (std::size_t h = 0; h < at_.m; ++h)
        step_.gradient[(first + c) * at_.m + h] = transposed[h * at_.columns + c];
    }
  }

  /// gram_gradient += its transpose. Blocks of 16 x 16 use whole cache lines of both.
  void AddTranspose() const {
    for (std::size_t i = 0; i < at_.n; i += kLanes) {
      for (std::size_t j = i; j < at_.n; j += kLanes) {
        for (std::size_t bi = i; bi < std::min<std::size_t>(i + kLanes, at_.n); bi += 4) {
          for (std::size_t bj = std::max(j, bi); bj < std::min<std::size_t>(j + kLanes, at_.n); bj += 4)
            AddBlockAndTranspose(bi, bj);
        }
      }
    }
  }

  using Four = hn::FixedTag<float, 4>;

  [[nodiscard]] float* Element(std::size_t row, std::size_t column) const {
    const std::size_t panel = column >> at_.column_bits;
    return gram_.gram_gradient + panel * at_.matrix + row * at_.columns + (column & (at_.columns - 1));
  }

  /// Transposes a block of 4 x 4.
  static HWY_INLINE void Transpose(hn::Vec<Four> (&a)[4]) {
    const Four d;
    const auto ac0 = hn::InterleaveLower(d, a[0], a[2]);  // a0 c0 a1 c1
    const auto ac2 = hn::InterleaveUpper(d, a[0], a[2]);
    const auto bd0 = hn::InterleaveLower(d, a[1], a[3]);
    const auto bd2 = hn::InterleaveUpper(d, a[1], a[3]);
    a[0] = hn::InterleaveLower(d, ac0, bd0);
    a[1] = hn::InterleaveUpper(d, ac0, bd0);
    a[2] = hn::InterleaveLower(d, ac2, bd2);
    a[3] = hn::InterleaveUpper(d, ac2, bd2);
  }

  /// Adds to each of the two 4 x 4 blocks at (i, j) and (j, i) the transpose of the other.
  HWY_INLINE void AddBlockAndTranspose(std::size_t i, std::size_t j) const {
    const Four d;
    float* const above = Element(i, j);
    float* const below = Element(j, i);
    hn::Vec<Four> upper[4], lower[4];
    for (std::size_t r = 0; r < 4; ++r) {
      upper[r] = hn::Load(d, above + r * at_.columns);
      lower[r] = hn::Load(d, below + r * at_.columns);
    }
    Transpose(lower);
    for (std::size_t r = 0; r < 4; ++r) {
      upper[r] = hn::Add(upper[r], lower[r]);
      hn::Store(upper[r], d, above + r * at_.columns);
    }
    if (j == i) return;  // one block, already done
    Transpose(upper);
    for (std::size_t r = 0; r < 4; ++r) hn::Store(upper[r], d, below + r * at_.columns);
  }

  const GramLayout& at_;
  const StepScratch& step_;
  const GramScratch& gram_;
};

}  // namespace HWY_NAMESPACE
}  // namespace superpose::kernels::cpu
HWY_AFTER_NAMESPACE();

#endif  // per target
