#pragma once

#include <nanobind/nanobind.h>

#include <sys/types.h>

#include <chrono>
#include <future>
#include <thread>
#include <type_traits>
#include <utility>

#include "superpose/core/stop.h"

/// Working beside the interpreter: without its lock, yet with an eye on Ctrl-C and on its end.
namespace superpose::python {

/// How often a thread that waits for another one looks for Ctrl-C, and how long it then waits.
inline constexpr std::chrono::milliseconds kBetweenLooks{20}, kTimeToStop{150};

/// While it lives this thread works without the interpreter's lock, and the interpreter does not end. It is
/// ended soon by look(). Errors: nanobind::python_error, a SystemExit, when the interpreter is ending
/// already.
class Unlocked {
 public:
  Unlocked();
  ~Unlocked();
  Unlocked(const Unlocked&) = delete;
  Unlocked& operator=(const Unlocked&) = delete;

  /// To be called every now and then, with and without the lock: cheap, and rarely more than that. Throws
  /// nanobind::python_error: what a signal's handler raised, KeyboardInterrupt for Ctrl-C, or a SystemExit
  /// when the interpreter is ending.
  void look();

  /// Looks where it is time to, and calls `then` with the lock each time that it does.
  template <class F>
  void look(F&& then) {
    if (std::chrono::steady_clock::now() < next_look_) return;
    const nanobind::gil_scoped_acquire lock;
    check();
    std::forward<F>(then)();
    next_look_ = std::chrono::steady_clock::now() + kInterval;
  }

  /// Whether this is a child that was forked while its parent worked: threads, and what they hold, stayed
  /// behind.
  [[nodiscard]] bool is_forked() const;
  /// Throws Error if so.
  void expect_not_forked() const;

 private:
  /// Often enough that Ctrl-C seems at once, too seldom to cost anything.
  static constexpr std::chrono::milliseconds kInterval{50};

  static void check();

  pid_t process_;
  PyThreadState* thread_;
  std::chrono::steady_clock::time_point next_look_;
};

/// What f() returns, without the interpreter's lock.
template <class F>
auto unlocked(F&& f) {
  const Unlocked scope;
  return std::forward<F>(f)();
}

/// Has the interpreter wait for a thread of ours while it lives.
class Busy {
 public:
  Busy();
  ~Busy();
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

 private:
  pid_t process_;
};

/// What work(stop token) returns, done in another thread without the interpreter's lock while this one looks
/// for Ctrl-C. When that comes the work is asked to stop; work that does not stop soon goes on alone, and
/// nobody gets its result. So it owns all that it touches, and touches nothing of Python's. Errors: those of
/// look() and of the work.
template <class Work>
auto stoppable(Work work) {
  Unlocked unlocked;
  StopSource stop;
  std::packaged_task<std::invoke_result_t<Work&, const StopToken&>(const StopToken&)> task(std::move(work));
  auto result = task.get_future();
  std::thread thread([task = std::move(task), token = stop.get_token()]() mutable {
    const Busy busy;
    task(token);
  });
  try {
    while (result.wait_for(kBetweenLooks) != std::future_status::ready) unlocked.look();
  } catch (...) {
    stop.request_stop();
    result.wait_for(kTimeToStop) == std::future_status::ready ? thread.join() : thread.detach();
    throw;
  }
  thread.join();
  return result.get();
}

/// Has the interpreter wait, before it ends, for work that is going on. Called once, when the module is
/// loaded.
void watch_interpreter();

}  // namespace superpose::python
