#include "superpose/drawing/legend.h"

#include <limits>

#include "superpose/drawing/layout.h"

namespace superpose::drawing {
namespace {

constexpr double kSwatch = 16, kGap = 5, kBetween = 16;

double width_of(const LegendEntry& entry) {
  return kSwatch + kGap + text_width(entry.text);
}

/// Where an entry stands: its left edge, and its row.
struct Place {
  double x = 0;
  std::size_t row = 0;
};
std::vector<Place> places(double width, const std::vector<LegendEntry>& entries) {
  std::vector<Place> result;
  Place next;
  for (const LegendEntry& entry : entries) {
    if (next.x > 0 && next.x + width_of(entry) > width) next = {.x = 0, .row = next.row + 1};
    result.push_back(next);
    next.x += width_of(entry) + kBetween;
  }
  return result;
}

}  // namespace

std::size_t legend_rows(double width, const std::vector<LegendEntry>& entries) {
  return entries.empty() ? 0 : places(width, entries).back().row + 1;
}

Panel legend(const Rect& area, const std::vector<LegendEntry>& entries) {
  using Kind = LegendEntry::Mark;
  // Where there is room for one row alone, all stand in it.
  const bool one_row = area.height < 2 * kLegendRow;
  const double width = one_row ? std::numeric_limits<double>::infinity() : area.width;
  const std::vector<Place> at = places(width, entries);
  const double rows = at.empty() ? 1 : static_cast<double>(at.back().row + 1);
  Panel panel;
  panel.area = area;
  panel.frame = false;
  panel.x = {.first = 0, .last = area.width};
  panel.y = {.first = rows, .last = 0};
  panel.legend = entries;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const LegendEntry& entry = entries[i];
    const double x = at[i].x, y = static_cast<double>(at[i].row) + 0.5;
    if (entry.mark != Kind::kDots) {
      panel.marks.emplace_back(Line{.at = {{x, y}, {x + kSwatch, y}},
                                    .color = entry.color,
                                    .width = 1,
                                    .dashed = entry.mark == Kind::kDashes});
    }
    if (entry.mark == Kind::kDots || entry.mark == Kind::kLineAndDots)
      panel.marks.emplace_back(
          Points{.radius = 2, .points = {{.at = {x + kSwatch / 2, y}, .color = entry.color}}});
    panel.marks.emplace_back(
        Text{.at = {x + kSwatch + kGap + text_width(entry.text) / 2, y}, .text = entry.text});
  }
  return panel;
}

}  // namespace superpose::drawing
