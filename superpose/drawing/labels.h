#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace superpose::drawing {

/// A number for people: a whole number below a million in full, any other with at most 4 significant digits.
/// It has a true minus sign.
std::string number_label(double number);

/// The density of an instance, from the probabilities of its features: "1 − S = 0.1".
std::string density_label(std::span<const float> feature_probability);

/// The text on one line and as valid UTF-8. When it has more than `most` characters, "…" replaces its end.
/// Control characters become spaces. Bytes that are not UTF-8, characters that turn the direction of text,
/// and characters that XML does not have become U+FFFD. most > 0.
std::string one_line(std::string_view text, std::size_t most);

/// The lines of a text, which '\n' ends. One empty line of an empty text.
std::vector<std::string_view> lines_of(std::string_view text);

}  // namespace superpose::drawing
