#include "superpose/core/floating_point.h"

#if defined(__x86_64__) || defined(_M_X64)
#include <xmmintrin.h>
#endif

namespace superpose {
namespace {

#if defined(__x86_64__) || defined(_M_X64)

/// MXCSR as a process starts with it: exceptions masked, round to nearest, no FTZ, no DAZ.
constexpr std::uint64_t kStandard = 0x1F80;

std::uint64_t mode() {
  return _mm_getcsr();
}
void set_mode(std::uint64_t value) {
  _mm_setcsr(static_cast<unsigned int>(value));
}

#elif defined(__aarch64__)

/// FPCR as a process starts with it: no traps, round to nearest, no flush to zero.
constexpr std::uint64_t kStandard = 0;

std::uint64_t mode() {
  std::uint64_t value = 0;
  __asm__ volatile("mrs %0, fpcr" : "=r"(value));
  return value;
}
void set_mode(std::uint64_t value) {
  __asm__ volatile("msr fpcr, %0" : : "r"(value) : "memory");
}

#else

/// WebAssembly always has this mode.
constexpr std::uint64_t kStandard = 0;

std::uint64_t mode() {
  return kStandard;
}
void set_mode(std::uint64_t /*value*/) {}

#endif

}  // namespace

StandardFloatingPoint::StandardFloatingPoint() noexcept : before_(mode()) {
  if (before_ != kStandard) set_mode(kStandard);
}

StandardFloatingPoint::~StandardFloatingPoint() {
  if (before_ != kStandard) set_mode(before_);
}

}  // namespace superpose
