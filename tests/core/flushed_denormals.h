#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace superpose {

/// While it lives, this thread treats denormal numbers as 0 and makes none, as after
/// torch.set_flush_denormal(True).
class FlushedDenormals {
 public:
#if defined(__x86_64__)
  FlushedDenormals() : before_(_mm_getcsr()) { _mm_setcsr(before_ | 0x8040); }  // FTZ and DAZ
  ~FlushedDenormals() { _mm_setcsr(before_); }
  static bool is_possible() { return true; }
#elif defined(__aarch64__)
  FlushedDenormals() {
    std::uint64_t mode = 0;
    __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
    __asm__ volatile("msr fpcr, %0" : : "r"(mode | std::uint64_t{1} << 24) : "memory");
    before_ = mode;
  }
  ~FlushedDenormals() { __asm__ volatile("msr fpcr, %0" : : "r"(before_) : "memory"); }
  static bool is_possible() { return true; }
#else
  FlushedDenormals() : before_(0) {}
  static bool is_possible() { return false; }
#endif
  FlushedDenormals(const FlushedDenormals&) = delete;
  FlushedDenormals& operator=(const FlushedDenormals&) = delete;

 private:
#if defined(__x86_64__)
  unsigned int before_;
#else
  std::uint64_t before_ = 0;
#endif
};

}  // namespace superpose
