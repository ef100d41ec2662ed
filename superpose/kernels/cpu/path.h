#pragma once

#include "superpose/kernels/engine.h"

/// Which of the engine's ways a training step goes.
namespace superpose::kernels {

enum class Path {
  kDense,    ///< a word for every feature of every sample, or samples that are given, all of them in lanes
             ///< (blocks-inl.h, small-inl.h)
  kCompact,  ///< drawn by gaps; the samples with a candidate in lanes, the others counted
  kGram,     ///< drawn by gaps; W W^T once a step, then only the rows of active features (gram-inl.h)
};

/// Whether the instance is x' = ReLU(W W^T x + b_final) or the same without the ReLU, with its input for a
/// target: what W W^T and the small kernels are made for.
inline bool is_plain(const Instance& instance) {
  return instance.tied && instance.hidden == Activation::kIdentity && instance.output != Activation::kGelu &&
         !instance.absolute_target && instance.target == nullptr;
}

/// The cheapest one by a model of their costs: a function of the instance and of nothing else, because the
/// paths round differently.
Path choose_path(const Instance& instance);

}  // namespace superpose::kernels
