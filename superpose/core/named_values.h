#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace superpose {

/// One row of a table that names values, as an experiment file writes them.
template <class T>
struct NamedValue {
  std::string_view name;
  T value;
};

/// The name of a value, which the table must have.
template <class T>
constexpr std::string_view name_of(std::span<const NamedValue<T>> table, T value) {
  for (const auto& row : table) {
    if (row.value == value) return row.name;
  }
  return "?";
}

/// The value of that name, if the table has it.
template <class T>
constexpr std::optional<T> find_named(std::span<const NamedValue<T>> table, std::string_view name) {
  for (const auto& row : table) {
    if (row.name == name) return row.value;
  }
  return std::nullopt;
}

/// Every name, for messages: "adamw, adam, sgd".
template <class T>
std::string names_of(std::span<const NamedValue<T>> table) {
  std::string names;
  for (const auto& row : table) {
    if (!names.empty()) names += ", ";
    names += row.name;
  }
  return names;
}

}  // namespace superpose
