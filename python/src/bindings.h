#pragma once

#include <nanobind/nanobind.h>

/// The parts of the extension module, a function a noun.
namespace superpose::python {

void bind_command(nanobind::module_& module);
void bind_run(nanobind::module_& module);
void bind_experiments(nanobind::module_& module);
void bind_metrics(nanobind::module_& module);
void bind_geometry(nanobind::module_& module);
void bind_theory(nanobind::module_& module);
void bind_figures(nanobind::module_& module);
void bind_tables(nanobind::module_& module);
void bind_tensors(nanobind::module_& module);

}  // namespace superpose::python
