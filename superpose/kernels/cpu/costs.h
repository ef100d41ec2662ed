#pragma once

#include <cstddef>

#include "superpose/kernels/cpu/engine.h"

/// What a training step costs each way, in cycles of one core: measured with AVX-512 (docs/performance.md),
/// within a fifth where the ways meet. The same numbers on every machine, because they decide which way a
/// step goes, and the ways round differently.
namespace superpose::kernels::cpu {

/// Every sample in lanes.
double dense_cycles(const Step& step, std::size_t batch_size);
/// Samples drawn by gaps; those with a candidate in lanes.
double compact_cycles(const Task& task);
/// Samples drawn by gaps; the gradient through W W^T.
double gram_cycles(const Task& task);

/// About how many cycles of one core a training step of the task takes, along the path that it takes.
double step_cycles(const Task& task);

/// Counts from the first rows of a step: they decide how a step through W W^T goes backward. Costs count
/// vectors of 16, whatever the instruction set has.
struct GramProbe {
  std::size_t rows;        ///< that were looked at
  std::size_t inputs;      ///< candidates of these rows
  std::size_t outputs;     ///< outputs of these rows that have a gradient
  std::size_t batch_rows;  ///< rows of the batch, about
};

/// Cycles that these rows take backward through X^T D.
std::size_t backward_by_product_cycles(const Step& step, const GramProbe& probe);
/// Cycles that these rows take backward by the outputs that have a gradient.
std::size_t backward_by_outputs_cycles(const Step& step, const GramProbe& probe);

}  // namespace superpose::kernels::cpu
