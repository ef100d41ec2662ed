#pragma once

#include <cstddef>

#include "superpose/kernels/cpu/engine.h"

/// What a training step costs along each path, in cycles of one core: measured with AVX-512
/// (docs/performance.md), within a fifth where two paths cost the same. Every machine uses the same numbers,
/// because they decide which path a step takes, and the paths round differently.
namespace superpose::kernels::cpu {

/// Of a core of the machine that the costs were measured on.
inline constexpr double kCyclesPerSecond = 3.5e9;

/// Path::kDense: every sample in lanes.
double dense_cycles(const Step& step, std::size_t batch_size);
/// Path::kCompact: samples drawn by gaps, and those with a candidate in lanes.
double compact_cycles(const Task& task);
/// Path::kGram: samples drawn by gaps, and the gradient through W W^T.
double gram_cycles(const Task& task);

/// About how many cycles of one core a training step of the task takes, along its own path.
double step_cycles(const Task& task);

/// Counts from the first rows of a step. They decide how a step through W W^T goes backward. Costs count
/// vectors of 16 floats, whatever vectors the instruction set has.
struct GramProbe {
  std::size_t rows;        ///< rows that were counted
  std::size_t inputs;      ///< candidates of these rows
  std::size_t outputs;     ///< outputs of these rows that have a gradient
  std::size_t batch_rows;  ///< about how many rows the batch has
};

/// Cycles that the backward pass of these rows takes through X^T D.
std::size_t backward_by_product_cycles(const Step& step, const GramProbe& probe);
/// Cycles that the backward pass of these rows takes by way of the outputs that have a gradient.
std::size_t backward_by_outputs_cycles(const Step& step, const GramProbe& probe);

}  // namespace superpose::kernels::cpu
