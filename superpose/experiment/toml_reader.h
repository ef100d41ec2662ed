#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace superpose {

/// Numbers that a key accepts, and how messages call them.
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

/// A value of a TOML file with what messages call it. Every reading function throws InvalidRequest when the
/// value is not what it says. A view: valid while the document is.
class TomlValue {
 public:
  /// label: what messages call it, as in "[train] steps". file: where positions without one of their own
  /// point to.
  TomlValue(const toml::node& node, std::string label, std::string_view file)
      : node_(&node), label_(std::move(label)), file_(file) {}

  [[nodiscard]] bool is_array() const { return node_->is_array(); }
  [[nodiscard]] bool is_table() const { return node_->is_table(); }
  [[nodiscard]] bool is_number() const { return node_->is_number(); }
  [[nodiscard]] bool is_string() const { return node_->is_string(); }
  /// Whether it was given on the command line.
  [[nodiscard]] bool is_override() const;

  /// A whole number from least to most, which is also written as one.
  [[nodiscard]] std::int64_t whole_number(std::int64_t least, std::int64_t most) const;
  /// A number in the range; whole numbers are fine.
  [[nodiscard]] double number(const NumberRange& range) const;
  [[nodiscard]] bool boolean() const;
  [[nodiscard]] std::string text() const;
  /// An array's elements, called "LABEL[0]", "LABEL[1]", ...
  [[nodiscard]] std::vector<TomlValue> elements() const;
  /// A table's value of that key, called "LABEL KEY".
  [[nodiscard]] std::optional<TomlValue> find(std::string_view key) const;
  [[nodiscard]] const toml::table& table() const { return *node_->as_table(); }

  /// Throws `WHERE: LABEL: expected EXPECTED, got GOT`; got: the value itself, unless told.
  [[noreturn]] void refuse(std::string_view expected) const;
  [[noreturn]] void refuse(std::string_view expected, std::string_view got) const;
  /// Throws `WHERE: LABEL MESSAGE`.
  [[noreturn]] void fail(std::string_view message) const;

 private:
  const toml::node* node_;
  std::string label_;
  std::string_view file_;
};

/// `FILE:LINE:COLUMN`; an override, whose source is named `--set KEY=VALUE`, is that name alone.
std::string describe_position(const toml::source_region& source, std::string_view file);

/// Parses a document. Errors: InvalidRequest with the position and toml++'s description.
toml::table parse_toml(std::string_view text, std::string_view file);

/// What a command line gives a key: VALUE as TOML, or else as a bare string. origin: `--set KEY=VALUE`.
/// Errors: InvalidRequest when it begins like an array, a table or a quoted string and is none.
toml::table parse_override(std::string_view value, std::string_view origin);

/// The text as a TOML string, with quotes and on one line.
std::string toml_string(std::string_view text);
/// The shortest TOML float that reads back as the same number.
std::string toml_float(double number);
/// Control characters escaped, so that a message stays on its line.
std::string on_one_line(std::string_view text);

}  // namespace superpose
