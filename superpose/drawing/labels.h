#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace superpose::drawing {

/// A number for people: a whole number below a million in full, else 4 significant digits at most, with a
/// true minus sign.
std::string number_label(double number);

/// How sparse an instance is, from its features' probabilities: "S = 0.81", or "S = 0.2–0.9" where they
/// differ; as "1 − S = 2e−05" where S is too near 1 to write out; "S unknown" where it is NaN.
/// feature_probability: not empty.
std::string sparsity_label(std::span<const float> feature_probability);

/// The same as "1 − S = 0.1".
std::string density_label(std::span<const float> feature_probability);

/// The text on one line and as valid UTF-8, its end replaced by "…" when it has more than `most` characters.
/// Control characters become spaces. Other bytes, and characters that turn the direction of text or that XML
/// does not have, become U+FFFD. most > 0.
std::string one_line(std::string_view text, std::size_t most);

}  // namespace superpose::drawing
