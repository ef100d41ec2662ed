#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace superpose {

/// The most levels of tables and arrays, one inside the other, in a TOML text. Parts of a dotted key or of a
/// table's header, arrays and inline tables each count as one. toml++ 3 builds, reads and frees them by
/// recursion and does not limit keys: without this limit, 60 kB of `a.a.a...` would overflow the stack.
inline constexpr std::size_t kMostTomlLevels = 100;

/// A place in a text: line and column (in bytes), both from 1 on.
struct TextPosition {
  std::size_t line;
  std::size_t column;

  bool operator==(const TextPosition&) const = default;
};

/// Where the text first goes deeper than kMostTomlLevels; nothing if it does not. It looks only at brackets,
/// dots, strings and comments, in one pass. The text need not be TOML: the levels are right up to its first
/// mistake.
std::optional<TextPosition> find_too_deep(std::string_view text);

}  // namespace superpose
