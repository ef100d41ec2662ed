#pragma once

#include "superpose/core/shape.h"
#include "superpose/data/values.h"
#include "superpose/experiment/toml_reader.h"

namespace superpose {

/// What one of the [data] keys accepts.
struct ValuesKey {
  std::string_view name;
  Axis axis;              ///< that lists and rules run along
  NumberRange range;      ///< of every number
  NumberRange geometric;  ///< of the ends of { geometric = [first, last] }
};
extern const ValuesKey kFeatureProbability;
extern const ValuesKey kImportance;

/// Reads any form of Values, checking every number and length that is written.
/// Errors: InvalidRequest at the number or list at fault.
Values read_values(const TomlValue& value, const ValuesKey& key, const Shape& shape);

/// Checks values that are given as numbers: one, a list or a table. Errors: InvalidRequest that names the
/// number or length at fault.
void check_values(const Values& values, const ValuesKey& key, const Shape& shape);

/// Checks the numbers that a rule makes, which may leave the range where its own numbers do not (0.1^100).
/// Other forms pass: read_values has seen their numbers. Expands the rule along its axis.
void check_rule(const TomlValue& value, const Values& values, const ValuesKey& key, const Shape& shape);

}  // namespace superpose
