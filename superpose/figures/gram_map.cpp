#include "superpose/figures/gram_map.h"

#include <vector>

#include "superpose/analysis/metrics.h"

namespace superpose::figures {

drawing::PanelAxis matrix_axis(std::size_t length, bool downward) {
  const double last = static_cast<double>(length) - 0.5;
  return downward ? drawing::PanelAxis{.first = last, .last = -0.5}
                  : drawing::PanelAxis{.first = -0.5, .last = last};
}

drawing::HeatMap gram_map(std::span<const float> W, std::int64_t n_hidden,
                          std::span<const std::size_t> features) {
  const Shape shape = Shape::of_weights(W.size(), n_hidden);
  std::vector<float> rows;
  rows.reserve(features.size() * shape.hidden());
  for (const std::size_t f : features) {
    const auto row = W.subspan(f * shape.hidden(), shape.hidden());
    rows.insert(rows.end(), row.begin(), row.end());
  }
  return {.columns = features.size(),
          .values = gram(rows, Shape::of_weights(rows.size(), n_hidden)),
          .value_name = "WᵀW"};
}

drawing::Panel gram_panel(const drawing::Rect& area, std::size_t features) {
  drawing::Panel panel;
  panel.area = area;
  panel.x = matrix_axis(features, false);
  panel.y = matrix_axis(features, true);
  panel.equal_aspect = true;
  return panel;
}

}  // namespace superpose::figures
