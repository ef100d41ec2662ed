#pragma once

#include <cstddef>
#include <vector>

#include "superpose/drawing/figure.h"

namespace superpose::drawing {

/// Entries side by side, each as wide as its text, in as many rows as they need: in one row where the area
/// has no height for a second. It is a panel without a frame, for figures that have no room in their panels.
/// area: the first entry begins at its left edge.
Panel legend(const Rect& area, const std::vector<LegendEntry>& entries);

/// How many rows the entries need in this width.
std::size_t legend_rows(double width, const std::vector<LegendEntry>& entries);

inline constexpr double kLegendRow = 14;

}  // namespace superpose::drawing
