#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

#include <exception>
#include <string>

#include "python/src/bindings.h"
#include "python/src/interpreter.h"
#include "superpose/core/error.h"
#include "superpose/core/version.h"
#include "superpose/store/result_directory.h"

namespace superpose::python {
namespace {

namespace nb = nanobind;

/// A fault as Python's users know the request. What they gave as arguments has no place and no section, as
/// the text that they did not write would have: an argument is the key.
Fault in_python(Fault fault) {
  if (fault.place.kind == Place::Kind::kArgument) {
    fault.key = fault.place.name + (fault.key.empty() ? "" : " " + fault.key);
    fault.place = {};
  }
  if (fault.place.kind != Place::Kind::kFile || !fault.place.name.empty()) return fault;
  fault.place = {};
  fault.section.clear();
  return fault;
}

/// What a wrong request is in Python: a ValueError that is told from those of callables that the engine
/// calls.
void raise(const Fault& fault) {
  constexpr auto kOverrides = "set: ";  // the argument that they are given by
  const auto make = nb::module_::import_("superpose._errors").attr("invalid_request");
  const nb::object error = make(describe(fault, kOverrides), describe(fault.place, kOverrides),
                                qualified_key(fault), fault.expected, fault.got, fault.hint);
  PyErr_SetObject(error.type().ptr(), error.ptr());
}

/// The fault, with what to call instead where Python has an argument for it.
Fault with_hint(const InvalidRequest& invalid) {
  Fault fault = in_python(invalid.fault());
  if (dynamic_cast<const store::NotFinished*>(&invalid) != nullptr)
    fault.hint = "superpose.run(..., resume=True) goes on with it";
  if (dynamic_cast<const store::CannotResume*>(&invalid) != nullptr)
    fault.hint = "overwrite=True in the place of resume=True starts over";
  if (dynamic_cast<const store::OtherResults*>(&invalid) != nullptr)
    fault.hint = "overwrite=True replaces what is there";
  if (dynamic_cast<const store::Interrupted*>(&invalid) != nullptr)
    fault.hint = "resume=True goes on with it, overwrite=True starts over";
  return fault;
}

/// Another failure is a RuntimeError.
void translate(const std::exception_ptr& error, void* /*unused*/) {
  try {
    std::rethrow_exception(error);
  } catch (const InvalidRequest& invalid) {
    raise(with_hint(invalid));
  } catch (const Error& failed) {
    PyErr_SetString(PyExc_RuntimeError, failed.what());
  }
}

}  // namespace

NB_MODULE(_core, module) {
  module.doc() = "The library as Python sees it: arrays and text in, arrays and text out.";
  module.attr("version") = nanobind::str(kVersion.data(), kVersion.size());
  nanobind::set_leak_warnings(false);  // what others keep of ours beyond the interpreter's end is theirs
  nanobind::register_exception_translator(translate);
  watch_interpreter();
  bind_command(module);
  bind_run(module);
  bind_tables(module);
  bind_experiments(module);
  bind_metrics(module);
  bind_geometry(module);
  bind_theory(module);
  bind_figures(module);
  bind_tensors(module);
}

}  // namespace superpose::python
