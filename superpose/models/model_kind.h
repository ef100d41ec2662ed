#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "superpose/core/activation.h"

namespace superpose {

/// What an instance computes from its input x. A kind with one matrix calls it W. In a kind with two, W1
/// leads to the hidden layer and W2 away from it, both (n_features, n_hidden). [P, section 2; "Superposition
/// in a privileged basis"; "Computation in superposition"]
enum class ModelKind {
  kLinear,         ///< x' = W h + b_final, h = W^T x
  kReluOutput,     ///< x' = ReLU(W h + b_final), h = W^T x
  kGeluOutput,     ///< x' = GELU(W h + b_final), h = W^T x
  kReluHidden,     ///< x' = ReLU(W h + b_final), h = ReLU(W^T x)
  kUntied,         ///< x' = ReLU(W2 h + b_final), h = W1^T x
  kAbsoluteValue,  ///< x' = ReLU(W2 h + b_final), h = ReLU(W1^T x), trained towards |x|
};

/// What a kind is made of: x' = output(W2 h + b_final), h = hidden(W1^T x).
struct KindParts {
  Activation hidden = Activation::kIdentity;  ///< kIdentity or kRelu
  Activation output = Activation::kRelu;
  bool tied = true;              ///< W2 is W1
  bool absolute_target = false;  ///< the target is |x|; otherwise x
};
KindParts parts(ModelKind kind);

/// The kind's name in experiment files: "linear", "relu_output".
std::string_view name(ModelKind kind);

/// The kind of that name, if there is one.
std::optional<ModelKind> find_model_kind(std::string_view name);

/// Every kind's name, for messages: `linear, relu_output, ...`.
std::string model_kind_names();

}  // namespace superpose
