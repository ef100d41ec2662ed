#include "superpose/kernels/cpu/engine.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "superpose/core/aligned_buffer.h"
#include "tests/kernels/cases.h"

namespace superpose::kernels::cpu {
namespace {

/// A case on scratch memory full of `fill`.
struct Filled : CaseMember {
  Filled(const Case& c, std::byte fill) : CaseMember(c), scratch(scratch_bytes(task())) {
    std::ranges::fill(scratch.span(), fill);
  }

  [[nodiscard]] Task task() const {
    return {
        .step = step, .batch_size = batch, .importance = importance.data(), .drawn = drawn(), .key = key()};
  }

  AlignedBuffer<std::byte> scratch;
};

// What the engine reads of its scratch memory it has written. 0xFF makes every float of it NaN.
TEST(CpuEngine, DependsOnNothingInItsScratchMemory) {
  const std::vector updates{adam(1), adam(2)};
  for (const Case& c : kCases) {
    Filled zero(c, std::byte{0}), nan(c, std::byte{0xFF});
    float zero_loss = 0, nan_loss = 1;
    train(zero.task(), zero.parameters(), 0, updates, &zero_loss, zero.scratch.span());
    train(nan.task(), nan.parameters(), 0, updates, &nan_loss, nan.scratch.span());
    EXPECT_EQ(zero.W, nan.W) << name_of(c);
    EXPECT_EQ(zero.W2, nan.W2) << name_of(c);
    EXPECT_EQ(zero.b, nan.b) << name_of(c);
    EXPECT_EQ(zero.moments, nan.moments) << name_of(c);
    EXPECT_EQ(zero_loss, nan_loss) << name_of(c);
    std::ranges::fill(nan.scratch.span(), std::byte{0xFF});
    EXPECT_EQ(evaluate(zero.task(), zero.parameters(), 2, zero.scratch.span()),
              evaluate(nan.task(), nan.parameters(), 2, nan.scratch.span()))
        << name_of(c);
  }
}

TEST(CpuEngine, NeedsNoMoreScratchMemoryThanItSays) {
  for (const Case& c : kCases) {
    if (c.variant.sets) continue;  // their slots come on top
    const Filled f(c, std::byte{0});
    EXPECT_LE(scratch_bytes(f.task()), most_scratch_bytes(f.step, f.batch)) << name_of(c);
  }
}

}  // namespace
}  // namespace superpose::kernels::cpu
