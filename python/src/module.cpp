#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

#include <exception>

#include "python/src/bindings.h"
#include "superpose/core/error.h"
#include "superpose/core/version.h"

namespace superpose::python {
namespace {

/// A wrong request is a ValueError, what fails on the way a RuntimeError.
void translate(const std::exception_ptr& error, void* /*unused*/) {
  try {
    std::rethrow_exception(error);
  } catch (const InvalidRequest& invalid) {
    PyErr_SetString(PyExc_ValueError, invalid.what());
  } catch (const Error& failed) {
    PyErr_SetString(PyExc_RuntimeError, failed.what());
  }
}

}  // namespace

NB_MODULE(_core, module) {
  module.doc() = "The library as Python sees it: arrays and text in, arrays and text out.";
  module.attr("version") = nanobind::str(kVersion.data(), kVersion.size());
  nanobind::register_exception_translator(translate);
  bind_run(module);
  bind_experiments(module);
  bind_metrics(module);
  bind_geometry(module);
  bind_theory(module);
  bind_figures(module);
  bind_tensors(module);
}

}  // namespace superpose::python
