#include "superpose/figures/pentagon_figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "superpose/analysis/geometry.h"
#include "superpose/core/error.h"
#include "superpose/drawing/labels.h"
#include "superpose/drawing/layout.h"
#include "superpose/figures/not_finite.h"
#include "superpose/figures/plane.h"
#include "superpose/run/pentagon_fits.h"

namespace superpose::figures {
namespace {

constexpr drawing::Color kPentagon{33, 102, 172}, kDigons{178, 24, 43}, kOther{150, 150, 150};
constexpr drawing::Color kFeature{90, 90, 90}, kOdd{230, 159, 0};
constexpr std::size_t kMostModels = 6, kOddFeature = 4;

struct Kind {
  run::PentagonGeometry geometry;
  const char* name;
  drawing::Color color;
};
constexpr std::array kKinds = {Kind{run::PentagonGeometry::kOther, "other", kOther},
                               Kind{run::PentagonGeometry::kTwoDigons, "two digons", kDigons},
                               Kind{run::PentagonGeometry::kPentagon, "pentagon", kPentagon}};

/// The range over all fits whose loss is finite.
drawing::PanelAxis loss_axis(const std::vector<run::PentagonFits::Density>& densities) {
  double low = INFINITY, high = 0;
  for (const auto& density : densities) {
    for (const auto& fit : density.fits) {
      if (!(std::isfinite(fit.loss) && fit.loss > 0)) continue;
      low = std::min(low, fit.loss);
      high = std::max(high, fit.loss);
    }
  }
  if (!(low <= high)) low = high = 1;  // no finite loss
  const double room = std::pow(high / low, 0.04) * 1.01;
  return {.first = low / room,
          .last = high * room,
          .log = true,
          .ticks = drawing::log_ticks(low, high),
          .label = "expected loss"};
}

drawing::PanelAxis density_axis(const std::vector<run::PentagonFits::Density>& densities) {
  const double left = densities.front().relative, right = densities.back().relative;
  const double margin = std::pow(right / left, 0.03);
  return {.first = left / margin,
          .last = right * margin,
          .log = true,
          .ticks = drawing::log_ticks(left, right),
          .label = "density of the odd feature over that of the others"};
}

/// A stroke where the geometry of the lowest loss changes, and the density there.
void mark_changes(drawing::Panel& panel, const run::PentagonFits& fits) {
  const auto& densities = fits.densities();
  const double aside = std::pow(densities.back().relative / densities.front().relative, 0.07);
  for (const auto& change : fits.changes()) {
    panel.marks.emplace_back(
        drawing::Line{.at = {{change.relative, panel.y.first}, {change.relative, panel.y.last}},
                      .color = drawing::kInk,
                      .width = 0.7,
                      .dashed = true});
    panel.marks.emplace_back(
        drawing::Text{.at = {change.relative * aside, drawing::value_along(panel.y, 0.05)},
                      .text = fmt::format("× {:.2g}", change.relative)});
  }
}

/// The fits of one geometry as dots, and a line through the lowest.
void add_fits(drawing::Panel& panel, const run::PentagonFits& fits, const Kind& kind) {
  drawing::Line lowest{.color = kind.color, .width = 1.2};
  drawing::Points points{.radius = 1.6};
  for (const auto& density : fits.densities()) {
    for (const auto& fit : density.fits) {
      if (fit.geometry != kind.geometry) continue;
      points.points.push_back(
          {.at = {density.relative, fit.loss},
           .color = kind.color,
           .hover = fmt::format("{}\nrelative density {}\nloss {:.4g}\ninstance {}", kind.name,
                                drawing::number_label(density.relative), fit.loss, fit.instance)});
    }
    const auto best = density.lowest(kind.geometry);
    if (best && kind.geometry != run::PentagonGeometry::kOther)
      lowest.at.push_back({density.relative, best->loss});
  }
  panel.marks.emplace_back(std::move(lowest));
  panel.marks.emplace_back(std::move(points));
}

/// All losses over the relative density. line: what a name takes, as a share of the height.
drawing::Panel loss_panel(const run::PentagonFits& fits, const drawing::Rect& area, double line) {
  drawing::Panel panel;
  panel.area = area;
  panel.x = density_axis(fits.densities());
  panel.y = loss_axis(fits.densities());
  mark_changes(panel, fits);
  for (const Kind& kind : kKinds) add_fits(panel, fits, kind);
  // Names stand at the lower right, because losses grow to the right.
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    const double up = 0.05 + line * static_cast<double>(i);
    panel.marks.emplace_back(
        drawing::Text{.at = {drawing::value_along(panel.x, 0.84), drawing::value_along(panel.y, up)},
                      .text = kKinds[i].name,
                      .color = kKinds[i].color});
  }
  return panel;
}

double length(const drawing::Position& at) {
  return std::hypot(at.x, at.y);
}

/// A model, turned so that the odd feature points upward, or the first one where the odd one is not
/// represented. So the picture is the same however a model happens to lie. W: (5, 2), row-major.
std::vector<Arrow> turned_arrows(std::span<const float> W) {
  const auto row = [&](std::size_t f) {
    return drawing::Position{static_cast<double>(W[2 * f]), static_cast<double>(W[2 * f + 1])};
  };
  const drawing::Position upward = length(row(kOddFeature)) > kRepresentedNorm ? row(kOddFeature) : row(0);
  const double unit = std::max(length(upward), 1e-9);  // 0 is possible in an untrained model
  std::vector<Arrow> arrows;
  for (std::size_t f = 0; f <= kOddFeature; ++f) {
    const auto [x, y] = row(f);
    const drawing::Position at = {(x * upward.y - y * upward.x) / unit, (x * upward.x + y * upward.y) / unit};
    const bool odd = f == kOddFeature;
    arrows.push_back(
        {.to = at,
         .color = odd ? kOdd : kFeature,
         .hover = fmt::format("feature {}{}\n|W| = {:.2f}", f, odd ? ", the odd one" : "", length(at))});
  }
  return arrows;
}

/// The model with the lowest loss at a density.
drawing::Panel best_model(const run::Run& run, const run::PentagonFits::Density& density,
                          const drawing::Rect& area) {
  constexpr double kHalfWidth = 1.5;
  const auto best = density.lowest();
  auto arrows = best ? turned_arrows(run.model.W(best->instance)) : std::vector<Arrow>();
  drawing::Panel panel = plane_panel(area, kHalfWidth, std::move(arrows));
  panel.title = fmt::format("× {:.2g}", density.relative);
  if (!best) say_not_finite(panel);
  return panel;
}

}  // namespace

drawing::Figure pentagon_figure(const run::Run& run, const Wanted& wanted) {
  const run::PentagonFits fits(run.experiment, run.model);
  const auto& densities = fits.densities();
  if (densities.size() < 2)
    throw InvalidRequest({.place = argument_place("figure pentagon"),
                          .expected = "a run of two densities or more of the last feature",
                          .got = "one"});
  constexpr double kLeft = 58, kTop = 50, kWidth = 290, kHeight = 250, kGap = 26, kSide = 66;
  constexpr double kNarrow = 380, kLow = 300, kLowSide = 105;
  const bool below = wanted.room.stacks(kNarrow), low = wanted.room.lower_than(kLow);
  const double name_line = low ? 9.5 / std::max(40.0, wanted.room.height - 100) : 0.055;
  drawing::Figure figure;
  figure.title = drawing::one_line(run.experiment.name, 30) + ": the odd feature in orange";
  figure.panels.push_back(loss_panel(fits, {kLeft, kTop, kWidth, kHeight}, name_line));
  const auto chosen = drawing::choose_evenly(densities.size(), low ? 4 : kMostModels);
  const drawing::PanelGrid grid{.x = below ? kLeft : kLeft + kWidth + kGap,
                                .y = below ? kTop + kHeight + 60 : kTop,
                                .columns = below ? 3U : 2U,
                                .panel_width = below ? (kWidth - 24) / 3 : kSide,
                                .panel_height = low ? kLowSide : kSide,
                                .column_gap = 12,
                                .row_gap = low ? kHeight - 2 * kLowSide : (kHeight - 3 * kSide) / 2};
  for (std::size_t i = 0; i < chosen.size(); ++i)
    figure.panels.push_back(best_model(run, densities[chosen[i]], grid.cell(i)));
  figure.width = grid.right() + 14;
  figure.height = below ? grid.bottom(chosen.size()) + 14 : kTop + kHeight + 40;
  return figure;
}

}  // namespace superpose::figures
