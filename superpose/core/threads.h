#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

namespace superpose {

/// Threads this machine can run at once, at least 1.
int hardware_threads();

/// Workers that share out independent tasks. With one thread, or where the platform has none
/// (threads_absent.cpp), everything runs in the caller. Not to be shared: one caller at a time. Tasks run in
/// the floating-point mode that results are made in (floating_point.h).
class ThreadPool {
 public:
  /// n_threads: the caller included; 0 means hardware_threads(). Fewer when the system refuses to give that
  /// many.
  explicit ThreadPool(int n_threads = 0);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  /// Threads that run tasks, the caller included.
  [[nodiscard]] int size() const;

  /// Calls task(index, thread) once for every index below n_tasks, 0 <= thread < size(), handing out the next
  /// index to whichever thread is free. Returns when all are done. The first exception of a task is rethrown
  /// after the others have ended; tasks not yet begun by then are dropped.
  void run(std::size_t n_tasks, const std::function<void(std::size_t index, int thread)>& task);

  /// What f() returns, called by no two tasks at a time. f: does not throw.
  template <class F>
  auto exclusively(F&& f) {
    const Turn turn(*this);
    return std::forward<F>(f)();
  }

 private:
  /// While it lives, no other one does.
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
