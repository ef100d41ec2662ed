#include "superpose/drawing/labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

namespace superpose::drawing {
namespace {

constexpr std::string_view kMinus = "\u2212";
constexpr std::string_view kRangeDash = "\u2013";
constexpr std::string_view kEllipsis = "\u2026";
constexpr std::string_view kReplacement = "\uFFFD";

std::string with_true_minus(std::string text) {
  for (std::size_t at = 0; (at = text.find('-', at)) != std::string::npos; at += kMinus.size()) {
    text.replace(at, 1, kMinus);
  }
  return text;
}

struct Probabilities {
  double least, most;
};
Probabilities extremes(std::span<const float> feature_probability) {
  const auto [least, most] = std::ranges::minmax(feature_probability);
  return {least, most};
}

std::string range_label(std::string_view name, const std::string& from, const std::string& to) {
  return from == to ? fmt::format("{} = {}", name, from)
                    : fmt::format("{} = {}{}{}", name, from, kRangeDash, to);
}

std::string density_number(double p) {
  return with_true_minus(fmt::format("{:.2g}", p));
}

// How many bytes the well-formed UTF-8 character at the start of the text has; 0 if there is none (RFC 3629).
std::size_t leading_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = first == 0xED && byte(1) > 0x9F;
    return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && byte(1) < 0x90;
    const bool too_large = first == 0xF4 && byte(1) > 0x8F;
    return continues(1) && continues(2) && continues(3) && !overlong && !too_large ? 4 : 0;
  }
  return 0;
}

/// The number of a well-formed character. character: UTF-8.
char32_t code_point(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first;
  char32_t code = first & (0xFFU >> (character.size() + 1));
  for (const char next : character.substr(1)) code = code << 6U | (static_cast<unsigned char>(next) & 0x3FU);
  return code;
}

/// Control characters, and the two line ends of Unicode.
bool is_control(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029;
}

/// Characters that turn the direction of everything after them, also on a page that quotes the text; and
/// characters that XML does not have.
bool is_harmful(char32_t code) {
  return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF ||
         (code & 0xFFFEU) == 0xFFFE;
}

/// The character as it is shown. character: UTF-8, well-formed.
std::string_view shown(std::string_view character) {
  const char32_t code = code_point(character);
  return is_control(code) ? " " : is_harmful(code) ? kReplacement : character;
}

}  // namespace

std::string number_label(double number) {
  const bool is_count = number == std::round(number) && std::abs(number) < 1e6;
  return with_true_minus(is_count ? fmt::format("{:.0f}", number + 0.0) : fmt::format("{:.4g}", number));
}

std::string density_label(std::span<const float> feature_probability) {
  if (std::isnan(feature_probability.front())) return fmt::format("1 {} S unknown", kMinus);
  const auto [least, most] = extremes(feature_probability);
  return range_label(fmt::format("1 {} S", kMinus), density_number(least), density_number(most));
}

std::string one_line(std::string_view text, std::size_t most) {
  std::string line;
  for (std::size_t characters = 0; !text.empty(); ++characters) {
    std::size_t length = leading_character(text);
    const std::string_view character = length == 0 ? kReplacement : shown(text.substr(0, length));
    length = std::max<std::size_t>(length, 1);
    if (characters + 1 == most && text.size() > length) return line.append(kEllipsis);
    line += character;
    text.remove_prefix(length);
  }
  return line;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t end = 0; (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1))
    lines.push_back(text.substr(0, end));
  lines.push_back(text);
  return lines;
}

}  // namespace superpose::drawing
