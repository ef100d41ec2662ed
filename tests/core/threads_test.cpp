#include "superpose/core/threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace superpose {
namespace {

TEST(HardwareThreads, IsAtLeastOne) {
  EXPECT_GE(hardware_threads(), 1);
}

TEST(ThreadPool, HasTheSizeAskedFor) {
  EXPECT_EQ(ThreadPool(1).size(), 1);
  EXPECT_EQ(ThreadPool(3).size(), 3);
  EXPECT_EQ(ThreadPool(0).size(), hardware_threads());
}

TEST(ThreadPool, RunsEveryTaskOnce) {
  for (const int threads : {1, 2, 5}) {
    ThreadPool pool(threads);
    std::vector<std::atomic<int>> calls(1000);
    pool.run(calls.size(), [&](std::size_t index, int thread) {
      ASSERT_GE(thread, 0);
      ASSERT_LT(thread, threads);
      ++calls[index];
    });
    for (const auto& count : calls) ASSERT_EQ(count, 1);
  }
}

TEST(ThreadPool, IsUsableManyTimesWithFewerTasksThanThreads) {
  ThreadPool pool(4);
  std::atomic<int> calls = 0;
  for (int round = 0; round < 2000; ++round) {
    pool.run(static_cast<std::size_t>(round % 3), [&](std::size_t, int) { ++calls; });
  }
  EXPECT_EQ(calls, 1999);  // 666 rounds of 0 + 1 + 2, and one each of 0 and 1
}

TEST(ThreadPool, WithOneThreadStaysInTheCaller) {
  ThreadPool pool(1);
  const auto caller = std::this_thread::get_id();
  pool.run(10, [&](std::size_t, int thread) {
    EXPECT_EQ(thread, 0);
    EXPECT_EQ(std::this_thread::get_id(), caller);
  });
}

// Two tasks that wait for each other end only if two threads run them at the same time.
TEST(ThreadPool, RunsTasksAtTheSameTime) {
  ThreadPool pool(2);
  std::atomic<int> arrived = 0;
  pool.run(2, [&](std::size_t, int) {
    ++arrived;
    while (arrived < 2) std::this_thread::yield();
  });
  EXPECT_EQ(arrived, 2);
}

TEST(ThreadPool, RethrowsATasksExceptionAndDropsTheRest) {
  for (const int threads : {1, 3}) {
    ThreadPool pool(threads);
    std::atomic<std::size_t> calls = 0;
    const auto fail = [&](std::size_t index, int) {
      ++calls;
      if (index == 3) throw std::runtime_error("task 3");
    };
    try {
      pool.run(100'000'000'000, fail);
      FAIL() << "expected an exception";
    } catch (const std::runtime_error& error) {
      EXPECT_EQ(error.what(), std::string("task 3"));
    }
    EXPECT_LT(calls, 100'000'000'000U);

    calls = 0;  // and is as good as new
    pool.run(10, [&](std::size_t, int) { ++calls; });
    EXPECT_EQ(calls, 10U);
  }
}

TEST(ThreadPool, TakesTurnsExclusively) {
  ThreadPool pool(4);
  std::size_t count = 0;  // not atomic: only turns keep the threads apart
  pool.run(1000, [&](std::size_t, int) {
    const std::size_t before = pool.exclusively([&] { return count++; });
    EXPECT_LT(before, 1000U);
  });
  EXPECT_EQ(count, 1000U);
}

}  // namespace
}  // namespace superpose
