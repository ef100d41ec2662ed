#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace superpose {

/// The known word that `word` was probably meant to be: the nearest in single-letter edits, when a few are
/// enough.
std::optional<std::string_view> closest(std::string_view word, std::span<const std::string_view> known);

}  // namespace superpose
