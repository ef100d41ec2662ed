#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace superpose::kernels::cpu {

/// Names of the instruction sets that this machine supports and the library was built for, best first:
/// "AVX3", ...
std::vector<std::string> supported_targets();

/// While it lives, the whole process uses that instruction set. No training may run when it begins or ends.
class ForcedTarget {
 public:
  /// name: one of supported_targets(). Errors: InvalidRequest for any other.
  explicit ForcedTarget(std::string_view name);
  ~ForcedTarget();
  ForcedTarget(const ForcedTarget&) = delete;
  ForcedTarget& operator=(const ForcedTarget&) = delete;

 private:
  /// The target that another object had forced. targets_static.cpp has nothing to force.
  [[maybe_unused]] std::int64_t before_ = 0;
};

}  // namespace superpose::kernels::cpu
