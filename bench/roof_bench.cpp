// What this machine can do at most: float32 multiply-adds a second from registers, and random words a second
// from the engine's generator, both in the widest vectors there are.
// Usage: roof_bench [THREADS]...      (none given: 1, then all of the machine's)
// Prints a line for each: threads=1 target=AVX3 multiply_adds_per_s=5.83e+10 words_per_s=4.21e+09

#include <fmt/format.h>

#include <algorithm>
#include <barrier>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <exception>
#include <thread>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/core/threads.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "bench/roof_bench.cpp"
#include <hwy/foreach_target.h>
// This include must follow foreach_target.
#include <hwy/highway.h>

#include "superpose/kernels/cpu/philox-inl.h"

HWY_BEFORE_NAMESPACE();
namespace superpose::kernels::cpu {
namespace HWY_NAMESPACE {
namespace {

/// Enough chains for two units with a latency of four; with their two constants they fit in 16 registers.
inline constexpr std::size_t kChains = 12;

/// Does multiply-adds, each lane counted as one. seed: a value that the compiler cannot know. returns: how
/// many; *result: depends on all of them, so that none can be left out.
std::uint64_t MultiplyAdds(std::uint64_t rounds, float seed, float* result) {
  const hn::ScalableTag<float> d;
  const auto a = hn::Set(d, seed);
  const auto b = hn::Set(d, 1 - seed);  // x = seed x + 1 - seed goes to 1: no denormals
  auto c0 = hn::Iota(d, 0), c1 = hn::Iota(d, 1), c2 = hn::Iota(d, 2), c3 = hn::Iota(d, 3);
  auto c4 = hn::Iota(d, 4), c5 = hn::Iota(d, 5), c6 = hn::Iota(d, 6), c7 = hn::Iota(d, 7);
  auto c8 = hn::Iota(d, 8), c9 = hn::Iota(d, 9), c10 = hn::Iota(d, 10), c11 = hn::Iota(d, 11);
  for (std::uint64_t round = 0; round < rounds; ++round) {
    c0 = hn::MulAdd(c0, a, b), c1 = hn::MulAdd(c1, a, b), c2 = hn::MulAdd(c2, a, b);
    c3 = hn::MulAdd(c3, a, b), c4 = hn::MulAdd(c4, a, b), c5 = hn::MulAdd(c5, a, b);
    c6 = hn::MulAdd(c6, a, b), c7 = hn::MulAdd(c7, a, b), c8 = hn::MulAdd(c8, a, b);
    c9 = hn::MulAdd(c9, a, b), c10 = hn::MulAdd(c10, a, b), c11 = hn::MulAdd(c11, a, b);
  }
  const auto sum =
      hn::Add(hn::Add(hn::Add(c0, c1), hn::Add(c2, c3)), hn::Add(hn::Add(c4, c5), hn::Add(c6, c7)));
  *result = hn::GetLane(hn::SumOfLanes(d, hn::Add(sum, hn::Add(hn::Add(c8, c9), hn::Add(c10, c11)))));
  return rounds * kChains * hn::Lanes(d);
}

/// Makes random words as the engine does: for each feature, four vectors of calls at a time. returns: how
/// many; *result: depends on all of them.
std::uint64_t Words(std::uint64_t rounds, std::uint32_t seed, std::uint32_t* result) {
  const hn::CappedTag<std::uint64_t, 8> d64;
  using V64 = hn::Vec<decltype(d64)>;
  constexpr std::size_t kCalls = 4;
  constexpr std::size_t kFeatures = 16;
  const StepCounter counter({seed, 1}, 0, seed);
  const auto step = counter.prefix(d64);
  FeaturePrefix features[kFeatures];
  for (std::size_t f = 0; f < kFeatures; ++f) features[f] = counter.feature(static_cast<std::uint32_t>(f));

  V64 all0 = hn::Zero(d64), all1 = all0;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    const V64 first = hn::Iota(d64, round * kCalls * 8);
    const V64 calls[kCalls] = {first, hn::Add(first, hn::Set(d64, 8)), hn::Add(first, hn::Set(d64, 16)),
                               hn::Add(first, hn::Set(d64, 24))};
    for (const FeaturePrefix& feature : features) {
      RandomRows<V64> words[kCalls];
      Philox(d64, step, feature, calls, words);
      all0 = hn::Xor(all0, hn::Xor3(words[0].row0, words[1].row0, hn::Xor(words[2].row0, words[3].row0)));
      all1 = hn::Xor(all1, hn::Xor3(words[0].row1, words[1].row1, hn::Xor(words[2].row1, words[3].row1)));
    }
  }
  *result = static_cast<std::uint32_t>(hn::GetLane(hn::SumOfLanes(d64, hn::Xor(all0, all1))));
  return rounds * kFeatures * kCalls * 4 * hn::Lanes(d64);  // four words a call
}

const char* Target() {
  return hwy::TargetName(HWY_TARGET);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace superpose::kernels::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace superpose::kernels::cpu {
namespace {

HWY_EXPORT(MultiplyAdds);
HWY_EXPORT(Words);
HWY_EXPORT(Target);

constexpr int kRepeats = 5;
constexpr double kSeconds = 0.05;  // for each repeat: longer than a time slice of the scheduler

/// Keeps what a benchmark computes. The compiler would remove results that nothing reads.
volatile float kept_sum;
volatile std::uint32_t kept_words;

std::uint64_t multiply_adds(std::uint64_t rounds) {
  float sum = 0;
  const std::uint64_t done = HWY_DYNAMIC_DISPATCH(MultiplyAdds)(rounds, 0.875F, &sum);
  kept_sum = sum;
  return done;
}

std::uint64_t words(std::uint64_t rounds) {
  std::uint32_t all = 0;
  const std::uint64_t done = HWY_DYNAMIC_DISPATCH(Words)(rounds, 7, &all);
  kept_words = all;
  return done;
}

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Operations a second of all threads together, in the best repeat. work(rounds): returns how many operations
/// it did.
double rate(int n_threads, std::uint64_t (*work)(std::uint64_t)) {
  std::uint64_t rounds = 1000;
  for (double seconds = 0; seconds < kSeconds; rounds *= 2) {
    const auto start = Clock::now();
    work(rounds);
    seconds = seconds_since(start);
  }
  double best = 0;
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    std::vector<double> rates(static_cast<std::size_t>(n_threads));
    std::barrier start_together(n_threads);
    std::vector<std::jthread> threads;
    for (double& own : rates) {
      threads.emplace_back([&] {
        start_together.arrive_and_wait();
        const auto start = Clock::now();
        own = static_cast<double>(work(rounds));
        own /= seconds_since(start);
      });
    }
    threads.clear();
    double sum = 0;
    for (const double own : rates) sum += own;
    best = std::max(best, sum);
  }
  return best;
}

void print_roof(int threads) {
  fmt::print("threads={} target={} multiply_adds_per_s={:.4g} words_per_s={:.4g}\n", threads,
             HWY_DYNAMIC_DISPATCH(Target)(), rate(threads, multiply_adds), rate(threads, words));
}

int thread_count(const char* text) {
  int number = 0;
  const char* const end = text + std::strlen(text);
  if (std::from_chars(text, end, number).ptr != end || number < 1 || number > 4096) {
    throw InvalidRequest(fmt::format("expected a number of threads from 1 to 4096, got {}", text));
  }
  return number;
}

void run(int argc, char** argv) {
  std::vector<int> counts;
  for (int i = 1; i < argc; ++i) counts.push_back(thread_count(argv[i]));
  if (counts.empty()) counts = {1};
  if (argc == 1 && hardware_threads() > 1) counts.push_back(hardware_threads());
  for (const int threads : counts) print_roof(threads);
}

}  // namespace
}  // namespace superpose::kernels::cpu

int main(int argc, char** argv) try {
  superpose::kernels::cpu::run(argc, argv);
  return 0;
} catch (const std::exception& error) {
  fmt::print(stderr, "roof_bench: {}\n", error.what());
  return 2;
}
#endif  // HWY_ONCE
