#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

#include <exception>

#include "python/src/bindings.h"
#include "python/src/interpreter.h"
#include "superpose/core/error.h"
#include "superpose/core/version.h"

namespace superpose::python {
namespace {

/// What a wrong request is: a ValueError that is told from those of callables that the engine calls.
nanobind::handle invalid_request;

/// Another failure is a RuntimeError.
void translate(const std::exception_ptr& error, void* /*unused*/) {
  try {
    std::rethrow_exception(error);
  } catch (const InvalidRequest& invalid) {
    PyErr_SetString(invalid_request.ptr(), invalid.what());
  } catch (const Error& failed) {
    PyErr_SetString(PyExc_RuntimeError, failed.what());
  }
}

}  // namespace

NB_MODULE(_core, module) {
  module.doc() = "The library as Python sees it: arrays and text in, arrays and text out.";
  module.attr("version") = nanobind::str(kVersion.data(), kVersion.size());
  nanobind::set_leak_warnings(false);  // what others keep of ours beyond the interpreter's end is theirs
  invalid_request = nanobind::exception<InvalidRequest>(module, "InvalidRequest", PyExc_ValueError).release();
  invalid_request.attr("__doc__") =
      "A request that is wrong: the message says where, what was expected and what was got.";
  nanobind::register_exception_translator(translate);
  watch_interpreter();
  bind_run(module);
  bind_experiments(module);
  bind_metrics(module);
  bind_geometry(module);
  bind_theory(module);
  bind_figures(module);
  bind_tensors(module);
}

}  // namespace superpose::python
