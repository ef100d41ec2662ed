#pragma once

#include <nanobind/nanobind.h>
#include <toml++/toml.h>

#include "superpose/experiment/experiment.h"

/// Arguments of Python as the library's own descriptions.
namespace superpose::python {

/// Python's keys and values as a TOML document, without its text: bools, ints, floats, strings, NumPy's
/// scalars and arrays of them, lists, tuples and dicts. Errors: TypeError for anything else, ValueError for a
/// whole number that does not fit 64 bits and for what is nested too deep; both name the key.
toml::table to_document(const nanobind::dict& keys);

/// The experiment that these sections describe; sections, keys, checks and defaults are those of an
/// experiment file. `feature_probability` and `importance` of the section "data" may also be float64 arrays:
/// a number, (n_instances) or (n_features), or (n_instances, n_features). Errors: those of to_document and of
/// parse_experiment.
Experiment to_experiment(const nanobind::dict& sections);

}  // namespace superpose::python
