#pragma once

#include "superpose/kernels/step.h"

/// The ways in which a training step can be computed.
namespace superpose::kernels::cpu {

struct Task;

enum class Path {
  /// All samples in lanes (blocks-inl.h, small-inl.h). They have a word for every feature, or are given.
  kDense,
  /// Samples drawn by gaps. Those with a candidate are in lanes; the others are only counted.
  kCompact,
  /// Samples drawn by gaps. W W^T is made once a step; then only the rows of active features are used
  /// (gram-inl.h).
  kGram,
};

/// Whether the step is x' = ReLU(W W^T x + b_final), with or without the ReLU, and its target is its input. W
/// W^T and the small kernels are made for these steps.
inline bool is_plain(const Step& step) {
  return step.tied && step.hidden == Activation::kIdentity && step.output != Activation::kGelu &&
         step.target == Target::kInput;
}

/// Whether Path::kGram can do the step.
bool fits_gram(const Step& step);

/// The path that costs least by the cost model (costs.h). The choice depends on the task alone, because the
/// paths round differently.
Path choose_path(const Task& task);

}  // namespace superpose::kernels::cpu
