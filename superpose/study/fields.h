#pragma once

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "superpose/core/named_values.h"
#include "superpose/experiment/memory.h"
#include "superpose/experiment/toml_reader.h"

// The keys and tensors of a kind of study as data. Internal to study/: each KIND.cpp makes them, study.cpp
// reads and writes the keys, results.cpp the tensors.

namespace superpose::study {

struct WholeRange {
  std::int64_t least = 1, most = 1;
};

/// A value that is one of several names.
struct Choice {
  std::vector<std::string_view> names;
  std::size_t chosen = 0;                   ///< index of the value's name
  std::function<void(std::size_t)> choose;  ///< sets the value to the name of that index
};

/// A key of a kind: where its value lies, and which values it accepts. A list accepts 1 to 1000 numbers, each
/// in the range. A field points into the study that it was made from: it is valid while the study is.
struct Field {
  std::string_view key;
  std::variant<std::int64_t*, double*, std::vector<std::int64_t>*, std::vector<double>*, Choice> value;
  WholeRange whole{};     ///< for whole numbers
  NumberRange numbers{};  ///< for other numbers
};

template <class Whole>
Field field(std::string_view key, Whole& value, WholeRange range) {
  return {.key = key, .value = &value, .whole = range, .numbers = {}};
}
template <class Number>
Field field(std::string_view key, Number& value, const NumberRange& range) {
  return {.key = key, .value = &value, .whole = {}, .numbers = range};
}
/// A field whose value has one of the table's names. table: has static lifetime and the value's row.
template <class Value, std::size_t size>
Field field(std::string_view key, Value& value, const std::array<NamedValue<Value>, size>& table) {
  Choice choice;
  for (std::size_t i = 0; i < size; ++i) {
    choice.names.push_back(table[i].name);
    if (table[i].value == value) choice.chosen = i;
  }
  choice.choose = [&value, &table](std::size_t index) { value = table[index].value; };
  return {.key = key, .value = std::move(choice), .whole = {}, .numbers = {}};
}

/// A tensor of a result: its name, where its numbers lie, and its shape.
struct Tensor {
  std::string_view name;
  std::variant<std::vector<std::int64_t>*, std::vector<float>*> numbers;
  std::vector<std::int64_t> shape;
};

inline constexpr NumberRange kAnyEps = {.low = 0.1,
                                        .low_included = true,
                                        .high = 1,
                                        .high_included = false,
                                        .description = "a number of at least 0.1 and below 1"};
inline constexpr NumberRange kShare = {.low = 0,
                                       .low_included = false,
                                       .high = 1,
                                       .high_included = true,
                                       .description = "a number above 0 and at most 1"};
inline constexpr NumberRange kSparse = {.low = 1e-6,
                                        .low_included = true,
                                        .high = 1,
                                        .high_included = false,
                                        .description = "a number of at least 1e-06 and below 1"};
inline constexpr NumberRange kLearningRate = {.low = 0,
                                              .low_included = true,
                                              .high = std::numeric_limits<double>::infinity(),
                                              .high_included = false,
                                              .description = "a finite number of at least 0"};

/// Refuses a study that needs more memory than there is. needed, memory_limit: bytes; no limit accepts any.
inline void refuse_what_does_not_fit(const TomlValue& section, double needed,
                                     std::optional<double> memory_limit) {
  if (!memory_limit || needed <= *memory_limit) return;
  section.refuse(fmt::format("a study that fits in the {} of memory that this process may use",
                             describe_bytes(*memory_limit)),
                 fmt::format("one that needs {}", describe_bytes(needed)));
}

/// A count as a double, so that numbers of bytes do not wrap.
double as_double(auto count) {
  return static_cast<double>(count);
}

}  // namespace superpose::study
