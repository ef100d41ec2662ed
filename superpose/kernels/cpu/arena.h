#pragma once

#include <cstddef>
#include <new>
#include <type_traits>

#include "superpose/core/aligned_buffer.h"

namespace superpose::kernels::cpu {

inline std::size_t round_up(std::size_t n, std::size_t multiple) {
  return (n + multiple - 1) / multiple * multiple;
}

/// Cuts a piece of memory into arrays, one after the other, each on a cache-line boundary. Without memory it
/// only counts: the same cuts say how much they need.
class Arena {
 public:
  Arena() = default;
  /// memory: aligned to kBufferAlignment, as long as all that is taken.
  explicit Arena(std::byte* memory) : memory_(memory) {}

  /// The next array; null without memory. Its elements have no value yet.
  template <class T>
  T* take(std::size_t size) {
    static_assert(std::is_trivially_default_constructible_v<T> && std::is_trivially_destructible_v<T>);
    const std::size_t at = used_;
    used_ += round_up(size * sizeof(T), kBufferAlignment);
    return memory_ == nullptr ? nullptr : ::new (static_cast<void*>(memory_ + at)) T[size];
  }

  /// Bytes of all arrays so far.
  [[nodiscard]] std::size_t used() const { return used_; }

 private:
  std::byte* memory_ = nullptr;
  std::size_t used_ = 0;
};

}  // namespace superpose::kernels::cpu
