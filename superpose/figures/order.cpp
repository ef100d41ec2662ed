#include "superpose/figures/order.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

#include "superpose/core/error.h"
#include "superpose/core/named_values.h"

namespace superpose::figures {
namespace {

constexpr double kPointsAnInch = 72;

struct Unit {
  std::string_view name;
  double points;
};
constexpr std::array kUnits = {Unit{"in", kPointsAnInch}, Unit{"cm", kPointsAnInch / 2.54},
                               Unit{"mm", kPointsAnInch / 25.4}, Unit{"pt", 1}};

constexpr std::array<NamedValue<drawing::Theme>, 2> kThemes = {
    {{"light", drawing::Theme::kLight}, {"dark", drawing::Theme::kDark}}};

/// A number at the beginning of a text, which it takes off.
template <class Number>
std::optional<Number> take_number(std::string_view& text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::optional<double> points_a_unit(std::string_view name) {
  if (name.empty()) return kPointsAnInch;
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return unit.points;
  }
  return std::nullopt;
}

double checked(std::string_view name, double points, std::string_view got) {
  constexpr double kLeast = 0.5, kMost = 200;  // inches
  if (!(points >= kLeast * kPointsAnInch && points <= kMost * kPointsAnInch))
    throw InvalidRequest({.place = argument_place(std::string(name)),
                          .expected = fmt::format(
                              "a length from {} to {} inches, as 3.25in, 8cm, 82mm or 234pt", kLeast, kMost),
                          .got = std::string(got)});
  return points;
}

}  // namespace

double parse_length(std::string_view name, std::string_view text) {
  std::string_view rest = text;
  const auto number = take_number<double>(rest);
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  const auto unit = points_a_unit(rest);
  return checked(name, number && unit ? *number * *unit : NAN, text);
}

double checked_length(std::string_view name, double inches) {
  return checked(name, inches * kPointsAnInch, fmt::to_string(inches));
}

std::vector<std::int64_t> parse_instances(std::string_view text) {
  constexpr std::int64_t kMost = 10'000;
  const auto wrong = [&] {
    return InvalidRequest({.place = argument_place("which"),
                           .expected = "instances, as 2 or 2,5 or 0-3,7",
                           .got = fmt::format("\"{}\"", text)});
  };
  std::vector<std::int64_t> instances;
  for (std::string_view rest = text;;) {
    const auto first = take_number<std::int64_t>(rest);
    if (!first || *first < 0) throw wrong();
    std::int64_t last = *first;
    if (rest.starts_with('-')) {
      rest.remove_prefix(1);
      const auto end = take_number<std::int64_t>(rest);
      if (!end || *end < *first || *end - *first > kMost) throw wrong();
      last = *end;
    }
    for (std::int64_t i = *first; i <= last; ++i) instances.push_back(i);
    if (rest.empty()) return instances;
    if (!rest.starts_with(',')) throw wrong();
    rest.remove_prefix(1);
  }
}

drawing::Theme parse_theme(std::string_view name) {
  const std::span<const NamedValue<drawing::Theme>> themes(kThemes);
  const auto theme = find_named(themes, name);
  if (!theme)
    throw InvalidRequest({.place = argument_place("theme"),
                          .expected = "one of " + names_of(themes),
                          .got = fmt::format("\"{}\"", name)});
  return *theme;
}

void check_font_size(double points) {
  if (!(points >= 4 && points <= 96))
    throw InvalidRequest(
        {.place = argument_place("font size"), .expected = "4 to 96 points", .got = fmt::to_string(points)});
}

}  // namespace superpose::figures
