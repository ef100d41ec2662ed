#include "superpose/models/model_kind.h"

#include "superpose/core/named_values.h"

namespace superpose {
namespace {

constexpr NamedValue<ModelKind> kKinds[] = {
    {"linear", ModelKind::kLinear},
    {"relu_output", ModelKind::kReluOutput},
};

}  // namespace

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
