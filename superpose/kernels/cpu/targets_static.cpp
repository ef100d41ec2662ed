// Replaces targets.cpp where the compiler's flags decide the one instruction set: WebAssembly.

#include <hwy/highway.h>

#include "superpose/core/error.h"
#include "superpose/kernels/cpu/targets.h"

namespace superpose::kernels::cpu {

std::vector<std::string> supported_targets() {
  return {hwy::TargetName(HWY_TARGET)};
}

ForcedTarget::ForcedTarget(std::string_view name) {
  const std::string only = supported_targets().front();
  if (name != only)
    throw InvalidRequest({.key = "instruction set", .expected = only, .got = std::string(name)});
}

ForcedTarget::~ForcedTarget() = default;

}  // namespace superpose::kernels::cpu
