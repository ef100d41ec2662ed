#include "superpose/experiment/experiment_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <span>

#include "superpose/core/error.h"
#include "superpose/data/independent_features.h"

namespace superpose {
namespace {

// Values are used as float32. What rounds to 0 or to infinity in float32 counts as 0 or infinity.
constexpr double kSmallest = std::numeric_limits<float>::denorm_min();
constexpr double kLargest = std::numeric_limits<float>::max();

constexpr NumberRange kProbability = {.low = static_cast<double>(kLeastProbability),
                                      .low_included = true,
                                      .high = 1,
                                      .high_included = true,
                                      .description = "a number from 1e-06 to 1"};
constexpr NumberRange kWeight = {.low = 0,
                                 .low_included = true,
                                 .high = kLargest,
                                 .high_included = true,
                                 .description = "a finite number of at least 0"};
constexpr NumberRange kPositiveWeight = {.low = kSmallest,
                                         .low_included = true,
                                         .high = kLargest,
                                         .high_included = true,
                                         .description = "a finite number above 0"};

constexpr NumberRange kExponent = {.low = 0,
                                   .low_included = true,
                                   .high = std::numeric_limits<double>::infinity(),
                                   .high_included = false,
                                   .description = "a finite number of at least 0"};

constexpr std::string_view kRules =
    "{ geometric = [first, last] }, { linear = [first, last] }, { power = ratio } or { power_law = [first, "
    "exponent] }";

constexpr std::string_view kRuleKeys[] = {"geometric", "linear", "power", "power_law"};

void expect_length(const TomlValue& value, std::int64_t expected, std::size_t got, std::string_view what) {
  if (std::cmp_not_equal(expected, got))
    value.refuse(fmt::format("{} {}", expected, what), fmt::to_string(got));
}

std::vector<double> read_list(const TomlValue& value, std::int64_t length, std::string_view what,
                              const NumberRange& range) {
  const auto elements = value.elements();
  expect_length(value, length, elements.size(), what);
  std::vector<double> list;
  list.reserve(elements.size());
  for (const TomlValue& element : elements) list.push_back(element.number(range));
  return list;
}

Values read_array(const TomlValue& value, const ValuesKey& key, const Shape& shape) {
  const auto elements = value.elements();
  if (elements.empty() || !elements.front().is_array()) {
    return key.axis == Axis::kInstances
               ? read_list(value, shape.n_instances, "numbers (n_instances)", key.range)
               : read_list(value, shape.n_features, "numbers (n_features)", key.range);
  }
  expect_length(value, shape.n_instances, elements.size(), "rows (n_instances)");
  std::vector<std::vector<double>> rows;
  rows.reserve(elements.size());
  for (const TomlValue& row : elements) {
    rows.push_back(read_list(row, shape.n_features, "numbers (n_features)", key.range));
  }
  return rows;
}

Values read_rule(const TomlValue& value, const ValuesKey& key) {
  value.refuse_unknown_keys(kRuleKeys);
  const auto n_keys = value.table().size();
  const auto find = [&](std::string_view rule) { return n_keys == 1 ? value.find(rule) : std::nullopt; };
  if (const auto ends = find("geometric")) {
    const auto numbers = read_list(*ends, 2, "numbers (first and last)", key.geometric);
    return Geometric{numbers[0], numbers[1]};
  }
  if (const auto ends = find("linear")) {
    const auto numbers = read_list(*ends, 2, "numbers (first and last)", key.range);
    return Linear{numbers[0], numbers[1]};
  }
  if (const auto law = find("power_law")) {
    const auto numbers = law->elements();
    expect_length(*law, 2, numbers.size(), "numbers (first and exponent)");
    return PowerLaw{numbers[0].number(key.geometric), numbers[1].number(kExponent)};
  }
  if (const auto ratio = find("power")) return Power{ratio->number(key.range)};
  value.refuse(kRules, fmt::format("a table of {} keys", n_keys));
}

/// Checks the numbers of a list called `label`.
void check_list(std::span<const double> list, std::int64_t length, std::string_view what,
                const NumberRange& range, const std::string& label) {
  if (std::cmp_not_equal(length, list.size()))
    throw InvalidRequest(
        {.key = label, .expected = fmt::format("{} {}", length, what), .got = fmt::to_string(list.size())});
  const auto wrong = std::ranges::find_if_not(list, [&](double number) { return range.contains(number); });
  if (wrong == list.end()) return;
  throw InvalidRequest({.key = fmt::format("{}[{}]", label, wrong - list.begin()),
                        .expected = fmt::format("{}", range.description),
                        .got = toml_float(*wrong)});
}

void check_table(const std::vector<std::vector<double>>& rows, const ValuesKey& key, const Shape& shape) {
  if (std::cmp_not_equal(shape.n_instances, rows.size()))
    throw InvalidRequest({.key = fmt::format("{}", key.name),
                          .expected = fmt::format("{} rows (n_instances)", shape.n_instances),
                          .got = fmt::to_string(rows.size())});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    check_list(rows[i], shape.n_features, "numbers (n_features)", key.range,
               fmt::format("{}[{}]", key.name, i));
  }
}

}  // namespace

const ValuesKey kFeatureProbability = {.name = "feature_probability",
                                       .axis = Axis::kInstances,
                                       .range = kProbability,
                                       .geometric = kProbability};
const ValuesKey kImportance = {
    .name = "importance", .axis = Axis::kFeatures, .range = kWeight, .geometric = kPositiveWeight};

Values read_values(const TomlValue& value, const ValuesKey& key, const Shape& shape) {
  if (value.is_number()) return value.number(key.range);
  if (value.is_array()) return read_array(value, key, shape);
  if (value.is_table()) return read_rule(value, key);
  value.refuse(fmt::format("a number, an array of numbers, an array of arrays, {}", kRules));
}

void check_values(const Values& values, const ValuesKey& key, const Shape& shape) {
  if (const auto* number = std::get_if<double>(&values)) {
    if (!key.range.contains(*number)) {
      throw InvalidRequest({.key = fmt::format("{}", key.name),
                            .expected = fmt::format("{}", key.range.description),
                            .got = toml_float(*number)});
    }
  } else if (const auto* list = std::get_if<std::vector<double>>(&values)) {
    const bool by_instance = key.axis == Axis::kInstances;
    check_list(*list, by_instance ? shape.n_instances : shape.n_features,
               by_instance ? "numbers (n_instances)" : "numbers (n_features)", key.range,
               std::string(key.name));
  } else if (const auto* rows = std::get_if<std::vector<std::vector<double>>>(&values)) {
    check_table(*rows, key, shape);
  }
}

void check_rule(const TomlValue& value, const Values& values, const ValuesKey& key, const Shape& shape) {
  const bool is_rule = std::holds_alternative<Geometric>(values) || std::holds_alternative<Linear>(values) ||
                       std::holds_alternative<Power>(values) || std::holds_alternative<PowerLaw>(values);
  if (!is_rule) return;
  const bool by_instance = axis_of(values, key.axis) == Axis::kInstances;
  const auto numbers =
      expand(values, key.axis, by_instance ? shape.n_instances : 1, by_instance ? 1 : shape.n_features);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (key.range.contains(static_cast<double>(numbers[i]))) continue;
    value.refuse(fmt::format("a rule whose every value is {}", key.range.description),
                 fmt::format("{} for {} {}", numbers[i], by_instance ? "instance" : "feature", i));
  }
}

}  // namespace superpose
