#include "superpose/kernels/cpu/targets.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <hwy/highway.h>
#include <hwy/targets.h>

#include <cstdint>

#include "superpose/core/error.h"

namespace superpose::kernels::cpu {
namespace {

/// The instruction sets that this machine supports and the library was built for, best first, as Highway's
/// bits.
std::vector<std::int64_t> target_bits() {
  std::vector<std::int64_t> bits;
  const std::int64_t usable = hwy::SupportedTargets() & HWY_TARGETS;
  for (int bit = 0; bit < 63; ++bit) {
    if ((usable >> bit & 1) != 0) bits.push_back(std::int64_t{1} << bit);
  }
  return bits;
}

/// The target that the process is forced to use; 0: none.
std::int64_t forced = 0;

void use(std::int64_t targets) {
  forced = targets;
  hwy::SetSupportedTargetsForTest(targets);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace

std::vector<std::string> supported_targets() {
  std::vector<std::string> names;
  for (const std::int64_t bit : target_bits()) names.emplace_back(hwy::TargetName(bit));
  return names;
}

ForcedTarget::ForcedTarget(std::string_view name) : before_(forced) {
  for (const std::int64_t bit : target_bits()) {
    if (hwy::TargetName(bit) == name) {
      use(bit);
      return;
    }
  }
  throw InvalidRequest({.key = "instruction set",
                        .expected = fmt::format("one of {}", fmt::join(supported_targets(), ", ")),
                        .got = fmt::format("{}", name)});
}

ForcedTarget::~ForcedTarget() {
  use(before_);
}

}  // namespace superpose::kernels::cpu
