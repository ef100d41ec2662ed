#include "superpose/data/values.h"

#include <fmt/format.h>

#include "superpose/core/error.h"
#include "superpose/core/floating_point.h"
#include "superpose/core/portable_math.h"

namespace superpose {
namespace {

/// The position of i among n numbers, as a fraction from 0 to 1.
double fraction(std::size_t i, std::size_t n) {
  return n > 1 ? static_cast<double>(i) / static_cast<double>(n - 1) : 0.0;
}

void expect_length(std::size_t expected, std::size_t got, const char* what) {
  if (expected != got)
    throw InvalidRequest({.expected = fmt::format("{} {}", expected, what), .got = fmt::to_string(got)});
}

/// A list or rule as n numbers along its axis.
struct AlongAxis {
  std::size_t n;
  const char* what;

  std::vector<double> operator()(double value) const { return std::vector<double>(n, value); }
  std::vector<double> operator()(const std::vector<double>& list) const {
    expect_length(n, list.size(), what);
    return list;
  }
  std::vector<double> operator()(const std::vector<std::vector<double>>&) const {
    return {};
  }  // a table has both axes
  std::vector<double> operator()(const Geometric& rule) const {
    return generate([&](std::size_t i) {
      const double t = fraction(i, n);
      if (t == 0) return rule.first;
      return t == 1 ? rule.last : rule.first * portable::pow(rule.last / rule.first, t);
    });
  }
  std::vector<double> operator()(const Linear& rule) const {
    return generate([&](std::size_t i) {
      const double t = fraction(i, n);
      return rule.first * (1 - t) + rule.last * t;
    });
  }
  std::vector<double> operator()(const Power& rule) const {
    return generate([&](std::size_t i) { return portable::power(rule.ratio, static_cast<std::int64_t>(i)); });
  }

  std::vector<double> operator()(const PowerLaw& rule) const {
    return generate([&](std::size_t i) {
      return rule.first * portable::pow(static_cast<double>(i + 1), -rule.exponent);
    });
  }

  template <class F>
  std::vector<double> generate(F value) const {
    std::vector<double> list(n);
    for (std::size_t i = 0; i < n; ++i) list[i] = value(i);
    return list;
  }
};

}  // namespace

Axis axis_of(const Values& values, Axis own) {
  return std::holds_alternative<PowerLaw>(values) ? Axis::kFeatures : own;
}

std::vector<float> expand(const Values& values, Axis axis, std::int64_t n_instances,
                          std::int64_t n_features) {
  const StandardFloatingPoint mode;
  const auto instances = static_cast<std::size_t>(n_instances);
  const auto features = static_cast<std::size_t>(n_features);
  std::vector<float> table(instances * features);

  if (const auto* rows = std::get_if<std::vector<std::vector<double>>>(&values)) {
    expect_length(instances, rows->size(), "rows (n_instances)");
    for (std::size_t i = 0; i < instances; ++i) {
      expect_length(features, (*rows)[i].size(), "numbers in a row (n_features)");
      for (std::size_t f = 0; f < features; ++f) table[i * features + f] = static_cast<float>((*rows)[i][f]);
    }
    return table;
  }

  const bool by_instance = axis_of(values, axis) == Axis::kInstances;
  const auto list = by_instance ? std::visit(AlongAxis{instances, "numbers (n_instances)"}, values)
                                : std::visit(AlongAxis{features, "numbers (n_features)"}, values);
  for (std::size_t i = 0; i < instances; ++i) {
    for (std::size_t f = 0; f < features; ++f) {
      table[i * features + f] = static_cast<float>(list[by_instance ? i : f]);
    }
  }
  return table;
}

}  // namespace superpose
