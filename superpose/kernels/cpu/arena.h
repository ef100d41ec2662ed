#pragma once

#include <cassert>
#include <cstddef>
#include <new>
#include <span>
#include <type_traits>

#include "superpose/core/aligned_buffer.h"

namespace superpose::kernels::cpu {

inline std::size_t round_up(std::size_t n, std::size_t multiple) {
  return (n + multiple - 1) / multiple * multiple;
}

/// Cuts a piece of memory into arrays, one after the other, each on a cache-line boundary. Without memory it
/// only counts the bytes that the same cuts need.
class Arena {
 public:
  Arena() = default;
  /// memory: aligned to kBufferAlignment, long enough for all arrays.
  explicit Arena(std::span<std::byte> memory) : memory_(memory) {}

  /// The next array; null without memory. Its elements have no value yet.
  template <class T>
  T* take(std::size_t size) {
    static_assert(std::is_trivially_default_constructible_v<T> && std::is_trivially_destructible_v<T>);
    const std::size_t at = used_;
    used_ += round_up(size * sizeof(T), kBufferAlignment);
    if (memory_.empty()) return nullptr;
    assert(used_ <= memory_.size());
    return ::new (static_cast<void*>(memory_.subspan(at).data())) T[size];
  }

  /// Bytes of all arrays so far.
  [[nodiscard]] std::size_t used() const { return used_; }

 private:
  std::span<std::byte> memory_;
  std::size_t used_ = 0;
};

}  // namespace superpose::kernels::cpu
