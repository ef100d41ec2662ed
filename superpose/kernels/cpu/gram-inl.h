// The gradient of a sparse batch through W W^T. An output is W_f . h + b_f = b_f + sum_k x_k (W W^T)_kf over
// the active inputs k. With d the gradient at the outputs, and X and D all samples' x and d,
//   dW = D^T X W + X^T D W = (P + P^T) W,   P = X^T D.
// So for each active feature a sample reads one row of W W^T and adds to one row of P: 2 k n multiply-adds
// for k active features, where the layers cost 5 n m. Rows of W W^T are made once a step, for the features
// that are met (gram-forward-inl.h). (P + P^T) W is made once at the end of the step (gram-product-inl.h).
//
// Where few outputs have a gradient, as when most biases are well below 0, P does not repay its n^2 m. Then
// h, d and dW are computed only for those outputs and the active inputs, one by one (gram-outputs-inl.h). The
// first rows of a step show how many such outputs there are. So the way back, too, depends on the experiment
// alone.

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

#include "superpose/kernels/cpu/costs.h"
#include "superpose/kernels/cpu/gram-forward-inl.h"
#include "superpose/kernels/cpu/gram-outputs-inl.h"
#include "superpose/kernels/cpu/gram-product-inl.h"
#include "superpose/kernels/cpu/scratch.h"

HWY_BEFORE_NAMESPACE();
namespace superpose::kernels::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// The gradient of one step by way of W W^T.
class Gram {
 public:
  Gram(const Task& task, const Scratch& scratch, float floor)
      : step_(task.step),
        batch_size_(task.batch_size),
        scratch_(scratch.step),
        gram_(scratch.gram),
        layout_(task.step),
        forward_(layout_, scratch_, gram_, floor),
        product_(layout_, scratch_, gram_),
        outputs_(layout_, scratch_, gram_) {}

  /// Adds the rows of a block, which come from n_samples samples. The first rows of the step decide how it
  /// goes backward.
  void Add(const Rows& block, std::size_t n_samples) {
    forward_.MakeRows(block.candidates);
    if (!decided_ && block.count > 0) Decide(block, block.count * batch_size_ / n_samples);
    for (std::size_t row = 0; row < block.count; row += kGramRows) {
      const std::size_t rows = std::min(kGramRows, block.count - row);
      forward_.Run(block, row, rows, backward_);
      if (backward_ == Backward::kOutputs) {
        outputs_.List(rows);
        outputs_.Add(block, row, rows);
      }
    }
  }

  /// Fills StepScratch::gradient, after the last block.
  void End() {
    const std::size_t n = layout_.n;
    if (!decided_) {  // no sample had an active feature
      std::fill_n(scratch_.gradient, n * layout_.m, 0.0F);
    } else if (backward_ == Backward::kOutputs) {
      outputs_.End();
    } else {
      product_.End();
    }
    std::copy_n(gram_.db, n, scratch_.gradient + n * layout_.m);
  }

 private:
  /// The referee: compares what the two ways back would cost for the first rows. batch_rows: about how many
  /// rows the batch has.
  void Decide(const Rows& block, std::size_t batch_rows) {
    constexpr std::size_t kProbe = 16;
    decided_ = true;
    const std::size_t rows = std::min(kProbe, block.count);
    forward_.Run(block, 0, rows, Backward::kOutputs);
    std::fill_n(gram_.db, layout_.stride, 0.0F);
    outputs_.List(rows);
    const GramProbe probe{.rows = rows,
                          .inputs = block.begin[rows],
                          .outputs = gram_.output_begin[rows],
                          .batch_rows = batch_rows};
    if (backward_by_outputs_cycles(step_, probe) < backward_by_product_cycles(step_, probe)) {
      backward_ = Backward::kOutputs;
      outputs_.Begin();
    } else {
      backward_ = Backward::kProduct;
      product_.Begin();
    }
  }

  const Step& step_;
  const std::size_t batch_size_;
  const StepScratch& scratch_;
  const GramScratch& gram_;
  const GramLayout layout_;
  const GramForward forward_;
  const GramProduct product_;
  const GramOutputs outputs_;
  bool decided_ = false;
  Backward backward_ = Backward::kProduct;
};

}  // namespace HWY_NAMESPACE
}  // namespace superpose::kernels::cpu
HWY_AFTER_NAMESPACE();

#endif  // per target
