#include "superpose/train/schedule.h"

#include "superpose/core/named_values.h"
#include "superpose/core/portable_math.h"

namespace superpose {
namespace {

constexpr NamedValue<Schedule> kSchedules[] = {
    {"constant", Schedule::kConstant},
    {"linear", Schedule::kLinear},
    {"cosine", Schedule::kCosine},
};

}  // namespace

double schedule_factor(Schedule schedule, std::int64_t step, std::int64_t steps) {
  switch (schedule) {
    case Schedule::kConstant:
      return 1;
    case Schedule::kLinear:
      return 1 - static_cast<double>(step) / static_cast<double>(steps);
    case Schedule::kCosine:
      return steps == 1
                 ? 1
                 : portable::cos_quarter_turn(static_cast<double>(step) / static_cast<double>(steps - 1));
  }
  return 1;
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
