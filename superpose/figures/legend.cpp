#include "superpose/figures/legend.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace superpose::figures {
namespace {

/// About, in points: an average letter of DejaVu Sans at kTextSize.
constexpr double kLetter = 0.6 * kTextSize;
constexpr double kSwatch = 16, kGap = 5, kBetween = 16;

double text_width(std::string_view text) {
  const auto letters =
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
  return kLetter * static_cast<double>(letters);
}

}  // namespace

Panel legend(const Rect& area, const std::vector<LegendEntry>& entries) {
  using Kind = LegendEntry::Mark;
  Panel panel;
  panel.area = area;
  panel.frame = false;
  panel.x = {.first = 0, .last = area.width};
  panel.y = {.first = 0, .last = 1};
  double x = 0;
  for (const LegendEntry& entry : entries) {
    if (entry.mark != Kind::kDots) {
      panel.marks.emplace_back(Line{.at = {{x, 0.5}, {x + kSwatch, 0.5}},
                                    .color = entry.color,
                                    .width = 1,
                                    .dashed = entry.mark == Kind::kDashes});
    }
    if (entry.mark == Kind::kDots || entry.mark == Kind::kLineAndDots)
      panel.marks.emplace_back(
          Points{.radius = 2, .points = {{.at = {x + kSwatch / 2, 0.5}, .color = entry.color}}});
    const double width = text_width(entry.text);
    panel.marks.emplace_back(Text{.at = {x + kSwatch + kGap + width / 2, 0.5}, .text = entry.text});
    x += kSwatch + kGap + width + kBetween;
  }
  return panel;
}

}  // namespace superpose::figures
