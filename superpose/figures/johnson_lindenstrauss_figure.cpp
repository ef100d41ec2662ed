#include "superpose/figures/johnson_lindenstrauss_figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "superpose/analysis/johnson_lindenstrauss.h"
#include "superpose/drawing/labels.h"
#include "superpose/drawing/layout.h"
#include "superpose/drawing/legend.h"

namespace superpose::figures {
namespace {

using Result = study::JohnsonLindenstraussResult;

constexpr double kWidth = 250, kHeight = 230, kTop = 66;
constexpr double kNarrow = 480;  // width below which panels lack room for numbers and long names
constexpr double kStacked = 380, kLowWidth = 150;

/// 368414 as "368,414".
std::string grouped(std::int64_t number) {
  std::string text = fmt::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

drawing::Panel bound_axes(const drawing::Rect& area) {
  constexpr double kFirst = 10, kLast = 3e9;
  drawing::Panel panel;
  panel.area = area;
  panel.title = "the bound: k > 8 ln N / ε²";
  panel.x = {.first = kFirst,
             .last = kLast,
             .log = true,
             .ticks = drawing::log_ticks(kFirst, kLast),
             .label = "points N"};
  panel.y = {
      .first = 30, .last = 6e6, .log = true, .ticks = drawing::log_ticks(30, 6e6), .label = "dimensions k"};
  return panel;
}

/// The bound of one eps over the points N from `first` to `last`.
drawing::Line bound_line(double eps, double first, double last, const drawing::Color& color) {
  constexpr int kSteps = 60;
  drawing::Line line{.color = color, .width = 1.2};
  for (int i = 0; i <= kSteps; ++i) {
    const double N = first * std::pow(last / first, static_cast<double>(i) / kSteps);
    line.at.push_back({N, 8 * std::log(N) / (eps * eps)});
  }
  return line;
}

/// The bound, written out where a table would have it. width: that the panel will have; with the table's
/// numbers where they have room.
drawing::Panel bound_panel(const drawing::Rect& area, double width) {
  const bool numbered = width >= kWidth;
  const bool low = width < kLowWidth;  // there names stand closer, and of every second line
  constexpr std::array kEps = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5};
  constexpr std::array kPoints = {1e2, 1e5, 1e7};
  constexpr double kAbove = 1.45, kName = 44;
  drawing::Panel panel = bound_axes(area);
  // The names of the lines stand behind their ends.
  const double last = low ? drawing::value_along(panel.x, 1 - kName / width) : 2e7;
  const double names_at = low ? drawing::value_along(panel.x, 1 - kName / 2 / width) : 4e8;
  drawing::Points dots{.radius = 1.8};
  std::vector<drawing::Text> numbers;
  for (std::size_t e = 0; e < kEps.size(); ++e) {
    const drawing::Color color =
        color_of(drawing::Colormap::kViridis, static_cast<double>(e), 0, 1.15 * (kEps.size() - 1));
    drawing::Line line = bound_line(kEps[e], panel.x.first, last, color);
    if (!low || e % 2 == 0)
      numbers.push_back({.at = {names_at, line.at.back().y}, .text = fmt::format("ε = {}", kEps[e])});
    panel.marks.emplace_back(std::move(line));
    for (const double N : kPoints) {
      if (N > last) continue;
      const std::int64_t k = johnson_lindenstrauss_dimensions(N, kEps[e]);
      const auto at = static_cast<double>(k);
      dots.points.push_back(
          {.at = {N, at},
           .color = color,
           .hover = fmt::format("N = {}\nε = {}\nk = {}", drawing::number_label(N), kEps[e], grouped(k))});
      if (numbered) numbers.push_back({.at = {N, at * kAbove}, .text = grouped(k)});
    }
  }
  panel.marks.emplace_back(std::move(dots));
  for (drawing::Text& number : numbers) panel.marks.emplace_back(std::move(number));
  return panel;
}

/// The colours of points of few dimensions and of many.
drawing::Color color_of_dimensions(std::size_t i, std::size_t n) {
  constexpr drawing::Color kMany{33, 102, 172};
  return n < 2 ? kMany
               : color_of(drawing::Colormap::kViridis, static_cast<double>(n - 1 - i),
                          -0.35 * static_cast<double>(n - 1), 1.3 * static_cast<double>(n - 1));
}

drawing::Panel measured_axes(const drawing::Rect& area, const study::JohnsonLindenstrauss& study,
                             const Result& result) {
  const auto [least, most] = std::ranges::minmax(result.k);
  const double first = static_cast<double>(least) / 1.4, last = static_cast<double>(most) * 1.4;
  const auto N = static_cast<double>(study.n_points);
  const double low = johnson_lindenstrauss_distortion(N, last) / 12;
  const double high = 1.6 * johnson_lindenstrauss_distortion(N, first);
  drawing::Panel panel;
  panel.area = area;
  panel.title = fmt::format("{} points projected, {} maps each", study.n_points, study.trials);
  panel.x = {.first = first,
             .last = last,
             .log = true,
             .ticks = drawing::log_ticks(first, last),
             .label = "dimensions k"};
  panel.y = {.first = low,
             .last = high,
             .log = true,
             .ticks = drawing::log_ticks(low, high),
             .label = "squared distances are off by"};
  return panel;
}

/// What a quantile of the pairs is off by, a dot a map. d: index of the dimensions that the points have.
drawing::Points distortions(const study::JohnsonLindenstrauss& study, const Result& result, std::size_t d,
                            std::size_t quantile) {
  const std::size_t n_eps = study.eps.size(), trials = static_cast<std::size_t>(study.trials);
  const std::size_t n = study.n_dimensions.size();
  // Dots stand side by side, or they would hide each other.
  const double aside = std::pow(1.05, static_cast<double>(d) - static_cast<double>(n - 1) / 2);
  drawing::Points dots{.radius = 1};
  for (std::size_t e = 0; e < n_eps; ++e) {
    for (std::size_t t = 0; t < trials; ++t) {
      const std::size_t cell = (d * trials + t) * n_eps + e;
      const auto off = static_cast<double>(result.distortion[cell * Result::kQuantileCount + quantile]);
      dots.points.push_back({.at = {static_cast<double>(result.k[e]) * aside, off},
                             .color = color_of_dimensions(d, n),
                             .hover = fmt::format("n = {}, k = {}\n{} of the pairs are off by at most {}",
                                                  study.n_dimensions[d], result.k[e],
                                                  drawing::number_label(Result::kQuantiles[quantile]),
                                                  drawing::number_label(off))});
    }
  }
  return dots;
}

/// Names stand below the clouds of dots, a third of the way along, and the bound's above its end.
void add_names(drawing::Panel& panel, double N, bool in_full) {
  const double first = panel.x.first, last = panel.x.last;
  const double at = first * std::pow(last / first, 0.3);
  const double bound = johnson_lindenstrauss_distortion(N, at);
  panel.marks.emplace_back(
      drawing::Text{.at = {at, bound * 0.42}, .text = in_full ? "99 % of the pairs" : "99 %"});
  panel.marks.emplace_back(
      drawing::Text{.at = {at, bound * 0.105}, .text = in_full ? "half of the pairs" : "half"});
  panel.marks.emplace_back(drawing::Text{.at = {first * std::pow(last / first, 0.68), bound * 1.05},
                                         .text = in_full ? "all pairs, and the bound" : "all, bound"});
}

drawing::Panel measured_panel(const drawing::Rect& area, const study::JohnsonLindenstrauss& study,
                              const Result& result, bool in_full) {
  const auto N = static_cast<double>(study.n_points);
  drawing::Panel panel = measured_axes(area, study, result);
  drawing::Line bound{.color = drawing::kInk, .width = 1.2};
  for (const double k : {panel.x.first, panel.x.last})
    bound.at.push_back({k, johnson_lindenstrauss_distortion(N, k)});
  panel.marks.emplace_back(std::move(bound));
  for (std::size_t d = 0; d < study.n_dimensions.size(); ++d) {
    for (std::size_t quantile = 0; quantile < Result::kQuantileCount; ++quantile)
      panel.marks.emplace_back(distortions(study, result, d, quantile));
  }
  add_names(panel, N, in_full);
  return panel;
}

}  // namespace

drawing::Figure johnson_lindenstrauss_figure(const study::Study& study,
                                             const study::JohnsonLindenstrauss& of_kind, const Result& result,
                                             const Wanted& wanted) {
  constexpr double kLeft = 50, kGap = 56;
  const bool in_full = !wanted.room.narrower_than(kNarrow);
  const bool stacked = wanted.room.stacks(kStacked);
  const double right = stacked ? kLeft : kLeft + kWidth + kGap;
  const drawing::Rect measured = {right, stacked ? kTop + kHeight + 74 : kTop, kWidth, kHeight};
  const double given = wanted.room.width - kLeft - 14;  // about
  const double bound_width = in_full ? kWidth : stacked ? given : (given - kGap) / 2;
  drawing::Figure figure;
  figure.title = fmt::format("{}: how many dimensions keep distances", drawing::one_line(study.name, 30));
  figure.panels.push_back(bound_panel({kLeft, kTop, kWidth, kHeight}, bound_width));
  figure.panels.push_back(measured_panel(measured, of_kind, result, in_full));
  std::vector<drawing::LegendEntry> entries;
  for (std::size_t d = 0; d < of_kind.n_dimensions.size(); ++d) {
    entries.push_back({.color = color_of_dimensions(d, of_kind.n_dimensions.size()),
                       .text = fmt::format("n = {}", of_kind.n_dimensions[d])});
  }
  figure.panels.push_back(legend({right, measured.y - 34, kWidth, 14}, entries));
  figure.width = right + kWidth + 14;
  figure.height = measured.bottom() + 40;
  return figure;
}

}  // namespace superpose::figures
