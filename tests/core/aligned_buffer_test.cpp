#include "superpose/core/aligned_buffer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

namespace superpose {
namespace {

TEST(AlignedBuffer, IsAlignedAndZero) {
  for (std::size_t size = 1; size < 200; ++size) {
    const AlignedBuffer<float> buffer(size);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer.data()) % kBufferAlignment, 0U);
    ASSERT_EQ(buffer.size(), size);
    for (const float value : buffer.span()) ASSERT_EQ(value, 0.0F);
  }
}

TEST(AlignedBuffer, CanBeEmpty) {
  const AlignedBuffer<float> none;
  const AlignedBuffer<float> zero(0);
  const AlignedBuffer<float> copy(
      zero);  // NOLINT(performance-unnecessary-copy-initialization): copying is the test
  EXPECT_TRUE(none.span().empty());
  EXPECT_TRUE(zero.span().empty());
  EXPECT_TRUE(copy.span().empty());
}

struct Holder {
  AlignedBuffer<float> buffer;
};
static_assert(!std::is_nothrow_copy_assignable_v<Holder>,
              "copying allocates, and running out of memory is an exception");
static_assert(std::is_nothrow_move_assignable_v<Holder>);

TEST(AlignedBuffer, CopiesItsElements) {
  AlignedBuffer<int> original(3);
  original[2] = 7;
  AlignedBuffer<int> copy = original;
  original[2] = 8;
  EXPECT_EQ(copy[2], 7);
  EXPECT_NE(copy.data(), original.data());

  copy = original;
  EXPECT_EQ(copy[2], 8);
  const AlignedBuffer<int>& itself = copy;
  copy = itself;
  EXPECT_EQ(copy[2], 8);
}

TEST(AlignedBuffer, MovesItsMemory) {
  AlignedBuffer<int> original(3);
  original[0] = 7;
  const int* const memory = original.data();
  const AlignedBuffer<int> moved = std::move(original);
  EXPECT_EQ(moved.data(), memory);
  EXPECT_EQ(moved.size(), 3U);
  EXPECT_EQ(original.size(), 0U);  // NOLINT(bugprone-use-after-move): a moved-from buffer is empty
}

TEST(AlignedBuffer, RefusesASizeThatOverflows) {
  EXPECT_THROW(AlignedBuffer<double>(std::numeric_limits<std::size_t>::max() / 4), std::bad_alloc);
}

}  // namespace
}  // namespace superpose
