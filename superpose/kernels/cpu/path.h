#pragma once

#include "superpose/kernels/step.h"

/// The ways in which a training step can be computed.
namespace superpose::kernels::cpu {

struct Task;

enum class Path {
  kDense,    ///< a word for every feature of every sample, or samples that are given, all of them in lanes
             ///< (blocks-inl.h, small-inl.h)
  kCompact,  ///< drawn by gaps; the samples with a candidate in lanes, the others counted
  kGram,     ///< drawn by gaps; W W^T once a step, then only the rows of active features (gram-inl.h)
};

/// Whether the step is x' = ReLU(W W^T x + b_final) or the same without the ReLU, with its input for a
/// target: what W W^T and the small kernels are made for.
inline bool is_plain(const Step& step) {
  return step.tied && step.hidden == Activation::kIdentity && step.output != Activation::kGelu &&
         step.target == Target::kInput;
}

/// Whether Path::kGram can do the step.
bool fits_gram(const Step& step);

/// The cheapest path by a model of their costs (costs.h): a function of the task and of nothing else, because
/// the paths round differently.
Path choose_path(const Task& task);

}  // namespace superpose::kernels::cpu
