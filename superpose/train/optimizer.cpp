#include "superpose/train/optimizer.h"

#include <cmath>

#include "superpose/core/named_values.h"
#include "superpose/core/portable_math.h"
#include "superpose/train/optimizer_update.h"

namespace superpose {
namespace {

constexpr NamedValue<OptimizerKind> kOptimizers[] = {
    {"adamw", OptimizerKind::kAdamW},
    {"adam", OptimizerKind::kAdam},
    {"sgd", OptimizerKind::kSgd},
};

}  // namespace

std::string_view name(OptimizerKind kind) {
  return name_of<OptimizerKind>(kOptimizers, kind);
}
std::optional<OptimizerKind> find_optimizer_kind(std::string_view name) {
  return find_named<OptimizerKind>(kOptimizers, name);
}
std::string optimizer_kind_names() {
  return names_of<OptimizerKind>(kOptimizers);
}

kernels::Update make_update(const OptimizerOptions& options, double lr, std::int64_t step) {
  const bool decoupled = options.kind == OptimizerKind::kAdamW;
  kernels::Update update{
      .l2 = decoupled ? 0.0F : static_cast<float>(options.weight_decay),
      .decay = decoupled ? static_cast<float>(1 - lr * options.weight_decay) : 1.0F,
  };
  if (options.kind == OptimizerKind::kSgd) {
    update.rule = kernels::Update::Rule::kMomentum;
    update.step_size = static_cast<float>(lr);
    update.beta1 = static_cast<float>(options.momentum);
    return update;
  }
  const double correction1 = 1 - portable::power(options.beta1, step + 1);
  const double correction2 = 1 - portable::power(options.beta2, step + 1);
  update.step_size = static_cast<float>(lr / correction1);
  update.beta1 = static_cast<float>(options.beta1);
  update.beta2 = static_cast<float>(options.beta2);
  update.one_minus_beta1 = static_cast<float>(1 - options.beta1);
  update.one_minus_beta2 = static_cast<float>(1 - options.beta2);
  update.correction2 = static_cast<float>(1 / std::sqrt(correction2));
  update.eps = static_cast<float>(options.eps);
  return update;
}

}  // namespace superpose
