#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <stdexcept>
#include <variant>
#include <vector>

#include "superpose/drawing/figure.h"

namespace superpose::drawing {

inline bool overlap(const Rect& a, const Rect& b) {
  return a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom();
}

/// The room that a panel takes with its title, ticks and labels, by a generous estimate of their sizes.
inline Rect with_labels(const Panel& panel) {
  const double above = panel.title.empty() ? 0 : kTitleGap + kPanelTitleSize;
  const double below = panel.x.ticks.empty() ? 0 : kTickLength + 1 + 1.3 * kTextSize;
  const double left =
      (panel.y.ticks.empty() ? 0 : kTickLength + 3 * kTextSize) + (panel.y.label.empty() ? 0 : 4 + kTextSize);
  const Rect& area = panel.area;
  return {area.x - left, area.y - above, area.width + left, area.height + above + below};
}
inline Rect with_labels(const ColorBar& bar) {
  const Rect& area = bar.area;
  if (bar.upright()) return {area.x, area.y, area.width + kUprightLabelGap + 2, area.height};
  return {area.x, area.y - kTitleGap - kTextSize, area.width, area.height + kTitleGap + 2.3 * kTextSize + 4};
}

/// Nothing leaves the figure and nothing lies on anything else.
inline void expect_sound_layout(const Figure& figure) {
  std::vector<Rect> rects;
  if (!figure.title.empty()) rects.push_back({0, 0, figure.width, kFigureTitleBaseline + 3});
  for (const Panel& panel : figure.panels) rects.push_back(with_labels(panel));
  for (const ColorBar& bar : figure.color_bars) rects.push_back(with_labels(bar));
  for (std::size_t i = 0; i < rects.size(); ++i) {
    EXPECT_GE(rects[i].x, 0) << i;
    EXPECT_GE(rects[i].y, 0) << i;
    EXPECT_LE(rects[i].right(), figure.width) << i;
    EXPECT_LE(rects[i].bottom(), figure.height) << i;
    EXPECT_GT(rects[i].width, 0) << i;
    EXPECT_GT(rects[i].height, 0) << i;
    for (std::size_t j = i + 1; j < rects.size(); ++j)
      EXPECT_FALSE(overlap(rects[i], rects[j])) << i << ", " << j;
  }
}

/// The panel's first mark of that type.
template <class T>
const T& mark(const Panel& panel) {
  for (const Mark& candidate : panel.marks) {
    if (const T* found = std::get_if<T>(&candidate)) return *found;
  }
  throw std::runtime_error("the panel has no such mark");
}

}  // namespace superpose::drawing
