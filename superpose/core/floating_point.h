#pragma once

#include <cstdint>

namespace superpose {

/// While it lives, this thread rounds to nearest, keeps denormal numbers and traps at nothing; then the
/// thread's own mode is back. Other libraries leave a process otherwise: some flush denormals to zero for the
/// whole thread, and the same experiment would give other bits.
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
