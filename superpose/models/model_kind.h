#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace superpose {

/// What an instance computes from its input x. [P, section 2]
enum class ModelKind {
  kLinear,      ///< x' = W h + b_final, h = W^T x
  kReluOutput,  ///< x' = ReLU(W h + b_final), h = W^T x
};

/// The kind's name in experiment files: "linear", "relu_output".
std::string_view name(ModelKind kind);

/// The kind of that name, if there is one.
std::optional<ModelKind> find_model_kind(std::string_view name);

/// Every kind's name, for messages: `linear, relu_output`.
std::string model_kind_names();

}  // namespace superpose
