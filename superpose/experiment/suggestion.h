#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace superpose {

/// The known word that `word` was probably meant to be: the nearest one in single-letter edits, if a few
/// edits are enough.
std::optional<std::string_view> closest(std::string_view word, std::span<const std::string_view> known);

}  // namespace superpose
