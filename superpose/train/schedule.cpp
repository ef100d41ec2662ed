#include "superpose/train/schedule.h"

#include "superpose/core/named_values.h"

namespace superpose {
namespace {

constexpr NamedValue<Schedule> kSchedules[] = {
    {"constant", Schedule::kConstant},
    {"linear", Schedule::kLinear},
    {"cosine", Schedule::kCosine},
};

}  // namespace

Curve curve(Schedule schedule) {
  switch (schedule) {
    case Schedule::kConstant:
      break;
    case Schedule::kLinear:
      return {.body = Curve::Body::kLinear};
    case Schedule::kCosine:
      return {.body = Curve::Body::kQuarterCosine};
  }
  return {};
}

double schedule_factor(Schedule schedule, std::int64_t step, std::int64_t steps) {
  return curve(schedule).at(step, steps);
}

std::string_view name(Schedule schedule) {
  return name_of<Schedule>(kSchedules, schedule);
}
std::optional<Schedule> find_schedule(std::string_view name) {
  return find_named<Schedule>(kSchedules, name);
}
std::string schedule_names() {
  return names_of<Schedule>(kSchedules);
}

}  // namespace superpose
