#pragma once

#include <cstdint>
#include <span>

#include "superpose/models/model.h"

namespace superpose {

// What a model computes, for looking at it: training uses kernels/ instead. All arrays are row-major; inputs
// may be any numbers. Errors: InvalidRequest when an argument does not have the right size.

/// The hidden layer, after its activation: hidden(W^T x). x: (batch, n_instances, n_features). out: (batch,
/// n_instances, n_hidden).
void hidden(const Model& model, std::span<const float> x, std::span<float> out);

/// The output x' = output(W2 h + b_final). x, out: (batch, n_instances, n_features).
void apply(const Model& model, std::span<const float> x, std::span<float> out);

}  // namespace superpose
