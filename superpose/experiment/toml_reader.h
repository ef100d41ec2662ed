#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "superpose/core/error.h"

namespace superpose {

/// The numbers that a key accepts, and what messages call them.
struct NumberRange {
  double low;
  bool low_included;
  double high;
  bool high_included;
  std::string_view description;

  [[nodiscard]] bool contains(double number) const {
    return (low_included ? number >= low : number > low) && (high_included ? number <= high : number < high);
  }
};

/// Places by full key: "train.steps", "data.importance[1]".
using PlacesOfKeys = std::map<std::string, Place, std::less<>>;

/// A value of a TOML file, with the name that messages use for it. Every reading function throws
/// InvalidRequest when the value is of another type or range. It is a view: valid while the document is.
class TomlValue {
 public:
  /// section, key: what messages call it, "train" and "steps"; either may be empty. file: the place of values
  /// that have no position of their own. set: which of the document's values the file did not give; null:
  /// none.
  TomlValue(const toml::node& node, std::string section, std::string key, std::string_view file,
            const PlacesOfKeys* set = nullptr)
      : node_(&node), section_(std::move(section)), key_(std::move(key)), file_(file), set_(set) {}

  [[nodiscard]] bool is_array() const { return node_->is_array(); }
  [[nodiscard]] bool is_table() const { return node_->is_table(); }
  [[nodiscard]] bool is_number() const { return node_->is_number(); }
  [[nodiscard]] bool is_string() const { return node_->is_string(); }
  /// Whether it is not what the file says there: an override or a point of a sweep gave it.
  [[nodiscard]] bool is_set() const { return place_it_was_set_at() != nullptr; }

  /// A whole number from least to most. In the file, too, it must be written as a whole number.
  [[nodiscard]] std::int64_t whole_number(std::int64_t least, std::int64_t most) const;
  /// A number in the range; a whole number is accepted too.
  [[nodiscard]] double number(const NumberRange& range) const;
  [[nodiscard]] bool boolean() const;
  [[nodiscard]] std::string text() const;
  /// An array's elements, called "KEY[0]", "KEY[1]", ...
  [[nodiscard]] std::vector<TomlValue> elements() const;
  /// A table's value of that key; a table that is called KEY itself is named in front of it.
  [[nodiscard]] std::optional<TomlValue> find(std::string_view key) const;
  [[nodiscard]] const toml::table& table() const { return *node_->as_table(); }

  /// Throws that this value is wrong. got: the value itself, if it is not given.
  [[noreturn]] void refuse(std::string_view expected) const;
  [[noreturn]] void refuse(std::string_view expected, std::string_view got) const;
  /// Refuses a value that is not one of these names, and suggests the one that was probably meant.
  [[noreturn]] void refuse_choice(std::span<const std::string_view> names) const;
  /// Refuses a table with a key that is not one of these names, and suggests the one that was probably meant.
  void refuse_unknown_keys(std::span<const std::string_view> names) const;
  /// Throws that this table lacks a key.
  [[noreturn]] void refuse_missing(std::string_view key, std::string_view expected) const;
  /// Throws a problem with this value that is not a wrong type or range.
  [[noreturn]] void fail(std::string_view problem) const;

  /// Where the value is written.
  [[nodiscard]] Place place() const;
  [[nodiscard]] const std::string& section() const { return section_; }
  [[nodiscard]] const std::string& key() const { return key_; }

 private:
  /// The name of a key of this table.
  [[nodiscard]] std::string key_of(std::string_view key) const;
  /// Where this value, or what it is a part of, was set; null where the file has it.
  [[nodiscard]] const Place* place_it_was_set_at() const;

  const toml::node* node_;
  std::string section_, key_;
  std::string_view file_;
  const PlacesOfKeys* set_;
};

/// A parsed file, with the values that were set in it afterwards.
struct TomlDocument {
  toml::table table;
  std::string file;    ///< its name, for places
  PlacesOfKeys set{};  ///< the values that the file did not give, and where they are written
};

/// The place in the file of what was parsed.
Place place_of(const toml::source_region& source, std::string_view file);

/// The place of an override. key_and_value: "KEY=VALUE"; its control characters are escaped.
Place override_place(std::string_view key_and_value);

/// Parses a document. Errors: InvalidRequest with the position and toml++'s description.
toml::table parse_toml(std::string_view text, std::string_view file);

/// The value that an override gives to a key, as the only entry of a table: "value". It is read as TOML, or
/// else as a bare string. place: of the override, for errors. Errors: InvalidRequest when it begins like an
/// array, a table or a quoted string but is not one.
toml::table parse_override(std::string_view value, const Place& place);

/// The text as a TOML string, with quotes and on one line.
std::string toml_string(std::string_view text);
/// The shortest TOML float that reads back as the same number.
std::string toml_float(double number);
/// Control characters escaped, so that a message stays on its line.
std::string on_one_line(std::string_view text);

}  // namespace superpose
