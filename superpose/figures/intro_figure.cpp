#include "superpose/figures/intro_figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/drawing/labels.h"
#include "superpose/drawing/layout.h"
#include "superpose/figures/not_finite.h"
#include "superpose/figures/plane.h"

namespace superpose::figures {
namespace {

constexpr std::size_t kMostPanels = 100;
constexpr double kAxisEnd = 1.5;  // [N]

struct Scale {
  double low, high;
};

// The scale runs from the least to the most important feature. Around a single value nothing can be told
// apart.
Scale importance_scale(std::span<const float> importance) {
  const auto [least, most] = std::ranges::minmax(importance);
  if (least < most) return {least, most};
  return {0, most > 0 ? most : 1.0};
}

/// The common half width of the panels: that of [N], or as much as the longest coordinate needs.
double half_width(std::span<const float> W) {
  const double largest = largest_weight(W);
  return largest < 0.96 * kAxisEnd ? kAxisEnd : 1.06 * largest;
}

/// What all panels share.
struct Common {
  double half_width;
  Scale scale;
};

/// The arrows of one instance. The most important features come last and so lie on top.
std::vector<Arrow> arrows_of(const run::Run& run, std::size_t instance, const Scale& scale) {
  const std::size_t features = run.model.shape().features();
  const std::span<const float> W = run.model.W(instance);
  const auto importance = run.model.shape().row(std::span(run.importance), instance);
  std::vector<Arrow> arrows;
  for (std::size_t f = features; f-- > 0;) {
    const double x = W[2 * f], y = W[2 * f + 1];
    arrows.push_back({.to = {x, y},
                      .color = color_of(drawing::Colormap::kViridis, importance[f], scale.low, scale.high),
                      .hover = fmt::format("feature {}\nimportance {}\nW = ({:.2f}, {:.2f})\n|W| = {:.2f}", f,
                                           drawing::number_label(importance[f]), x, y, std::hypot(x, y))});
  }
  return arrows;
}

drawing::Panel instance_panel(const run::Run& run, std::size_t instance, const drawing::Rect& area,
                              const Common& common) {
  const ArrowSize size = area.width < 80 ? ArrowSize{.stroke = 1.0, .head = 1.7} : ArrowSize{};
  drawing::Panel panel = plane_panel(area, common.half_width, arrows_of(run, instance, common.scale), size);
  panel.title = drawing::density_label(run.model.shape().row(std::span(run.feature_probability), instance));
  return panel;
}

std::string title_of(const run::Run& run, std::size_t drawn) {
  const Shape& shape = run.model.shape();
  std::string title = fmt::format("{}: {} features in 2 dimensions",
                                  drawing::one_line(run.experiment.name, 30), shape.n_features);
  if (drawn < shape.instances()) title += fmt::format(" ({} of {} instances)", drawn, shape.n_instances);
  return title;
}

}  // namespace

drawing::Figure intro_figure(const run::Run& run, const Wanted& wanted) {
  const Shape& shape = run.model.shape();
  if (shape.n_hidden != 2) {
    throw InvalidRequest({.place = argument_place("figure intro"),
                          .expected = "a run with n_hidden = 2",
                          .got = fmt::to_string(shape.n_hidden),
                          .hint = "figure features draws any n_hidden"});
  }
  constexpr double kMargin = 12, kTop = 48, kPageWidth = 520;
  constexpr std::size_t kLargePanels = 20;  // with more of them, panels shrink and rows lengthen
  constexpr GridSpace kSpace{.across = 76, .down = kTop + kMargin, .column_gap = 10, .row_gap = 24};
  // A panel in a room that is given is as wide as its heading, and sometimes less high.
  const double least = drawing::text_width("1 − S = 0.05", drawing::kPanelTitleSize);

  const std::size_t most = panels_in(wanted.room, kSpace, least, kMostPanels);
  const auto chosen = instances_to_draw("intro", shape.instances(), most, wanted);
  drawing::PanelGrid grid{.x = kMargin, .y = kTop};
  grid.columns = drawing::balanced_columns(chosen.size(), chosen.size() <= kLargePanels ? 5 : 10);
  grid.column_gap = chosen.size() <= kLargePanels ? 10 : 8;
  grid.panel_width = std::min(180.0, kPageWidth / static_cast<double>(grid.columns) - grid.column_gap);
  if (wanted.room.is_given()) {
    const auto [columns, side] = columns_in(wanted.room, chosen.size(), kSpace, least);
    grid.columns = columns;
    grid.panel_width = std::max(side, 0.6 * least);
  }
  grid.panel_height = grid.panel_width;

  const Scale scale = importance_scale(run.importance);
  const Common common = {.half_width = half_width(run.model.W()), .scale = scale};
  drawing::Figure figure;
  figure.title = title_of(run, chosen.size());
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    figure.panels.push_back(instance_panel(run, chosen[i], grid.cell(i), common));
  }

  const double bottom = grid.bottom(chosen.size());
  const double bar_height = std::min(bottom - kTop, 200.0);
  figure.color_bars.push_back({.area = {grid.right() + 16, (kTop + bottom - bar_height) / 2, 8, bar_height},
                               .low = scale.low,
                               .high = scale.high,
                               .ticks = drawing::round_ticks(scale.low, scale.high, 5),
                               .label = "importance"});
  figure.width = figure.color_bars[0].area.right() + drawing::kUprightLabelGap + kMargin;
  drawing::make_room_for_title(figure);
  figure.height = bottom + kMargin;
  say_not_finite(figure);
  return figure;
}

}  // namespace superpose::figures
