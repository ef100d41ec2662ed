#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace superpose {

/// Levels of tables and arrays, one inside the other, that a TOML text may have: parts of a dotted key or of
/// a table's header, arrays and inline tables. toml++ 3 builds, reads and frees them by recursion and does
/// not count keys: without a limit, 60 kB of `a.a.a...` would overflow the stack.
inline constexpr std::size_t kMostTomlLevels = 100;

/// A place in a text: line and column (in bytes), both from 1 on.
struct TextPosition {
  std::size_t line;
  std::size_t column;

  bool operator==(const TextPosition&) const = default;
};

/// Where the text first goes deeper than kMostTomlLevels; nothing if it does not. Looks at brackets, dots,
/// strings and comments alone and in one pass: the text need not be TOML, up to its first mistake the levels
/// are right.
std::optional<TextPosition> find_too_deep(std::string_view text);

}  // namespace superpose
