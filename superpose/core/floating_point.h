#pragma once

#include <cstdint>

namespace superpose {

/// While it lives, this thread rounds to nearest, keeps denormal numbers and never traps. Its end restores
/// the thread's own mode. Other libraries change that mode for a whole thread: some flush denormals to zero,
/// and the same experiment would then give other bits.
class StandardFloatingPoint {
 public:
  StandardFloatingPoint() noexcept;
  ~StandardFloatingPoint();
  StandardFloatingPoint(const StandardFloatingPoint&) = delete;
  StandardFloatingPoint& operator=(const StandardFloatingPoint&) = delete;

 private:
  std::uint64_t before_;
};

}  // namespace superpose
