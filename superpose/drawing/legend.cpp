#include "superpose/drawing/legend.h"

#include <utility>

#include "superpose/drawing/layout.h"

namespace superpose::drawing {
namespace {

constexpr double kSwatch = 16, kGap = 5, kBetween = 16;

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

}  // namespace superpose::drawing
