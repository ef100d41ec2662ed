#pragma once

#include "superpose/core/shape.h"
#include "superpose/data/values.h"
#include "superpose/experiment/toml_reader.h"

namespace superpose {

/// What one of the [data] keys accepts.
struct ValuesKey {
  std::string_view name;
  Axis axis;              ///< the axis that lists and rules run along
  NumberRange range;      ///< of every number
  NumberRange geometric;  ///< of the ends of { geometric = [first, last] }
};
extern const ValuesKey kFeatureProbability;
extern const ValuesKey kImportance;

/// Reads any form of Values and checks every number and length in it. Errors: InvalidRequest at the wrong
/// number or list.
Values read_values(const TomlValue& value, const ValuesKey& key, const Shape& shape);

/// Checks values that are given as numbers: one number, a list or a table. Errors: InvalidRequest that names
/// the wrong number or length.
void check_values(const Values& values, const ValuesKey& key, const Shape& shape);

/// Checks the numbers that a rule makes: they may leave the range even where the rule's own numbers do not
/// (0.1^100). Other forms pass: read_values has checked their numbers. This expands the rule along its axis.
void check_rule(const TomlValue& value, const Values& values, const ValuesKey& key, const Shape& shape);

}  // namespace superpose
