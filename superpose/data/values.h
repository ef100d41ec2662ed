#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "superpose/core/error.h"  // IWYU pragma: export

namespace superpose {

/// The axis that a list or rule runs along.
enum class Axis { kInstances, kFeatures };

/// `n` values from first to last, equal ratios between neighbours: first * (last / first)^(i / (n - 1)).
struct Geometric {
  double first = 1, last = 1;
  friend bool operator==(const Geometric&, const Geometric&) = default;
};
/// `n` values from first to last, equal steps between neighbours.
struct Linear {
  double first = 1, last = 1;
  friend bool operator==(const Linear&, const Linear&) = default;
};
/// ratio^i.
struct Power {
  double ratio = 1;
  friend bool operator==(const Power&, const Power&) = default;
};

/// first * (f + 1)^-exponent along features, whatever axis is the key's own: word frequencies follow this
/// law, and much else.
struct PowerLaw {
  double first = 1, exponent = 1;
  friend bool operator==(const PowerLaw&, const PowerLaw&) = default;
};

/// The forms in which an experiment gives `feature_probability` and `importance`: one number for all; a list
/// along the key's own axis (instances for the probability, features for the importance); a full
/// (n_instances, n_features) table; or a rule along the key's own axis.
using Values = std::variant<double, std::vector<double>, std::vector<std::vector<double>>, Geometric, Linear,
                            Power, PowerLaw>;

/// The axis that these values run along. own: the axis of their key.
Axis axis_of(const Values& values, Axis own);

/// Values as a full table. Lists and tables must already have the right lengths.
/// returns: (n_instances, n_features), row-major. The same bits on every machine.
/// Errors: InvalidRequest when a list or table does not fit the shape.
std::vector<float> expand(const Values& values, Axis axis, std::int64_t n_instances, std::int64_t n_features);

}  // namespace superpose
