#include "superpose/figures/compressed_sensing_figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
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

/// The cells of the grid: column i is (i + 1) / grid along m / n, row j is (j + 1) / grid along k / m.
drawing::Panel recovery_panel(const drawing::Rect& area, const study::CompressedSensing& study,
                              const Result& result) {
  const auto side = static_cast<std::size_t>(study.grid);
  const auto cells = static_cast<double>(study.grid);
  drawing::Panel panel;
  panel.area = area;
  panel.title = fmt::format("matching pursuit, n = {}", study.n);
  const auto ticks = [&](double last) {
    auto result_ticks = drawing::round_ticks(0, last, 5);
    for (drawing::Tick& tick : result_ticks) tick.at = tick.at / last * cells - 1;
    std::erase_if(result_ticks, [](const drawing::Tick& tick) { return tick.at < -0.5; });
    return result_ticks;
  };
  panel.x = {.first = -0.5, .last = cells - 0.5, .ticks = ticks(1), .label = "measurements m / n"};
  panel.y = {.first = -0.5,
             .last = cells - 0.5,
             .ticks = ticks(study.most_k_over_m),
             .label = "values not 0, k / m"};
  drawing::HeatMap map{.columns = side, .colormap = drawing::Colormap::kViridis, .low = 0, .high = 1};
  map.column_name = "m";
  map.row_name = "k";
  map.value_name = "recovered";
  for (std::size_t row = 0; row < side; ++row) {
    for (std::size_t column = 0; column < side; ++column)
      map.values.push_back(static_cast<double>(result.recovered[column * side + row]));
  }
  panel.marks.emplace_back(std::move(map));

  const auto y = [&](double k_over_m) { return k_over_m / study.most_k_over_m * cells - 1; };
  drawing::Line transition{.color = kTransition, .width = 1.6},
      bound{.color = drawing::kWhite, .width = 1.2, .dashed = true};
  const auto places = transitions(study, result);
  const double c = median(study::sparse_constants(study, result));
  for (std::size_t i = 0; i < side; ++i) {
    const auto m = static_cast<double>(result.m[i]);
    transition.at.push_back({static_cast<double>(i), y(places[i])});
    // Solves m = c k ln(n / k) for k. The right side grows with k up to k = n / e.
    const double most = static_cast<double>(study.n) / std::numbers::e;
    if (!(m < c * sparse_bound(static_cast<double>(study.n), most))) continue;
    double low = 0, high = most;
    for (int step = 0; step < 60; ++step) {
      const double middle = (low + high) / 2;
      (c * sparse_bound(static_cast<double>(study.n), middle) < m ? low : high) = middle;
    }
    bound.at.push_back({static_cast<double>(i), y(low / m)});
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

drawing::Panel toy_panel(const drawing::Rect& area, const study::CompressedSensing& study,
                         const Result& result) {
  const auto [sparsest, densest] = std::ranges::minmax(study.feature_probability);
  const double first = 1 / densest / 1.15, last = 1 / sparsest * 1.15;
  const std::size_t densities = study.feature_probability.size();
  drawing::Panel panel;
  panel.area = area;
  panel.title = "trained toy models";
  panel.x = {.first = first,
             .last = last,
             .log = true,
             .ticks = drawing::log_ticks(first, last),
             .label = "1 / (1 − S)"};
  double low = sparse_bound(1, 1 / last), high = 1;
  for (const float D_star : result.dimensions_per_feature) {
    if (!std::isfinite(D_star) || D_star <= 0) continue;
    low = std::min(low, static_cast<double>(D_star));
    high = std::max(high, static_cast<double>(D_star));
  }
  low /= 1.3;
  high *= 1.3;
  panel.y = {.first = low,
             .last = high,
             .log = true,
             .ticks = drawing::log_ticks(low, high),
             .label = "dimensions per feature D*"};
  const double c = median(study::sparse_constants(study, result));
  drawing::Line bound{.color = drawing::kInk, .width = 1},
      pursuit{.color = drawing::kInk, .width = 1, .dashed = true};
  constexpr int kSteps = 80;
  for (int i = 0; i <= kSteps; ++i) {
    const double x = first * std::pow(last / first, static_cast<double>(i) / kSteps);
    const double dimensions = sparse_bound(1, 1 / x);  // none where every feature is there, at p = 1
    if (dimensions >= low) bound.at.push_back({x, dimensions});
    if (c * dimensions >= low) pursuit.at.push_back({x, c * dimensions});
  }
  panel.marks.emplace_back(std::move(bound));
  panel.marks.emplace_back(std::move(pursuit));
  drawing::Points dots{.radius = 2};
  for (std::size_t i = 0; i < study.n_features.size(); ++i) {
    for (std::size_t d = 0; d < densities; ++d) {
      const std::size_t at = i * densities + d;
      dots.points.push_back(
          {.at = {1 / study.feature_probability[d], static_cast<double>(result.dimensions_per_feature[at])},
           .color =
               study::leaves_features_out(study, result, i, d) ? color_of_size(study, i) : drawing::kFaint,
           .hover = describe_toy(study, result, i, d)});
    }
  }
  panel.marks.emplace_back(std::move(dots));
  return panel;
}

}  // namespace

drawing::Figure compressed_sensing_figure(const study::Study& study, const study::CompressedSensing& of_kind,
                                          const Result& result) {
  constexpr double kLeft = 50, kBar = 10, kGap = 112,
                   kAside = 50;  // width of its legend, which reaches into the gap
  const double right = kLeft + kHeight + kGap;
  drawing::Figure figure;
  figure.title = fmt::format("{}: sparse vectors from few measurements", drawing::one_line(study.name, 30));
  figure.panels.push_back(recovery_panel({kLeft, kTop, kHeight, kHeight}, of_kind, result));
  figure.panels.push_back(toy_panel({right, kTop, kHeight + 30, kHeight}, of_kind, result));
  using Shown = drawing::LegendEntry::Mark;
  figure.panels.push_back(
      drawing::legend({kLeft, 32, kHeight + 60, 14},
                      {{Shown::kLine, kTransition, "half are recovered"},
                       {Shown::kDashes, drawing::kFaint,
                        fmt::format("m = {} k ln(n/k)",
                                    finite_number(median(study::sparse_constants(of_kind, result)), 2))}}));
  std::vector<drawing::LegendEntry> entries;
  entries.push_back({Shown::kLine, drawing::kInk, "p ln(1/p)"});
  entries.push_back({Shown::kDashes, drawing::kInk, "matching pursuit"});
  for (std::size_t i = 0; i < of_kind.n_hidden.size(); ++i)
    entries.push_back({Shown::kDots, color_of_size(of_kind, i), fmt::format("m = {}", of_kind.n_hidden[i])});
  figure.panels.push_back(legend({right - kAside, 32, kHeight + 30 + kAside, 14}, entries));
  figure.color_bars.push_back({.area = {kLeft + kHeight + 12, kTop + 20, kBar, kHeight - 40},
                               .colormap = drawing::Colormap::kViridis,
                               .low = 0,
                               .high = 1,
                               .ticks = {{0, "0"}, {0.5, "0.5"}, {1, "1"}},
                               .label = "share recovered"});
  figure.width = right + kHeight + 30 + 40;
  figure.height = kTop + kHeight + 40;
  return figure;
}

}  // namespace superpose::figures
