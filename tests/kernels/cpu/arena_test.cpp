#include "superpose/kernels/cpu/arena.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace superpose::kernels::cpu {
namespace {

TEST(Arena, CountsWithoutMemoryWhatItCutsWithIt) {
  const auto cut = [](Arena& arena) {
    arena.take<float>(3);
    arena.take<std::uint64_t>(0);
    return arena.take<std::uint32_t>(17);
  };
  Arena counted;
  EXPECT_EQ(cut(counted), nullptr);
  EXPECT_EQ(counted.used(), 64U + 128U);

  AlignedBuffer<std::byte> memory(counted.used());
  Arena arena(memory.span());
  auto* const last = cut(arena);
  EXPECT_EQ(arena.used(), counted.used());
  EXPECT_EQ(static_cast<void*>(last), static_cast<void*>(memory.data() + 64))
      << "behind the first, on a cache line";
}

TEST(Arena, ArraysDoNotOverlap) {
  AlignedBuffer<std::byte> memory(1024);
  Arena arena(memory.span());
  auto* const floats = arena.take<float>(20);
  auto* const words = arena.take<std::uint32_t>(20);
  std::fill_n(floats, 20, 1.5F);
  std::fill_n(words, 20, 7U);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(floats[i], 1.5F);
    EXPECT_EQ(words[i], 7U);
  }
}

}  // namespace
}  // namespace superpose::kernels::cpu
