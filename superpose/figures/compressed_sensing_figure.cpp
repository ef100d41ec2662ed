#include "superpose/figures/compressed_sensing_figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <string>

#include "superpose/analysis/compressed_sensing.h"
#include "superpose/core/order_statistics.h"
#include "superpose/drawing/labels.h"
#include "superpose/drawing/layout.h"
#include "superpose/drawing/legend.h"
#include "superpose/figures/not_finite.h"

namespace superpose::figures {
namespace {

using Result = study::CompressedSensingResult;

constexpr double kHeight = 230, kTop = 66;
constexpr drawing::Color kTransition{178, 24, 43};

/// Round numbers from 0 to `last` as places along `cells` cells.
std::vector<drawing::Tick> cell_ticks(double last, double cells) {
  auto ticks = drawing::round_ticks(0, last, 5);
  for (drawing::Tick& tick : ticks) tick.at = tick.at / last * cells - 1;
  std::erase_if(ticks, [](const drawing::Tick& tick) { return tick.at < -0.5; });
  return ticks;
}

/// The k that m measurements are enough for: solves m = c k ln(n / k). returns: nothing where m is enough for
/// all k up to n / e, where the right side is largest.
std::optional<double> most_values(double m, double c, double n) {
  double low = 0, high = n / std::numbers::e;
  if (!(m < c * sparse_bound(n, high))) return std::nullopt;
  for (int step = 0; step < 60; ++step) {
    const double middle = (low + high) / 2;
    (c * sparse_bound(n, middle) < m ? low : high) = middle;
  }
  return low;
}

/// The share that was recovered. Column i is (i + 1) / grid along m / n, row j is (j + 1) / grid along k / m.
drawing::HeatMap recovery_map(std::size_t side, const Result& result) {
  drawing::HeatMap map{.columns = side, .colormap = drawing::Colormap::kViridis, .low = 0, .high = 1};
  map.column_name = "m";
  map.row_name = "k";
  map.value_name = "recovered";
  for (std::size_t row = 0; row < side; ++row) {
    for (std::size_t column = 0; column < side; ++column)
      map.values.push_back(static_cast<double>(result.recovered[column * side + row]));
  }
  return map;
}

drawing::Panel recovery_panel(const drawing::Rect& area, const study::CompressedSensing& study,
                              const Result& result) {
  const auto side = static_cast<std::size_t>(study.grid);
  const auto cells = static_cast<double>(study.grid);
  drawing::Panel panel;
  panel.area = area;
  panel.title = fmt::format("matching pursuit, n = {}", study.n);
  panel.x = {
      .first = -0.5, .last = cells - 0.5, .ticks = cell_ticks(1, cells), .label = "measurements m / n"};
  panel.y = {.first = -0.5,
             .last = cells - 0.5,
             .ticks = cell_ticks(study.most_k_over_m, cells),
             .label = "values not 0, k / m"};
  panel.marks.emplace_back(recovery_map(side, result));

  const auto y = [&](double k_over_m) { return k_over_m / study.most_k_over_m * cells - 1; };
  drawing::Line transition{.color = kTransition, .width = 1.6},
      bound{.color = drawing::kWhite, .width = 1.2, .dashed = true};
  const auto places = transitions(study, result);
  const double c = median(study::sparse_constants(study, result));
  for (std::size_t i = 0; i < side; ++i) {
    const auto m = static_cast<double>(result.m[i]);
    transition.at.push_back({static_cast<double>(i), y(places[i])});
    if (const auto k = most_values(m, c, static_cast<double>(study.n)))
      bound.at.push_back({static_cast<double>(i), y(*k / m)});
  }
  panel.marks.emplace_back(std::move(bound));
  panel.marks.emplace_back(std::move(transition));
  return panel;
}

/// From dark for the smallest models to light for the largest.
drawing::Color color_of_size(const study::CompressedSensing& study, std::size_t i) {
  const auto smaller =
      std::ranges::count_if(study.n_hidden, [&](auto n_hidden) { return n_hidden < study.n_hidden[i]; });
  return drawing::color_at(drawing::Colormap::kViridis, 0.2 + 0.7 * static_cast<double>(smaller) /
                                                                  static_cast<double>(study.n_hidden.size()));
}

/// The toy models of a size and a density in words.
std::string describe_toy(const study::CompressedSensing& study, const study::CompressedSensingResult& result,
                         std::size_t size, std::size_t density) {
  const std::size_t at = size * study.feature_probability.size() + density;
  const std::string of =
      fmt::format("{} features in {} dimensions, p = {}\n", study.n_features[size], study.n_hidden[size],
                  drawing::number_label(study.feature_probability[density]));
  if (result.represented[at] == study::CompressedSensingResult::kNotFinite)
    return of + std::string(kNotFiniteText);
  return of + fmt::format("{} represented\nD* = {:.3f}", result.represented[at],
                          result.dimensions_per_feature[at]);
}

drawing::Panel toy_axes(const drawing::Rect& area, const study::CompressedSensing& study,
                        const Result& result) {
  const auto [sparsest, densest] = std::ranges::minmax(study.feature_probability);
  const double first = 1 / densest / 1.15, last = 1 / sparsest * 1.15;
  double low = sparse_bound(1, 1 / last), high = 1;
  for (const float D_star : result.dimensions_per_feature) {
    if (!std::isfinite(D_star) || D_star <= 0) continue;
    low = std::min(low, static_cast<double>(D_star));
    high = std::max(high, static_cast<double>(D_star));
  }
  low /= 1.3;
  high *= 1.3;
  drawing::Panel panel;
  panel.area = area;
  panel.title = "trained toy models";
  panel.x = {.first = first,
             .last = last,
             .log = true,
             .ticks = drawing::log_ticks(first, last),
             .label = "1 / (1 − S)"};
  panel.y = {.first = low,
             .last = high,
             .log = true,
             .ticks = drawing::log_ticks(low, high),
             .label = "dimensions per feature D*"};
  return panel;
}

/// c p ln(1 / p) along the panel, where it is in there.
drawing::Line needed_dimensions(const drawing::Panel& panel, double c) {
  constexpr int kSteps = 80;
  drawing::Line line{.color = drawing::kInk, .width = 1};
  for (int i = 0; i <= kSteps; ++i) {
    const double x = panel.x.first * std::pow(panel.x.last / panel.x.first, static_cast<double>(i) / kSteps);
    const double dimensions = c * sparse_bound(1, 1 / x);  // none where every feature is there, at p = 1
    if (dimensions >= panel.y.first) line.at.push_back({x, dimensions});
  }
  return line;
}

drawing::Points toy_models(const study::CompressedSensing& study, const Result& result) {
  const std::size_t densities = study.feature_probability.size();
  drawing::Points dots{.radius = 2};
  for (std::size_t i = 0; i < study.n_features.size(); ++i) {
    for (std::size_t d = 0; d < densities; ++d) {
      const auto D_star = static_cast<double>(result.dimensions_per_feature[i * densities + d]);
      const bool leaves_out = study::leaves_features_out(study, result, i, d);
      dots.points.push_back({.at = {1 / study.feature_probability[d], D_star},
                             .color = leaves_out ? color_of_size(study, i) : drawing::kFaint,
                             .hover = describe_toy(study, result, i, d)});
    }
  }
  return dots;
}

drawing::Panel toy_panel(const drawing::Rect& area, const study::CompressedSensing& study,
                         const Result& result) {
  drawing::Panel panel = toy_axes(area, study, result);
  panel.marks.emplace_back(needed_dimensions(panel, 1));
  drawing::Line pursuit = needed_dimensions(panel, median(study::sparse_constants(study, result)));
  pursuit.dashed = true;
  panel.marks.emplace_back(std::move(pursuit));
  panel.marks.emplace_back(toy_models(study, result));
  return panel;
}

}  // namespace

drawing::Figure compressed_sensing_figure(const study::Study& study, const study::CompressedSensing& of_kind,
                                          const Result& result, const Wanted& wanted) {
  constexpr double kLeft = 50, kBar = 10, kGap = 112,
                   kAside = 50;  // width of its legend, which reaches into the gap
  constexpr double kStacked = 420, kLow = 360, kStep = kHeight + 74;
  const bool stacked = wanted.room.stacks(kStacked);
  const double right = stacked ? kLeft : kLeft + kHeight + kGap, top = stacked ? kTop + kStep : kTop;
  const double aside = wanted.room.is_given() ? 0 : kAside, wide = stacked ? kHeight : kHeight + 30;
  drawing::Figure figure;
  figure.title = fmt::format("{}: sparse vectors from few measurements", drawing::one_line(study.name, 30));
  figure.panels.push_back(recovery_panel({kLeft, kTop, kHeight, kHeight}, of_kind, result));
  figure.panels.push_back(toy_panel({right, top, wide, kHeight}, of_kind, result));
  using Shown = drawing::LegendEntry::Mark;
  std::vector<drawing::LegendEntry> recovery = {
      {Shown::kLine, kTransition, "half are recovered"},
      {Shown::kDashes, drawing::kFaint,
       fmt::format("m = {} k ln(n/k)", finite_number(median(study::sparse_constants(of_kind, result)), 2))}};
  std::vector<drawing::LegendEntry> toys = {{Shown::kLine, drawing::kInk, "p ln(1/p)"},
                                            {Shown::kDashes, drawing::kInk, "matching pursuit"}};
  for (std::size_t i = 0; i < of_kind.n_hidden.size(); ++i)
    toys.push_back({Shown::kDots, color_of_size(of_kind, i), fmt::format("m = {}", of_kind.n_hidden[i])});
  if (wanted.room.lower_than(kLow)) {  // one legend for both, and short titles
    figure.title = fmt::format("{}: sparse recovery", drawing::one_line(study.name, 30));
    figure.panels[0].title = fmt::format("n = {}", of_kind.n);
    figure.panels[1].title = "toy models";
    recovery.insert(recovery.end(), toys.begin(), toys.end());
    figure.panels.push_back(drawing::legend({kLeft, 32, right + wide - kLeft, 14}, recovery));
  } else {
    const double width = wanted.room.is_given() ? kHeight : kHeight + 60;
    figure.panels.push_back(drawing::legend({kLeft, 32, width, 14}, recovery));
    figure.panels.push_back(legend({right - aside, top - 34, wide + aside, 14}, toys));
  }
  figure.color_bars.push_back({.area = {kLeft + kHeight + 12, kTop + 20, kBar, kHeight - 40},
                               .colormap = drawing::Colormap::kViridis,
                               .low = 0,
                               .high = 1,
                               .ticks = {{0, "0"}, {0.5, "0.5"}, {1, "1"}},
                               .label = "share recovered"});
  figure.width = stacked ? kLeft + kHeight + 12 + kBar + drawing::kUprightLabelGap + 14 : right + wide + 40;
  figure.height = top + kHeight + 40;
  return figure;
}

}  // namespace superpose::figures
