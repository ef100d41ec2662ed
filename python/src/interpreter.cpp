#include "python/src/interpreter.h"

#include <unistd.h>

#include <atomic>
#include <thread>

#include "superpose/core/error.h"

namespace superpose::python {
namespace {

namespace nb = nanobind;
using namespace nb::literals;

/// How long the interpreter waits for work that does not look.
constexpr std::chrono::seconds kPatience{20};

std::atomic<bool> is_ending = false;
std::atomic<int> working = 0;  // threads

void end_work() {
  is_ending = true;
  const nb::gil_scoped_release unlock;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (working > 0 && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

/// Threads are not copied by a fork; neither is their work.
void forget_work() {
  working = 0;
}

[[noreturn]] void leave() {
  PyErr_SetNone(PyExc_SystemExit);  // which threads end with quietly
  throw nb::python_error();
}

}  // namespace

Busy::Busy() : process_(getpid()) {
  ++working;
}

Busy::~Busy() {
  if (getpid() == process_) --working;
}

Unlocked::Unlocked() : process_(getpid()), next_look_(std::chrono::steady_clock::now() + kInterval) {
  if (is_ending) leave();
  ++working;
  thread_ = PyEval_SaveThread();
}

Unlocked::~Unlocked() {
  PyEval_RestoreThread(thread_);
  if (!is_forked()) --working;
}

void Unlocked::look() {
  look([] {});
}

bool Unlocked::is_forked() const {
  return getpid() != process_;
}

void Unlocked::expect_not_forked() const {
  if (is_forked())
    throw Error("this process was forked from one at work, by a hook: the work goes on there, and not here");
}

void Unlocked::check() {
  if (PyErr_CheckSignals() != 0) throw nb::python_error();
  if (is_ending) leave();
}

void watch_interpreter() {
  nb::module_::import_("atexit").attr("register")(nb::cpp_function(&end_work));
  nb::module_::import_("os").attr("register_at_fork")("after_in_child"_a = nb::cpp_function(&forget_work));
}

}  // namespace superpose::python
