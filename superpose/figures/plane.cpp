#include "superpose/figures/plane.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace superpose::figures {
namespace {

constexpr drawing::Color kPaper{0xFC, 0xFB, 0xF8};  // [N]
constexpr drawing::Color kAxis{205, 203, 198};
constexpr double kAxisWidth = 0.5;

}  // namespace

double largest_weight(std::span<const float> W) {
  double largest = 0;
  for (const float w : W) {
    if (std::isfinite(w)) largest = std::max(largest, std::abs(static_cast<double>(w)));
  }
  return largest;
}

std::vector<drawing::Mark> axis_strokes(double half_width) {
  return {drawing::Line{.at = {{-half_width, 0}, {half_width, 0}}, .color = kAxis, .width = kAxisWidth},
          drawing::Line{.at = {{0, -half_width}, {0, half_width}}, .color = kAxis, .width = kAxisWidth}};
}

std::vector<drawing::Mark> arrow_marks(std::vector<Arrow> arrows, const ArrowSize& size) {
  drawing::Segments strokes{.width = size.stroke};
  drawing::Points heads{.radius = size.head};
  for (Arrow& arrow : arrows) {
    strokes.segments.push_back({.from = {0, 0}, .to = arrow.to, .color = arrow.color});
    heads.points.push_back({.at = arrow.to, .color = arrow.color, .hover = std::move(arrow.hover)});
  }
  return {std::move(strokes), std::move(heads)};
}

drawing::Panel plane_panel(const drawing::Rect& area, double half_width, std::vector<Arrow> arrows,
                           const ArrowSize& size) {
  drawing::Panel panel;
  panel.area = area;
  panel.x = {.first = -half_width, .last = half_width};
  panel.y = panel.x;
  panel.equal_aspect = true;
  panel.background = kPaper;
  panel.frame = false;
  panel.marks = axis_strokes(half_width);
  std::ranges::move(arrow_marks(std::move(arrows), size), std::back_inserter(panel.marks));
  return panel;
}

}  // namespace superpose::figures
