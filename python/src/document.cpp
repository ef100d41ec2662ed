#include "python/src/document.h"

#include <fmt/format.h>
#include <nanobind/stl/string.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "python/src/arrays.h"
#include "superpose/experiment/experiment_keys.h"
#include "superpose/store/available_memory.h"

namespace superpose::python {
namespace {

/// Deeper than any description is; the recursion of both sides ends here.
constexpr int kMostNesting = 64;

/// error: nb::type_error or nb::value_error.
[[noreturn]] void refuse(nb::builtin_exception (*error)(const char*), const std::string& label,
                         const std::string& expected, const std::string& got) {
  throw error(fmt::format("{}: expected {}, got {}", label, expected, got).c_str());
}

std::int64_t to_integer(nb::handle value, const std::string& label) {
  int overflow = 0;
  const long long number = PyLong_AsLongLongAndOverflow(value.ptr(), &overflow);
  if (overflow != 0) {
    const auto* const expected = overflow > 0 ? "a whole number up to 9223372036854775807"
                                              : "a whole number from -9223372036854775808";
    refuse(nb::value_error, label, expected, nb::cast<std::string>(nb::str(value)));
  }
  return number;
}

/// Calls `put` with the value as a node of TOML.
template <class Put>
void convert(nb::handle value, const std::string& label, int depth, const Put& put);

toml::table to_table(nb::handle mapping, const std::string& label, int depth) {
  toml::table table;
  for (const auto& [key, value] : nb::cast<nb::dict>(mapping)) {
    const auto name = nb::cast<std::string>(nb::str(key));
    const std::string inner = label.empty() ? name : fmt::format("{} {}", label, name);
    convert(value, inner, depth,
            [&](auto&& node) { table.insert_or_assign(name, std::forward<decltype(node)>(node)); });
  }
  return table;
}

toml::array to_array(nb::handle sequence, const std::string& label, int depth) {
  toml::array array;
  for (const nb::handle element : nb::cast<nb::sequence>(sequence)) {
    convert(element, fmt::format("{}[{}]", label, array.size()), depth,
            [&](auto&& node) { array.push_back(std::forward<decltype(node)>(node)); });
  }
  return array;
}

template <class Put>
void convert(nb::handle value, const std::string& label, int depth, const Put& put) {
  if (depth > kMostNesting)
    refuse(nb::value_error, label, fmt::format("values nested at most {} deep", kMostNesting), "deeper ones");
  if (nb::isinstance<nb::bool_>(value)) return put(nb::cast<bool>(value));
  if (nb::isinstance<nb::int_>(value)) return put(to_integer(value, label));
  if (nb::isinstance<nb::float_>(value)) return put(PyFloat_AsDouble(value.ptr()));
  if (nb::isinstance<nb::str>(value)) return put(nb::cast<std::string>(value));
  if (nb::isinstance<nb::dict>(value)) return put(to_table(value, label, depth + 1));
  if (nb::isinstance<nb::list>(value) || nb::isinstance<nb::tuple>(value))
    return put(to_array(value, label, depth + 1));
  if (nb::hasattr(value, "tolist"))  // NumPy's: it gives Python's own
    return convert(value.attr("tolist")(), label, depth + 1, put);
  refuse(nb::type_error, label, "a number, text, list or dict",
         nb::cast<std::string>(value.type().attr("__name__")));
}

/// What is given as an array; nothing where it is given otherwise.
std::optional<Values> to_values(const nb::dict& data, const char* key) {
  ArrayIn<double> array;
  if (!data.contains(key) || !nb::try_cast(data[key], array, false)) return std::nullopt;
  const auto numbers = span_of(array);
  if (array.ndim() == 0) return numbers.front();
  if (array.ndim() == 1) return std::vector<double>(numbers.begin(), numbers.end());
  if (array.ndim() != 2) throw nb::value_error("expected an array of at most 2 dimensions");
  std::vector<std::vector<double>> rows;
  const std::size_t width = array.shape(1);
  for (std::size_t row = 0; row < array.shape(0); ++row) {
    const auto own = numbers.subspan(row * width, width);
    rows.emplace_back(own.begin(), own.end());
  }
  return rows;
}

}  // namespace

toml::table to_document(const nb::dict& keys) {
  return to_table(keys, "", 0);
}

Experiment to_experiment(const nb::dict& sections) {
  const nb::dict others;
  for (const auto& [name, keys] : sections) others[name] = keys;
  GivenValues given;
  if (sections.contains("data")) {
    nb::dict data;
    for (const auto& [key, value] : nb::cast<nb::dict>(sections["data"])) data[key] = value;
    for (const auto& [key, values] :
         {std::pair("feature_probability", &given.feature_probability), {"importance", &given.importance}}) {
      *values = to_values(data, key);
      if (*values) nb::del(data[key]);
    }
    others["data"] = data;
  }
  return read_experiment({.table = to_document(others), .file = ""}, store::available_bytes(), given);
}

}  // namespace superpose::python
