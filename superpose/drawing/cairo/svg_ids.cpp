#include "superpose/drawing/cairo/svg_ids.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>

namespace superpose::drawing {
namespace {

// What stands before an id. Its quotes tell ids from text, where Cairo writes glyphs, and from base64 data.
constexpr std::array<std::string_view, 3> kBefore = {"id=\"", "href=\"#", "url(#"};
// Ids that Cairo 1.16 numbers through the life of the process: "surface12", "image12".
constexpr std::array<std::string_view, 2> kNumbered = {"surface", "image"};
// Cairo 1.18 writes a hyphen before the number, as in "source-12" and "compositing-group-12". Glyphs have two
// numbers, "glyph-0-12", which begin at 0 in each file.
constexpr std::string_view kGlyph = "glyph";
constexpr std::string_view kDigits = "0123456789";

// How many bytes the name of an id has; its number follows. 0 if the id need not change.
std::size_t name_length(std::string_view id) {
  const std::size_t length = id.find_first_of(kDigits);
  if (length == std::string_view::npos) return 0;
  const std::string_view name = id.substr(0, length);
  const bool hyphenated = name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos &&
                          name.size() > 1 && name.ends_with('-') && !name.starts_with(kGlyph);
  return hyphenated || std::ranges::find(kNumbered, name) != kNumbered.end() ? length : 0;
}

// How many bytes stand before the number of an id at the start of `text`; 0 if no id begins there.
std::size_t number_offset(std::string_view text) {
  for (const std::string_view before : kBefore) {
    if (!text.starts_with(before)) continue;
    const std::size_t length = name_length(text.substr(before.size()));
    return length == 0 ? 0 : before.size() + length;
  }
  return 0;
}

}  // namespace

std::vector<std::byte> with_stable_svg_ids(std::span<const std::byte> svg) {
  std::string_view text(reinterpret_cast<const char*>(svg.data()), svg.size());
  // From Cairo's ids, such as "clip-3", to our numbers. Cairo 1.18 counts each kind apart, some kinds within
  // a file and some within the process, so that a number alone may stand for one thing in one file and for
  // two in another.
  std::map<std::string_view, std::size_t> numbers;
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
    const std::size_t length = std::min(text.find_first_not_of(kDigits, offset), text.size());
    const std::size_t id = text.substr(0, offset).find_last_of("\"#") + 1;
    const auto number = numbers.try_emplace(text.substr(id, length - id), numbers.size() + 1).first->second;
    result += text.substr(0, offset);
    result += std::to_string(number);
    text.remove_prefix(length);
  }
  const auto bytes = std::as_bytes(std::span(result));
  return {bytes.begin(), bytes.end()};
}

}  // namespace superpose::drawing
