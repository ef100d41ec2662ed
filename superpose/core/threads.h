#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

namespace superpose {

/// How many threads this machine can run at once, at least 1.
int hardware_threads();

/// Workers that share out independent tasks. With one thread, or on a platform without threads
/// (threads_absent.cpp), everything runs in the caller. Only one caller may use a pool at a time. Tasks run
/// in the floating-point mode that results are made in (floating_point.h).
class ThreadPool {
 public:
  /// n_threads: includes the caller; 0 means hardware_threads(). The pool is smaller when the system refuses
  /// to give that many.
  explicit ThreadPool(int n_threads = 0);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  /// How many threads run tasks, the caller included.
  [[nodiscard]] int size() const;

  /// Calls task(index, thread) once for every index below n_tasks, 0 <= thread < size(). The next index goes
  /// to whichever thread is free. Returns when all are done. When a task throws, tasks that have not begun
  /// are dropped, and the first exception is rethrown after the running ones have ended.
  void run(std::size_t n_tasks, const std::function<void(std::size_t index, int thread)>& task);

  /// Calls f so that no two tasks call one at a time, and returns its result. f must not throw.
  template <class F>
  auto exclusively(F&& f) {
    const Turn turn(*this);
    return std::forward<F>(f)();
  }

 private:
  /// While one Turn lives, no other does.
  class Turn {
   public:
    explicit Turn(ThreadPool& pool) : pool_(pool) { pool_.begin_turn(); }
    ~Turn() { pool_.end_turn(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    ThreadPool& pool_;
  };

  void begin_turn();
  void end_turn();

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace superpose
