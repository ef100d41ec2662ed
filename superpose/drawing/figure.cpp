#include "superpose/drawing/figure.h"

#include <algorithm>
#include <cmath>

namespace superpose::drawing {

Rect plot_area(const Panel& panel) {
  if (!panel.equal_aspect) return panel.area;
  const double units_x = std::abs(panel.x.last - panel.x.first);
  const double units_y = std::abs(panel.y.last - panel.y.first);
  const double unit = std::min(panel.area.width / units_x, panel.area.height / units_y);
  const double width = unit * units_x;
  const double height = unit * units_y;
  return {panel.area.center_x() - width / 2, panel.area.center_y() - height / 2, width, height};
}

double fraction_along(const PanelAxis& axis, double value) {
  if (axis.log) return std::log(value / axis.first) / std::log(axis.last / axis.first);
  return (value - axis.first) / (axis.last - axis.first);
}

double value_along(const PanelAxis& axis, double fraction) {
  if (axis.log) return axis.first * std::pow(axis.last / axis.first, fraction);
  return axis.first + fraction * (axis.last - axis.first);
}

}  // namespace superpose::drawing
