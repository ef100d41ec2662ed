// Replaces threads.cpp on platforms without threads: WebAssembly without shared memory.

#include "superpose/core/floating_point.h"
#include "superpose/core/threads.h"

namespace superpose {

struct ThreadPool::State {};

int hardware_threads() {
  return 1;
}

ThreadPool::ThreadPool(int /*n_threads*/) {}

ThreadPool::~ThreadPool() = default;

int ThreadPool::size() const {
  return 1;
}

void ThreadPool::run(std::size_t n_tasks, const std::function<void(std::size_t, int)>& task) {
  const StandardFloatingPoint mode;
  for (std::size_t i = 0; i < n_tasks; ++i) task(i, 0);
}

void ThreadPool::begin_turn() {}

void ThreadPool::end_turn() {}

}  // namespace superpose
