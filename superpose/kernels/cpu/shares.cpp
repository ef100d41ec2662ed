#include "superpose/kernels/cpu/shares.h"

#include <algorithm>
#include <cmath>

namespace superpose::kernels::cpu {
namespace {

/// How many shares each thread gets, about. At the end, a thread waits for another for at most one share.
constexpr double kSharesPerThread = 32;

}  // namespace

Shares::Shares(std::span<const double> step_cost, std::size_t n_steps, int n_threads)
    : step_cost_(step_cost), n_steps_(n_steps) {
  const auto steps = static_cast<double>(n_steps);
  double work = 0;
  heap_.reserve(step_cost.size());
  for (std::size_t member = 0; member < step_cost.size(); ++member) {
    work += step_cost[member] * steps;
    heap_.push_back({.work = step_cost[member] * steps, .member = member, .begin = 0});
  }
  // A single thread waits for nobody, and a member trains fastest when it takes all its steps in one go.
  share_ = n_threads == 1 ? work : work / (kSharesPerThread * n_threads);
  std::ranges::make_heap(heap_, {}, &Left::work);
}

std::optional<Shares::Share> Shares::take() {
  if (heap_.empty()) return std::nullopt;
  std::ranges::pop_heap(heap_, {}, &Left::work);
  const Left next = heap_.back();
  heap_.pop_back();
  const double steps = std::ceil(share_ / step_cost_[next.member]);
  const auto left = n_steps_ - next.begin;
  const std::size_t count = steps < static_cast<double>(left) ? static_cast<std::size_t>(steps) : left;
  return Share{.member = next.member, .begin = next.begin, .end = next.begin + count};
}

void Shares::give_back(const Share& done) {
  if (done.end == n_steps_) return;
  heap_.push_back({.work = step_cost_[done.member] * static_cast<double>(n_steps_ - done.end),
                   .member = done.member,
                   .begin = done.end});
  std::ranges::push_heap(heap_, {}, &Left::work);
}

}  // namespace superpose::kernels::cpu
