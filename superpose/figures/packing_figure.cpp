#include "superpose/figures/packing_figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "superpose/analysis/packing.h"
#include "superpose/drawing/labels.h"
#include "superpose/drawing/layout.h"
#include "superpose/drawing/legend.h"

namespace superpose::figures {
namespace {

using Result = study::AlmostOrthogonalResult;

constexpr drawing::Color kDrawn{178, 24, 43}, kSpread{33, 102, 172}, kGrowth{120, 120, 120};
constexpr std::size_t kMostPanels = 5;  // one for each eps
constexpr double kNarrow = 380, kLow = 300;

double last_dimension(const study::AlmostOrthogonal& study) {
  return static_cast<double>(
      std::max(std::ranges::max(study.drawn_dimensions), std::ranges::max(study.spread_dimensions)));
}

drawing::Panel count_axes(const study::AlmostOrthogonal& study, double eps) {
  const double last = last_dimension(study);
  const double most = 2 * static_cast<double>(std::max(study.most_drawn, study.most_spread));
  drawing::Panel panel;
  panel.title = fmt::format("|cos| ≤ {}", drawing::number_label(eps));
  panel.x = {.first = 0,
             .last = 1.05 * last,
             .ticks = drawing::round_ticks(0, last, 5, true),
             .label = "dimensions d"};
  panel.y = {.first = 1,
             .last = most,
             .log = true,
             .ticks = drawing::log_ticks(1, most),
             .label = "vectors that fit"};
  return panel;
}

/// How many vectors fit at most.
drawing::Line count_bound(double eps, double last) {
  drawing::Line bound{.color = drawing::kInk, .width = 1};
  for (std::int64_t d = 2; d <= static_cast<std::int64_t>(last); ++d) {
    const double fit = most_vectors(d, eps);
    if (std::isfinite(fit)) bound.at.push_back({static_cast<double>(d), fit});
  }
  return bound;
}

/// How their number grows in the paper: exp(d eps^2 / 2).
drawing::Line growth_line(double eps, double last) {
  drawing::Line growth{.color = kGrowth, .width = 1, .dashed = true};
  for (const double d : {0.0, last}) growth.at.push_back({d, std::exp(d * eps * eps / 2)});
  return growth;
}

/// A count of vectors as a dot. limit: where counting was cut off.
drawing::Point count_point(std::int64_t dimensions, std::int64_t count, std::int64_t limit,
                           const drawing::Color& color) {
  const bool counted = count < limit;
  return {.at = {static_cast<double>(dimensions), static_cast<double>(count)},
          .color = counted ? color : drawing::kFaint,
          .hover = fmt::format("{}{} vectors in {} dimensions", count == limit ? "at least " : "", count,
                               dimensions)};
}

/// Of a trial that was cut off, only the first count at the limit is drawn; the others are the same.
drawing::Points drawn_counts(const study::AlmostOrthogonal& study, const Result& result, std::size_t eps) {
  const std::size_t n = study.drawn_dimensions.size();
  drawing::Points drawn{.radius = 1.6};
  for (std::size_t t = 0; t < static_cast<std::size_t>(study.trials); ++t) {
    bool counted = true;
    for (std::size_t i = 0; counted && i < n; ++i) {
      const std::int64_t count = result.drawn[(t * study.eps.size() + eps) * n + i];
      counted = count < study.most_drawn;
      drawn.points.push_back(count_point(study.drawn_dimensions[i], count, study.most_drawn, kDrawn));
    }
  }
  return drawn;
}

/// Adds the counts of vectors that were spread out, and a line through those that were not cut off.
void add_spread_counts(drawing::Panel& panel, const study::AlmostOrthogonal& study, const Result& result,
                       std::size_t eps) {
  const std::size_t n = study.spread_dimensions.size();
  drawing::Points spread{.radius = 2};
  drawing::Line through{.color = kSpread, .width = 1};
  bool counted = true;
  for (std::size_t i = 0; counted && i < n; ++i) {
    const std::int64_t count = result.spread[eps * n + i];
    counted = count < study.most_spread;
    spread.points.push_back(count_point(study.spread_dimensions[i], count, study.most_spread, kSpread));
    if (counted) through.at.push_back(spread.points.back().at);
  }
  panel.marks.emplace_back(std::move(through));
  panel.marks.emplace_back(std::move(spread));
}

drawing::Panel count_panel(const study::AlmostOrthogonal& study, const Result& result, std::size_t eps) {
  drawing::Panel panel = count_axes(study, study.eps[eps]);
  panel.marks.emplace_back(count_bound(study.eps[eps], last_dimension(study)));
  panel.marks.emplace_back(growth_line(study.eps[eps], last_dimension(study)));
  panel.marks.emplace_back(drawn_counts(study, result, eps));
  add_spread_counts(panel, study, result, eps);
  return panel;
}

/// The largest |cos| that N vectors must have at least. first, last: of N.
drawing::Line coherence_line(std::int64_t dimensions, double first, double last) {
  constexpr int kSteps = 200;
  drawing::Line bound{.color = drawing::kInk, .width = 1};
  for (int i = 0; i <= kSteps; ++i) {
    const double N = std::round(first * std::pow(last / first, static_cast<double>(i) / kSteps));
    bound.at.push_back({N, coherence_bound(static_cast<std::int64_t>(N), dimensions)});
  }
  return bound;
}

drawing::Panel coherence_panel(const study::AlmostOrthogonal& study, const Result& result) {
  const auto [least, most] = std::ranges::minmax(study.curve_vectors);
  const double first = static_cast<double>(least) / 1.2, last = static_cast<double>(most) * 1.2;
  const std::size_t n = study.curve_vectors.size();
  drawing::Panel panel;
  panel.title = fmt::format("in {} dimensions", study.curve_dimensions);
  panel.x = {.first = first,
             .last = last,
             .log = true,
             .ticks = drawing::log_ticks(first, last),
             .label = "vectors N"};
  panel.y = {.first = 0, .last = 1, .ticks = drawing::round_ticks(0, 1, 5), .label = "largest |cos|"};
  panel.marks.emplace_back(coherence_line(study.curve_dimensions, first, last));
  drawing::Points drawn{.radius = 1.6}, spread{.radius = 2};
  for (std::size_t i = 0; i < n; ++i) {
    const auto point = [&](float at, const drawing::Color& color) -> drawing::Point {
      return {.at = {static_cast<double>(study.curve_vectors[i]), static_cast<double>(at)},
              .color = color,
              .hover = fmt::format("{} vectors\nlargest |cos| {:.4f}", study.curve_vectors[i], at)};
    };
    for (std::size_t t = 0; t < static_cast<std::size_t>(study.trials); ++t)
      drawn.points.push_back(point(result.curve_drawn[t * n + i], kDrawn));
    spread.points.push_back(point(result.curve_spread[i], kSpread));
  }
  panel.marks.emplace_back(std::move(drawn));
  panel.marks.emplace_back(std::move(spread));
  return panel;
}

/// How many eps have room below each other, beside the last panel.
std::size_t panels_below(const drawing::Room& room) {
  constexpr double kTop = 90, kRow = 95;
  if (!(room.height > 0)) return kMostPanels;
  const double rows = std::floor((room.height - kTop) / kRow) - 1;
  return static_cast<std::size_t>(std::clamp(rows, 1.0, static_cast<double>(kMostPanels)));
}

std::vector<std::size_t> panels_of_eps(std::size_t n, std::size_t most) {
  return most > 1 ? drawing::choose_evenly(n, most) : std::vector<std::size_t>{0};
}

}  // namespace

drawing::Figure packing_figure(const study::Study& study, const study::AlmostOrthogonal& of_kind,
                               const Result& result, const Wanted& wanted) {
  // In a low room there is one row, of an eps for each column but the last.
  const bool stacked = wanted.room.stacks(kNarrow), low = wanted.room.lower_than(kLow);
  const std::size_t columns = stacked ? 1 : 2;
  const auto chosen = panels_of_eps(of_kind.eps.size(), low       ? 2
                                                        : stacked ? panels_below(wanted.room)
                                                                  : kMostPanels);
  const drawing::PanelGrid grid{.x = 50,
                                .y = 74,
                                .columns = drawing::balanced_columns(chosen.size() + 1, low ? 3 : columns),
                                .panel_width = 210,
                                .panel_height = 150,
                                .column_gap = 56,
                                .row_gap = 58};
  drawing::Figure figure;
  figure.title = fmt::format("{}: how many almost orthogonal vectors fit", drawing::one_line(study.name, 30));
  for (const std::size_t eps : chosen) figure.panels.push_back(count_panel(of_kind, result, eps));
  figure.panels.push_back(coherence_panel(of_kind, result));
  for (std::size_t i = 0; i < figure.panels.size(); ++i) figure.panels[i].area = grid.cell(i);
  const std::size_t n = figure.panels.size();
  using Shown = drawing::LegendEntry::Mark;
  const double width =
      wanted.room.is_given() ? grid.right() - grid.x : std::max(grid.right() - grid.x, 470.0);
  figure.panels.push_back(
      drawing::legend({grid.x, 34, width, 14}, {{Shown::kDots, kDrawn, "drawn at random"},
                                                {Shown::kLineAndDots, kSpread, "spread out"},
                                                {Shown::kLine, drawing::kInk, "upper bound"},
                                                {Shown::kDashes, kGrowth, "exp(d ε² / 2)"},
                                                {Shown::kDots, drawing::kFaint, "cut off there"}}));
  figure.width = grid.x + width + 14;
  drawing::make_room_for_title(figure);
  figure.height = grid.bottom(n) + 40;
  return figure;
}

}  // namespace superpose::figures
