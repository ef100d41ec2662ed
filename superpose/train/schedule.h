#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "superpose/train/curve.h"

namespace superpose {

/// How the learning rate changes over a run: curves that have a name.
enum class Schedule {
  kConstant,
  kLinear,  ///< 1 - step / steps
  kCosine,  ///< cos(pi/2 * step / (steps - 1))
};

/// The curve of that name. [N]
Curve curve(Schedule schedule);

/// The factor on the learning rate at a step, in [0, 1]. 0 <= step < steps.
double schedule_factor(Schedule schedule, std::int64_t step, std::int64_t steps);

/// The schedule's name in experiment files: "constant", "linear", "cosine".
std::string_view name(Schedule schedule);
/// The schedule of that name, if there is one.
std::optional<Schedule> find_schedule(std::string_view name);
/// Every schedule's name, for messages.
std::string schedule_names();

}  // namespace superpose
