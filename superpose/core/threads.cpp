#include "superpose/core/threads.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "superpose/core/floating_point.h"

namespace superpose {

int hardware_threads() {
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

struct ThreadPool::State {
  std::mutex mutex;
  std::condition_variable wake;      // a new job, or the end
  std::condition_variable finished;  // the last worker left the job
  std::vector<std::thread> workers;

  std::mutex turn;  // held while a task has its turn

  // Guarded by mutex.
  std::size_t job = 0;  // number of the current job
  std::size_t working = 0;
  bool ending = false;
  std::exception_ptr failure;

  // Set before a job starts, constant while it runs.
  std::size_t n_tasks = 0;
  const std::function<void(std::size_t, int)>* task = nullptr;
  std::atomic<std::size_t> next = 0;

  void work(int thread) {
    const StandardFloatingPoint mode;
    try {
      for (std::size_t i = next.fetch_add(1); i < n_tasks; i = next.fetch_add(1)) (*task)(i, thread);
    } catch (...) {
      next = n_tasks;
      const std::scoped_lock lock(mutex);
      if (!failure) failure = std::current_exception();
    }
  }

  void serve(int thread) {
    std::size_t done = 0;
    std::unique_lock lock(mutex);
    while (true) {
      wake.wait(lock, [&] { return ending || job != done; });
      if (ending) return;
      done = job;
      lock.unlock();
      work(thread);
      lock.lock();
      if (--working == 0) finished.notify_one();
    }
  }
};

ThreadPool::ThreadPool(int n_threads) : state_(std::make_unique<State>()) {
  const int size = n_threads > 0 ? n_threads : hardware_threads();
  for (int thread = 1; thread < size; ++thread) {
    try {
      state_->workers.emplace_back([state = state_.get(), thread] { state->serve(thread); });
    } catch (const std::system_error&) {
      break;  // The system gives no more threads. Results do not depend on their number, so go on with these.
    }
  }
}

ThreadPool::~ThreadPool() {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->ending = true;
  }
  state_->wake.notify_all();
  for (auto& worker : state_->workers) worker.join();
}

int ThreadPool::size() const {
  return static_cast<int>(state_->workers.size()) + 1;
}

void ThreadPool::run(std::size_t n_tasks, const std::function<void(std::size_t, int)>& task) {
  State& state = *state_;
  {
    const std::scoped_lock lock(state.mutex);
    state.n_tasks = n_tasks;
    state.task = &task;
    state.next = 0;
    state.failure = nullptr;
    state.working = state.workers.size();
    ++state.job;
  }
  state.wake.notify_all();
  state.work(0);
  std::unique_lock lock(state.mutex);
  state.finished.wait(lock, [&] { return state.working == 0; });
  if (state.failure) std::rethrow_exception(state.failure);
}

void ThreadPool::begin_turn() {
  state_->turn.lock();
}

void ThreadPool::end_turn() {
  state_->turn.unlock();
}

}  // namespace superpose
