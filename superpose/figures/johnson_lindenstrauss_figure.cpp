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

/// 368414 as "368,414".
std::string grouped(std::int64_t number) {
  std::string text = fmt::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

/// The bound, written out where a table would have it.
drawing::Panel bound_panel(const drawing::Rect& area) {
  constexpr std::array kEps = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5};
  constexpr std::array kPoints = {1e2, 1e5, 1e7};
  constexpr double kFirst = 10, kLast = 3e9, kLabelAt = 4e8, kAbove = 1.45;
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
  drawing::Points dots{.radius = 1.8};
  std::vector<drawing::Text> numbers;
  for (std::size_t e = 0; e < kEps.size(); ++e) {
    const drawing::Color color =
        color_of(drawing::Colormap::kViridis, static_cast<double>(e), 0, 1.15 * (kEps.size() - 1));
    drawing::Line line{.color = color, .width = 1.2};
    constexpr int kSteps = 60;
    for (int i = 0; i <= kSteps; ++i) {
      const double N = kFirst * std::pow(2e7 / kFirst, static_cast<double>(i) / kSteps);
      line.at.push_back({N, 8 * std::log(N) / (kEps[e] * kEps[e])});
    }
    numbers.push_back({.at = {kLabelAt, line.at.back().y}, .text = fmt::format("ε = {}", kEps[e])});
    panel.marks.emplace_back(std::move(line));
    for (const double N : kPoints) {
      const std::int64_t k = johnson_lindenstrauss_dimensions(N, kEps[e]);
      const auto at = static_cast<double>(k);
      dots.points.push_back(
          {.at = {N, at},
           .color = color,
           .hover = fmt::format("N = {}\nε = {}\nk = {}", drawing::number_label(N), kEps[e], grouped(k))});
      numbers.push_back({.at = {N, at * kAbove}, .text = grouped(k)});
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

drawing::Panel measured_panel(const drawing::Rect& area, const study::JohnsonLindenstrauss& study,
                              const Result& result) {
  const auto [least, most] = std::ranges::minmax(result.k);
  const double first = static_cast<double>(least) / 1.4, last = static_cast<double>(most) * 1.4;
  const auto N = static_cast<double>(study.n_points);
  const std::size_t n_eps = study.eps.size(), trials = static_cast<std::size_t>(study.trials);
  drawing::Panel panel;
  panel.area = area;
  panel.title = fmt::format("{} points projected, {} maps each", study.n_points, study.trials);
  panel.x = {.first = first,
             .last = last,
             .log = true,
             .ticks = drawing::log_ticks(first, last),
             .label = "dimensions k"};
  const double low = johnson_lindenstrauss_distortion(N, last) / 12;
  const double high = 1.6 * johnson_lindenstrauss_distortion(N, first);
  panel.y = {.first = low,
             .last = high,
             .log = true,
             .ticks = drawing::log_ticks(low, high),
             .label = "squared distances are off by"};
  panel.marks.emplace_back(drawing::Line{.at = {{first, johnson_lindenstrauss_distortion(N, first)},
                                                {last, johnson_lindenstrauss_distortion(N, last)}},
                                         .color = drawing::kInk,
                                         .width = 1.2});
  const auto value = [&](std::size_t dimensions, std::size_t trial, std::size_t e, std::size_t quantile) {
    const std::size_t cell = (dimensions * trials + trial) * n_eps + e;
    return static_cast<double>(result.distortion[cell * Result::kQuantileCount + quantile]);
  };
  for (std::size_t d = 0; d < study.n_dimensions.size(); ++d) {
    const drawing::Color color = color_of_dimensions(d, study.n_dimensions.size());
    // Dots stand side by side, or they would hide each other.
    const double aside =
        std::pow(1.05, static_cast<double>(d) - static_cast<double>(study.n_dimensions.size() - 1) / 2);
    for (std::size_t quantile = 0; quantile < Result::kQuantileCount; ++quantile) {
      drawing::Points dots{.radius = 1};
      for (std::size_t e = 0; e < n_eps; ++e) {
        for (std::size_t t = 0; t < trials; ++t) {
          const double off = value(d, t, e, quantile);
          dots.points.push_back({.at = {static_cast<double>(result.k[e]) * aside, off},
                                 .color = color,
                                 .hover = fmt::format("n = {}, k = {}\n{} of the pairs are off by at most {}",
                                                      study.n_dimensions[d], result.k[e],
                                                      drawing::number_label(Result::kQuantiles[quantile]),
                                                      drawing::number_label(off))});
        }
      }
      panel.marks.emplace_back(std::move(dots));
    }
  }
  // Names stand below the clouds of dots, a third of the way along.
  const double at = first * std::pow(last / first, 0.3);
  const double bound = johnson_lindenstrauss_distortion(N, at);
  panel.marks.emplace_back(drawing::Text{.at = {at, bound * 0.42}, .text = "99 % of the pairs"});
  panel.marks.emplace_back(drawing::Text{.at = {at, bound * 0.105}, .text = "half of the pairs"});
  panel.marks.emplace_back(drawing::Text{.at = {first * std::pow(last / first, 0.68), bound * 1.05},
                                         .text = "all pairs, and the bound"});
  return panel;
}

}  // namespace

drawing::Figure johnson_lindenstrauss_figure(const study::Study& study,
                                             const study::JohnsonLindenstrauss& of_kind,
                                             const Result& result) {
  constexpr double kLeft = 50, kGap = 56;
  const double right = kLeft + kWidth + kGap;
  drawing::Figure figure;
  figure.title = fmt::format("{}: how many dimensions keep distances", drawing::one_line(study.name, 30));
  figure.panels.push_back(bound_panel({kLeft, kTop, kWidth, kHeight}));
  figure.panels.push_back(measured_panel({right, kTop, kWidth, kHeight}, of_kind, result));
  std::vector<drawing::LegendEntry> entries;
  for (std::size_t d = 0; d < of_kind.n_dimensions.size(); ++d) {
    entries.push_back({.color = color_of_dimensions(d, of_kind.n_dimensions.size()),
                       .text = fmt::format("n = {}", of_kind.n_dimensions[d])});
  }
  figure.panels.push_back(legend({right, 32, kWidth, 14}, entries));
  figure.width = right + kWidth + 14;
  figure.height = kTop + kHeight + 40;
  return figure;
}

}  // namespace superpose::figures
