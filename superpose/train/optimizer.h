#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace superpose {

/// How gradients become updates. The meanings and defaults are PyTorch's.
enum class OptimizerKind {
  kAdamW,  ///< Adam with decoupled weight decay (Loshchilov and Hutter, 2019)
  kAdam,   ///< Adam (Kingma and Ba, 2015); weight_decay adds an L2 term to the gradient
  kSgd,    ///< gradient descent with momentum; weight_decay adds an L2 term to the gradient
};

struct OptimizerOptions {
  OptimizerKind kind = OptimizerKind::kAdamW;
  double beta1 = 0.9;          ///< adam, adamw: in [0, 1)
  double beta2 = 0.999;        ///< adam, adamw: in [0, 1)
  double eps = 1e-8;           ///< adam, adamw: finite, > 0
  double momentum = 0.9;       ///< sgd: in [0, 1)
  double weight_decay = 0.01;  ///< finite, >= 0; applies to W and b_final [N]

  friend bool operator==(const OptimizerOptions&, const OptimizerOptions&) = default;
};

/// The optimiser's name in experiment files: "adamw", "adam", "sgd".
std::string_view name(OptimizerKind kind);
/// The optimiser of that name, if there is one.
std::optional<OptimizerKind> find_optimizer_kind(std::string_view name);
/// Every optimiser's name, for messages.
std::string optimizer_kind_names();

}  // namespace superpose
