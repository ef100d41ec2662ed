#include "superpose/figures/pentagon_figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "superpose/analysis/geometry.h"
#include "superpose/core/error.h"
#include "superpose/drawing/labels.h"
#include "superpose/drawing/layout.h"
#include "superpose/run/pentagon_fits.h"

namespace superpose::figures {
namespace {

constexpr drawing::Color kPentagon{33, 102, 172}, kDigons{178, 24, 43}, kOther{150, 150, 150};
constexpr drawing::Color kPaper{0xFC, 0xFB, 0xF8}, kCross{205, 203, 198}, kFeature{90, 90, 90},
    kOdd{230, 159, 0};
constexpr std::size_t kMostModels = 6, kOddFeature = 4;

struct Kind {
  run::PentagonGeometry geometry;
  const char* name;
  drawing::Color color;
};
constexpr std::array kKinds = {Kind{run::PentagonGeometry::kOther, "other", kOther},
                               Kind{run::PentagonGeometry::kTwoDigons, "two digons", kDigons},
                               Kind{run::PentagonGeometry::kPentagon, "pentagon", kPentagon}};

/// A place on a logarithmic panel, as shares of its width and height from the lower left.
drawing::Position place(const drawing::Panel& panel, double right, double up) {
  return {panel.x.first * std::pow(panel.x.last / panel.x.first, right),
          panel.y.first * std::pow(panel.y.last / panel.y.first, up)};
}

/// All losses over the relative density.
drawing::Panel losses(const run::PentagonFits& fits, const drawing::Rect& area) {
  const auto& densities = fits.densities();
  const double left = densities.front().relative, right = densities.back().relative;
  double low = INFINITY, high = 0;
  for (const auto& density : densities) {
    for (const auto& fit : density.fits) {
      if (!(std::isfinite(fit.loss) && fit.loss > 0)) continue;
      low = std::min(low, fit.loss);
      high = std::max(high, fit.loss);
    }
  }
  if (!(low <= high)) low = high = 1;  // nothing to be seen
  const double margin = std::pow(right / left, 0.03), room = std::pow(high / low, 0.04) * 1.01;
  drawing::Panel panel;
  panel.area = area;
  panel.x = {.first = left / margin,
             .last = right * margin,
             .log = true,
             .ticks = drawing::log_ticks(left, right),
             .label = "density of the odd feature over that of the others"};
  panel.y = {.first = low / room,
             .last = high * room,
             .log = true,
             .ticks = drawing::log_ticks(low, high),
             .label = "expected loss"};
  for (const auto& change : fits.changes()) {
    panel.marks.emplace_back(
        drawing::Line{.at = {{change.relative, panel.y.first}, {change.relative, panel.y.last}},
                      .color = drawing::kInk,
                      .width = 0.7,
                      .dashed = true});
    const double aside = std::pow(right / left, 0.07);
    panel.marks.emplace_back(drawing::Text{.at = {change.relative * aside, place(panel, 0, 0.05).y},
                                           .text = fmt::format("× {:.2g}", change.relative)});
  }
  for (const Kind& kind : kKinds) {
    drawing::Line lowest{.color = kind.color, .width = 1.2};
    drawing::Points points{.radius = 1.6};
    for (const auto& density : densities) {
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
  // Names at the lower right: losses grow to the right.
  for (std::size_t i = 0; i < kKinds.size(); ++i)
    panel.marks.emplace_back(drawing::Text{.at = place(panel, 0.84, 0.05 + 0.055 * static_cast<double>(i)),
                                           .text = kKinds[i].name,
                                           .color = kKinds[i].color});
  return panel;
}

/// The model of the lowest loss at a density, turned so that the odd feature points upward, or the first
/// where the odd one is not represented: what is drawn is the same whichever way a model happens to lie.
drawing::Panel arrows(const run::Run& run, const run::PentagonFits::Density& density,
                      const drawing::Rect& area) {
  constexpr double kEnd = 1.5;
  drawing::Panel panel;
  panel.area = area;
  panel.title = fmt::format("× {:.2g}", density.relative);
  panel.x = {.first = -kEnd, .last = kEnd};
  panel.y = panel.x;
  panel.equal_aspect = true;
  panel.background = kPaper;
  panel.frame = false;
  panel.marks.emplace_back(drawing::Line{.at = {{-kEnd, 0}, {kEnd, 0}}, .color = kCross, .width = 0.5});
  panel.marks.emplace_back(drawing::Line{.at = {{0, -kEnd}, {0, kEnd}}, .color = kCross, .width = 0.5});
  const auto best = density.lowest();
  if (!best) return panel;
  const auto W = run.model.W(best->instance);
  const auto row = [&](std::size_t f) {
    return drawing::Position{static_cast<double>(W[2 * f]), static_cast<double>(W[2 * f + 1])};
  };
  const auto length = [](const drawing::Position& at) { return std::hypot(at.x, at.y); };
  const drawing::Position upward = length(row(kOddFeature)) > kRepresentedNorm ? row(kOddFeature) : row(0);
  const double unit = std::max(length(upward), 1e-9);  // an untrained model's may be 0
  drawing::Segments strokes{.width = 1.5};
  drawing::Points heads{.radius = 2.5};
  for (std::size_t f = 0; f <= kOddFeature; ++f) {
    const auto [x, y] = row(f);
    const drawing::Position at = {(x * upward.y - y * upward.x) / unit, (x * upward.x + y * upward.y) / unit};
    const bool odd = f == kOddFeature;
    strokes.segments.push_back({.from = {0, 0}, .to = at, .color = odd ? kOdd : kFeature});
    heads.points.push_back(
        {.at = at,
         .color = odd ? kOdd : kFeature,
         .hover = fmt::format("feature {}{}\n|W| = {:.2f}", f, odd ? ", the odd one" : "", length(at))});
  }
  panel.marks.emplace_back(std::move(strokes));
  panel.marks.emplace_back(std::move(heads));
  return panel;
}

}  // namespace

drawing::Figure pentagon_figure(const run::Run& run) {
  const run::PentagonFits fits(run.experiment, run.model);
  const auto& densities = fits.densities();
  if (densities.size() < 2)
    throw InvalidRequest(
        "figure pentagon: expected a run of two densities or more of the last feature, got one");
  constexpr double kLeft = 58, kTop = 50, kWidth = 290, kHeight = 250, kGap = 26, kSide = 66;
  drawing::Figure figure;
  figure.title = drawing::one_line(run.experiment.name, 30) + ": the odd feature in orange";
  figure.panels.push_back(losses(fits, {kLeft, kTop, kWidth, kHeight}));
  const auto chosen = drawing::choose_evenly(densities.size(), kMostModels);
  const drawing::Grid grid{.x = kLeft + kWidth + kGap,
                           .y = kTop,
                           .columns = 2,
                           .panel_width = kSide,
                           .panel_height = kSide,
                           .column_gap = 12,
                           .row_gap = (kHeight - 3 * kSide) / 2};
  for (std::size_t i = 0; i < chosen.size(); ++i)
    figure.panels.push_back(arrows(run, densities[chosen[i]], grid.cell(i)));
  figure.width = grid.right() + 14;
  figure.height = kTop + kHeight + 40;
  return figure;
}

}  // namespace superpose::figures
