#include "superpose/experiment/toml_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "superpose/core/error.h"
#include "superpose/experiment/suggestion.h"
#include "superpose/experiment/toml_depth.h"

namespace superpose {
namespace {

constexpr const char* kDepth = "tables and arrays nested at most 100 deep";
static_assert(kMostTomlLevels == 100);
constexpr std::size_t kLongestQuote = 60;  // bytes of a wrong string that a message repeats

std::string escaped(std::string_view text, bool quotes) {
  std::string out;
  for (const char c : text) {
    if (quotes && (c == '"' || c == '\\')) {
      out += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out;
}

/// The text, shortened to as many of its whole UTF-8 characters as fit, with dots behind.
std::string shortened(std::string_view text) {
  if (text.size() <= kLongestQuote) return std::string(text);
  std::size_t end = kLongestQuote;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "...";
}

/// The value, for the "got" of a message.
std::string describe(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::string:
      return toml_string(shortened(node.as_string()->get()));
    case toml::node_type::integer:
      return fmt::format("{}", node.as_integer()->get());
    case toml::node_type::floating_point:
      return toml_float(node.as_floating_point()->get());
    case toml::node_type::boolean:
      return node.as_boolean()->get() ? "true" : "false";
    case toml::node_type::array:
      return fmt::format("an array of {}", node.as_array()->size());
    case toml::node_type::table:
      return "a table";
    default:
      return "a date or time";
  }
}

/// The whole number that an integer, or a float such as 1e4, is.
std::optional<std::int64_t> as_whole_number(const toml::node& node) {
  if (const auto* integer = node.as_integer()) return integer->get();
  const auto* real = node.as_floating_point();
  if (!real || real->get() != std::floor(real->get()) || std::abs(real->get()) >= 0x1p53) return std::nullopt;
  return static_cast<std::int64_t>(real->get());
}

/// Whether the text is written like an integer. TOML itself only has integers of 64 bits.
bool is_whole_number(std::string_view text) {
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::ranges::all_of(text, [](char c) { return '0' <= c && c <= '9'; }) &&
         (text == "0" || !text.starts_with('0'));
}

}  // namespace

const Place* TomlValue::place_it_was_set_at() const {
  if (set_ == nullptr) return nullptr;
  std::string key = section_.empty() ? key_ : section_ + "." + key_;
  while (true) {
    if (const auto found = set_->find(key); found != set_->end()) return &found->second;
    const auto part = key.find_last_of(" [");
    if (part == std::string::npos) return nullptr;
    key.erase(part);
  }
}

std::int64_t TomlValue::whole_number(std::int64_t least, std::int64_t most) const {
  const auto* integer = node_->as_integer();
  if (integer && integer->get() >= least && integer->get() <= most) return integer->get();

  const std::optional<std::int64_t> whole = as_whole_number(*node_);
  const bool too_large = whole && *whole > most;
  const std::string expected = least == 1 && !too_large
                                   ? "a whole number above 0"
                                   : fmt::format("a whole number from {} to {}", least, most);
  if (whole && *whole >= least && !too_large)  // it is only written as a float
    refuse(expected, fmt::format("{} (write {})", describe(*node_), *whole));
  refuse(expected);
}

double TomlValue::number(const NumberRange& range) const {
  const auto number = node_->value<double>();
  if (!node_->is_number() || !number || !range.contains(*number)) refuse(range.description);
  return *number;
}

bool TomlValue::boolean() const {
  const auto value = node_->value_exact<bool>();
  if (!value) refuse("true or false");
  return *value;
}

std::string TomlValue::text() const {
  const auto* text = node_->as_string();
  if (!text) refuse("a string");
  return text->get();
}

std::vector<TomlValue> TomlValue::elements() const {
  const auto* array = node_->as_array();
  if (!array) refuse("an array");
  std::vector<TomlValue> elements;
  elements.reserve(array->size());
  for (const toml::node& element : *array) {
    elements.emplace_back(element, section_, fmt::format("{}[{}]", key_, elements.size()), file_, set_);
  }
  return elements;
}

std::optional<TomlValue> TomlValue::find(std::string_view key) const {
  const auto* table = node_->as_table();
  if (!table) refuse("a table");
  const toml::node* node = table->get(key);
  if (!node) return std::nullopt;
  return TomlValue(*node, section_, key_of(key), file_, set_);
}

std::string TomlValue::key_of(std::string_view key) const {
  return fmt::format("{}{}{}", key_, key_.empty() ? "" : " ", key);
}

void TomlValue::refuse(std::string_view expected) const {
  refuse(expected, describe(*node_));
}

void TomlValue::refuse(std::string_view expected, std::string_view got) const {
  throw InvalidRequest({.place = place(),
                        .section = section_,
                        .key = key_,
                        .expected = std::string(expected),
                        .got = std::string(got)});
}

void TomlValue::refuse_choice(std::span<const std::string_view> names) const {
  const std::string expected = fmt::format("one of {}", fmt::join(names, ", "));
  const auto meant = is_string() ? closest(text(), names) : std::nullopt;
  if (!meant) refuse(expected);
  throw InvalidRequest({.place = place(),
                        .section = section_,
                        .key = key_,
                        .expected = expected,
                        .got = describe(*node_),
                        .hint = fmt::format("did you mean \"{}\"?", *meant)});
}

void TomlValue::refuse_unknown_keys(std::span<const std::string_view> names) const {
  for (const auto& [key, ignored] : table()) {
    if (std::ranges::find(names, key.str()) != names.end()) continue;
    const auto meant = closest(key.str(), names);
    throw InvalidRequest({.place = is_set() ? place() : place_of(key.source(), file_),
                          .section = section_,
                          .key = key_,
                          .problem = fmt::format("unknown key `{}`", on_one_line(key.str())),
                          .hint = meant ? fmt::format("did you mean `{}`?", *meant)
                                        : fmt::format("known: {}", fmt::join(names, ", "))});
  }
}

void TomlValue::refuse_missing(std::string_view key, std::string_view expected) const {
  throw InvalidRequest({.place = place(),
                        .section = section_,
                        .key = key_of(key),
                        .expected = std::string(expected),
                        .got = "nothing"});
}

void TomlValue::fail(std::string_view problem) const {
  throw InvalidRequest({.place = place(), .section = section_, .key = key_, .problem = std::string(problem)});
}

Place TomlValue::place() const {
  const Place* const set = place_it_was_set_at();
  return set != nullptr ? *set : place_of(node_->source(), file_);
}

Place place_of(const toml::source_region& source, std::string_view file) {
  // A table that only overrides filled has no place in the file, so point to the start of the file.
  return {.kind = Place::Kind::kFile,
          .name = std::string(file),
          .line = std::max<toml::source_index>(source.begin.line, 1),
          .column = std::max<toml::source_index>(source.begin.column, 1)};
}

Place override_place(std::string_view key_and_value) {
  return {.kind = Place::Kind::kOverride, .name = on_one_line(key_and_value)};
}

toml::table parse_toml(std::string_view text, std::string_view file) {
  if (const auto deep = find_too_deep(text)) {
    throw InvalidRequest({.place = {.kind = Place::Kind::kFile,
                                    .name = std::string(file),
                                    .line = static_cast<std::int64_t>(deep->line),
                                    .column = static_cast<std::int64_t>(deep->column)},
                          .expected = kDepth,
                          .got = "more"});
  }
  try {
    return toml::parse(text, file);
  } catch (const toml::parse_error& error) {
    throw InvalidRequest({.place = place_of(error.source(), file),
                          .problem = fmt::format("not TOML: {}", on_one_line(error.description()))});
  }
}

toml::table parse_override(std::string_view value, const Place& place) {
  const bool bare = value.find_first_of("[{\"'") != 0;
  const std::string text = fmt::format("value = {}", value);
  if (find_too_deep(text)) throw InvalidRequest({.place = place, .expected = kDepth, .got = "more"});
  try {
    auto table = toml::parse(text);
    if (table.size() == 1) return table;
    // With more entries, the value had line breaks in it.
    if (!bare) throw InvalidRequest({.place = place, .expected = "one TOML value", .got = "more"});
  } catch (const toml::parse_error& error) {
    if (!bare) {
      throw InvalidRequest(
          {.place = place, .problem = fmt::format("not a TOML value: {}", on_one_line(error.description()))});
    }
  }
  if (is_whole_number(value)) {
    throw InvalidRequest(
        {.place = place,
         .expected = fmt::format("a whole number from {} to {}", std::numeric_limits<std::int64_t>::min(),
                                 std::numeric_limits<std::int64_t>::max()),
         .got = shortened(value)});
  }
  try {
    return toml::parse(fmt::format("value = {}", toml_string(value)));
  } catch (const toml::parse_error&) {
    throw InvalidRequest({.place = place, .expected = "UTF-8 text"});
  }
}

std::string toml_string(std::string_view text) {
  return fmt::format("\"{}\"", escaped(text, true));
}

std::string toml_float(double number) {
  std::string text = fmt::to_string(number);  // "nan" and "inf" are TOML too
  if (std::isfinite(number) && text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string on_one_line(std::string_view text) {
  return escaped(text, false);
}

}  // namespace superpose
