#pragma once

#include <nanobind/nanobind.h>

#include <sys/types.h>

#include <chrono>
#include <utility>

/// Working beside the interpreter: without its lock, yet with an eye on Ctrl-C and on its end.
namespace superpose::python {

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

  /// The same, and calls `then` with the lock each time that it does more.
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

/// Has the interpreter wait, before it ends, for work that is going on. Called once, when the module is
/// loaded.
void watch_interpreter();

}  // namespace superpose::python
