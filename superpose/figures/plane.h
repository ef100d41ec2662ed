#pragma once

#include <span>
#include <string>
#include <vector>

#include "superpose/drawing/figure.h"

namespace superpose::figures {

/// A feature in the plane: an arrow from the origin.
struct Arrow {
  drawing::Position to = {};
  drawing::Color color = {};
  std::string hover = {};
};

/// How thick arrows are, in points.
struct ArrowSize {
  double stroke = 1.5;  ///< width
  double head = 2.5;    ///< radius of the dot at the end
};

/// The largest |weight|, without those that are not finite; 0 where there is none.
double largest_weight(std::span<const float> W);

/// The two axes of a plane, from -half_width to half_width each.
std::vector<drawing::Mark> axis_strokes(double half_width);

/// The marks of the arrows: all strokes, then all heads. The last arrow is on top.
std::vector<drawing::Mark> arrow_marks(std::vector<Arrow> arrows, const ArrowSize& size = {});

/// A plane with its axes and these arrows.
drawing::Panel plane_panel(const drawing::Rect& area, double half_width, std::vector<Arrow> arrows,
                           const ArrowSize& size = {});

}  // namespace superpose::figures
