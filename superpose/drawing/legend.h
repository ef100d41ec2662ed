#pragma once

#include <string>
#include <vector>

#include "superpose/drawing/figure.h"

namespace superpose::drawing {

/// An entry of a legend: what a kind of mark means.
struct LegendEntry {
  enum class Mark { kDots, kLine, kDashes, kLineAndDots };
  Mark mark = Mark::kDots;
  Color color = kInk;
  std::string text = {};
};

/// A row of entries, side by side, each as wide as its text. It is a panel without a frame, for figures that
/// have no room in their panels. area: the first entry begins at its left edge.
Panel legend(const Rect& area, const std::vector<LegendEntry>& entries);

}  // namespace superpose::drawing
