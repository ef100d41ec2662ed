#include "superpose/core/floating_point.h"

#include <gtest/gtest.h>

#include <cfenv>
#include <limits>

#include "superpose/core/threads.h"
#include "tests/core/flushed_denormals.h"

namespace superpose {
namespace {

/// Half of the smallest normal number, which a thread that flushes denormals takes for 0.
[[gnu::noinline]] float half_of_smallest() {
  const volatile float smallest = std::numeric_limits<float>::min();
  return smallest / 2;
}

/// 1.1, rounded as the thread has it. Out of line: a sum is not ordered with what changes the mode around it.
[[gnu::noinline]] double one_and_a_tenth() {
  const volatile double one = 1, tenth = 0.1;
  return one + tenth;
}

TEST(StandardFloatingPoint, KeepsDenormalsAndPutsTheThreadsModeBack) {
  const FlushedDenormals flushed;
  if (!FlushedDenormals::is_possible()) GTEST_SKIP() << "this machine does not flush";
  EXPECT_EQ(half_of_smallest(), 0);
  {
    const StandardFloatingPoint mode;
    EXPECT_GT(half_of_smallest(), 0);
  }
  EXPECT_EQ(half_of_smallest(), 0);
}

TEST(StandardFloatingPoint, RoundsToNearest) {
  if (std::fesetround(FE_DOWNWARD) != 0) GTEST_SKIP() << "this machine rounds to nearest only";
  const double downward = one_and_a_tenth();
  double inside = 0;
  {
    const StandardFloatingPoint mode;
    inside = one_and_a_tenth();
  }
  const int after = std::fegetround();
  std::fesetround(FE_TONEAREST);
  EXPECT_EQ(inside, one_and_a_tenth());
  EXPECT_NE(inside, downward);
  EXPECT_EQ(after, FE_DOWNWARD);
}

TEST(StandardFloatingPoint, HoldsInTheTasksOfAPool) {
  const FlushedDenormals flushed;
  ThreadPool pool(3);
  pool.run(30, [](std::size_t, int) { EXPECT_GT(half_of_smallest(), 0); });
}

}  // namespace
}  // namespace superpose
