#include "superpose/drawing/cairo/svg_ids.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>

namespace superpose::drawing {
namespace {

// What stands before an id; quotes keep these apart from text, where Cairo writes glyphs, and from base64
// data.
constexpr std::array<std::string_view, 3> kBefore = {"id=\"", "href=\"#", "url(#"};
constexpr std::array<std::string_view, 2> kNumbered = {"surface", "image"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Bytes from the start of `text` up to an id's number, 0 if none begins there.
std::size_t number_offset(std::string_view text) {
  for (const std::string_view before : kBefore) {
    if (!text.starts_with(before)) continue;
    for (const std::string_view name : kNumbered) {
      const std::size_t offset = before.size() + name.size();
      if (text.substr(before.size()).starts_with(name) && offset < text.size() && is_digit(text[offset]))
        return offset;
    }
  }
  return 0;
}

}  // namespace

std::vector<std::byte> with_stable_svg_ids(std::span<const std::byte> svg) {
  std::string_view text(reinterpret_cast<const char*>(svg.data()), svg.size());
  std::map<std::string_view, std::size_t> numbers;  // Cairo's to ours
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::size_t offset = number_offset(text);
    if (offset == 0) {
      const std::size_t next = std::min(text.find_first_of("ihu", 1), text.size());
      result += text.substr(0, next);
      text.remove_prefix(next);
      continue;
    }
    const std::size_t length = std::min(text.find_first_not_of("0123456789", offset), text.size());
    const auto number =
        numbers.try_emplace(text.substr(offset, length - offset), numbers.size() + 1).first->second;
    result += text.substr(0, offset);
    result += std::to_string(number);
    text.remove_prefix(length);
  }
  const auto bytes = std::as_bytes(std::span(result));
  return {bytes.begin(), bytes.end()};
}

}  // namespace superpose::drawing
