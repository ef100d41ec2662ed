#include "superpose/figures/intro_figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

#include "superpose/core/error.h"
#include "superpose/drawing/labels.h"
#include "superpose/drawing/layout.h"

namespace superpose::figures {
namespace {

constexpr std::size_t kMostPanels = 100;
constexpr drawing::Color kPaper{0xFC, 0xFB, 0xF8};  // [N]
constexpr drawing::Color kCross{205, 203, 198};
constexpr double kAxisEnd = 1.5;  // [N]

struct Scale {
  double low, high;
};

// From the least to the most important feature; around a single value there is nothing to tell apart.
Scale importance_scale(std::span<const float> importance) {
  const auto [least, most] = std::ranges::minmax(importance);
  if (least < most) return {least, most};
  return {0, most > 0 ? most : 1.0};
}

// The panels' common half width: [N]'s, or as much as the longest coordinate needs.
double half_width(std::span<const float> W) {
  double largest = 0;
  for (const float w : W) {
    if (std::isfinite(w)) largest = std::max(largest, std::abs(static_cast<double>(w)));
  }
  return largest < 0.96 * kAxisEnd ? kAxisEnd : 1.06 * largest;
}

// What all panels share.
struct Common {
  double end;  // of the axes
  Scale scale;
};

drawing::Panel arrows(const run::Run& run, std::int64_t instance, const drawing::Rect& area,
                      const Common& common) {
  const double end = common.end;
  const std::size_t features = run.model.shape().features();
  const std::size_t first = static_cast<std::size_t>(instance) * features;
  const std::span<const float> W = run.model.W(instance);
  const auto importance = std::span(run.importance).subspan(first, features);

  const bool small = area.width < 80;
  drawing::Panel panel;
  panel.area = area;
  panel.title = drawing::sparsity_label(std::span(run.feature_probability).subspan(first, features));
  panel.x = {.first = -end, .last = end};
  panel.y = panel.x;
  panel.equal_aspect = true;
  panel.background = kPaper;
  panel.frame = false;
  panel.marks.emplace_back(drawing::Line{.at = {{-end, 0}, {end, 0}}, .color = kCross, .width = 0.5});
  panel.marks.emplace_back(drawing::Line{.at = {{0, -end}, {0, end}}, .color = kCross, .width = 0.5});

  drawing::Segments strokes{.width = small ? 1.0 : 1.5};
  drawing::Points heads{.radius = small ? 1.7 : 2.5};
  // The most important features are drawn last, on top.
  for (std::size_t f = features; f-- > 0;) {
    const double x = W[2 * f];
    const double y = W[2 * f + 1];
    const drawing::Color color =
        color_of(drawing::Colormap::kViridis, importance[f], common.scale.low, common.scale.high);
    strokes.segments.push_back({.from = {0, 0}, .to = {x, y}, .color = color});
    heads.points.push_back(
        {.at = {x, y},
         .color = color,
         .hover = fmt::format("feature {}\nimportance {}\nW = ({:.2f}, {:.2f})\n|W| = {:.2f}", f,
                              drawing::number_label(importance[f]), x, y, std::hypot(x, y))});
  }
  panel.marks.emplace_back(std::move(strokes));
  panel.marks.emplace_back(std::move(heads));
  if (!std::ranges::all_of(W, [](float w) { return std::isfinite(w); })) {
    panel.marks.emplace_back(drawing::Text{.at = {0, 0.8 * end}, .text = "not finite"});
  }
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

drawing::Figure intro_figure(const run::Run& run) {
  const Shape& shape = run.model.shape();
  if (shape.n_hidden != 2) {
    throw InvalidRequest(fmt::format(
        "figure intro: expected a run with n_hidden = 2, got {}; figure features draws any n_hidden",
        shape.n_hidden));
  }
  constexpr double kMargin = 12, kTop = 48, kPageWidth = 520;
  constexpr std::size_t kLargePanels = 20;  // with more of them, panels shrink and rows lengthen

  const auto chosen = drawing::choose_evenly(shape.instances(), kMostPanels);
  drawing::Grid grid{.x = kMargin, .y = kTop};
  grid.columns = drawing::balanced_columns(chosen.size(), chosen.size() <= kLargePanels ? 5 : 10);
  grid.column_gap = chosen.size() <= kLargePanels ? 10 : 8;
  grid.panel_width = std::min(180.0, kPageWidth / static_cast<double>(grid.columns) - grid.column_gap);
  grid.panel_height = grid.panel_width;

  const Scale scale = importance_scale(run.importance);
  const double end = half_width(run.model.W());
  drawing::Figure figure;
  figure.title = title_of(run, chosen.size());
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    figure.panels.push_back(arrows(run, static_cast<std::int64_t>(chosen[i]), grid.cell(i), {end, scale}));
  }

  const double bottom = grid.bottom(chosen.size());
  const double bar_height = std::min(bottom - kTop, 200.0);
  figure.color_bars.push_back({.area = {grid.right() + 16, (kTop + bottom - bar_height) / 2, 8, bar_height},
                               .low = scale.low,
                               .high = scale.high,
                               .ticks = drawing::round_ticks(scale.low, scale.high, 5),
                               .label = "importance"});
  const double needed =
      drawing::kFigureTitleX + 0.62 * drawing::kFigureTitleSize * static_cast<double>(figure.title.size());
  figure.width = std::max(figure.color_bars[0].area.right() + drawing::kUprightLabelGap + kMargin, needed);
  figure.height = bottom + kMargin;
  return figure;
}

}  // namespace superpose::figures
