#include "superpose/models/model_kind.h"

#include "superpose/core/named_values.h"

namespace superpose {
namespace {

constexpr NamedValue<ModelKind> kKinds[] = {
    {"linear", ModelKind::kLinear},          {"relu_output", ModelKind::kReluOutput},
    {"gelu_output", ModelKind::kGeluOutput}, {"relu_hidden", ModelKind::kReluHidden},
    {"untied", ModelKind::kUntied},          {"absolute_value", ModelKind::kAbsoluteValue},
};

}  // namespace

KindParts parts(ModelKind kind) {
  switch (kind) {
    case ModelKind::kLinear:
      return {.output = Activation::kIdentity};
    case ModelKind::kReluOutput:
      return {};
    case ModelKind::kGeluOutput:
      return {.output = Activation::kGelu};
    case ModelKind::kReluHidden:
      return {.hidden = Activation::kRelu};
    case ModelKind::kUntied:
      return {.tied = false};
    case ModelKind::kAbsoluteValue:
      break;
  }
  return {.hidden = Activation::kRelu, .tied = false, .absolute_target = true};
}

std::string_view name(ModelKind kind) {
  return name_of<ModelKind>(kKinds, kind);
}
std::optional<ModelKind> find_model_kind(std::string_view name) {
  return find_named<ModelKind>(kKinds, name);
}
std::string model_kind_names() {
  return names_of<ModelKind>(kKinds);
}

}  // namespace superpose
