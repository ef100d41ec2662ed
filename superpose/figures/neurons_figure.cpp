#include "superpose/figures/neurons_figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "superpose/analysis/neurons.h"
#include "superpose/core/error.h"
#include "superpose/drawing/labels.h"
#include "superpose/drawing/layout.h"
#include "superpose/figures/not_finite.h"

namespace superpose::figures {
namespace {

constexpr std::size_t kMostPanels = 12;

/// How high stacks of bars are, above 0 and below.
struct Heights {
  double above, below;
};

/// The weights of an instance, neuron by neuron.
struct Neurons {
  std::size_t features, hidden;
  std::span<const float> W;  // (features, hidden)

  [[nodiscard]] double weight(std::size_t f, std::size_t h) const {
    return static_cast<double>(W[f * hidden + h]);
  }
  [[nodiscard]] std::size_t largest_feature(std::size_t h) const {
    std::size_t largest = 0;
    for (std::size_t f = 1; f < features; ++f) {
      if (std::abs(weight(f, h)) > std::abs(weight(largest, h))) largest = f;
    }
    return largest;
  }
  [[nodiscard]] std::vector<std::size_t> in_order() const {
    std::vector<std::size_t> order(hidden);
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, {}, [&](std::size_t h) { return std::pair(largest_feature(h), h); });
    return order;
  }
  /// The highest stacks of all neurons.
  [[nodiscard]] Heights heights() const {
    double above = 0, below = 0;
    for (std::size_t h = 0; h < hidden; ++h) {
      double up = 0, down = 0;
      for (std::size_t f = 0; f < features; ++f) (weight(f, h) > 0 ? up : down) += std::abs(weight(f, h));
      if (std::isfinite(up)) above = std::max(above, up);
      if (std::isfinite(down)) below = std::max(below, down);
    }
    return {.above = above, .below = below};
  }
};

Neurons neurons_of(const run::Run& run, std::size_t instance) {
  const Shape& shape = run.model.shape();
  return {.features = shape.features(), .hidden = shape.hidden(), .W = run.model.W(instance)};
}

drawing::Bars stacks(const Neurons& neurons) {
  drawing::Bars bars{.thickness = 0.8, .upright = true};
  const auto order = neurons.in_order();
  const double last = std::max<double>(1, static_cast<double>(neurons.features) - 1);
  for (std::size_t column = 0; column < order.size(); ++column) {
    double above = 0, below = 0;
    for (std::size_t f = 0; f < neurons.features; ++f) {
      const double weight = neurons.weight(f, order[column]);
      double& end = weight > 0 ? above : below;
      bars.bars.push_back(
          {.at = static_cast<double>(column),
           .from = end,
           .length = weight,
           .color = drawing::color_at(drawing::Colormap::kViridis, static_cast<double>(f) / last),
           .hover = fmt::format("neuron {}\nfeature {}\nweight {:.3f}", order[column], f, weight)});
      end += weight;
    }
  }
  return bars;
}

std::string count_label(const Neurons& neurons) {
  if (!all_finite(neurons.W)) return std::string(kNotFiniteText);
  const auto counts = count_neurons(neurons.W, static_cast<std::int64_t>(neurons.hidden));
  return fmt::format("{} of {} monosemantic", counts.monosemantic, neurons.hidden);
}

/// axis: the ends of the y axis.
drawing::Panel instance_panel(const run::Run& run, std::size_t instance, const Heights& axis) {
  const Shape& shape = run.model.shape();
  const Neurons neurons = neurons_of(run, instance);
  drawing::Panel panel;
  panel.title = drawing::density_label(
      std::span(run.feature_probability).subspan(instance * shape.features(), shape.features()));
  panel.x = {.first = -0.6,
             .last = static_cast<double>(shape.n_hidden) - 0.4,
             .ticks = {},
             .label = count_label(neurons)};
  panel.y = {
      .first = -axis.below, .last = axis.above, .ticks = drawing::round_ticks(-axis.below, axis.above, 5)};
  panel.marks.emplace_back(stacks(neurons));
  panel.marks.emplace_back(
      drawing::Line{.at = {{panel.x.first, 0}, {panel.x.last, 0}}, .color = drawing::kInk, .width = 0.5});
  return panel;
}

}  // namespace

drawing::Figure neurons_figure(const run::Run& run, const Wanted& wanted) {
  const Shape& shape = run.model.shape();
  if (parts(run.model.kind()).hidden == Activation::kIdentity)
    throw InvalidRequest({.place = argument_place("figure neurons"),
                          .expected = "a kind whose hidden layer has an activation, as \"relu_hidden\"",
                          .got = fmt::format("\"{}\"", name(run.model.kind()))});
  constexpr GridSpace kSpace{
      .across = 112, .down = 78, .column_gap = 30, .row_gap = 46, .height_of_width = 0.8};
  constexpr double kLeast = 60;
  const std::size_t most = panels_in(wanted.room, kSpace, kLeast, kMostPanels);
  const auto chosen = instances_to_draw("neurons", shape.instances(), most, wanted);
  double above = 1, below = 0.1;
  for (const std::size_t i : chosen) {
    const auto [up, down] = neurons_of(run, i).heights();
    above = std::max(above, 1.05 * up);
    below = std::max(below, 1.05 * down);
  }
  constexpr double kLeft = 40, kTop = 52, kMargin = 14;
  drawing::PanelGrid grid{.x = kLeft, .y = kTop};
  grid.columns = drawing::balanced_columns(chosen.size(), 4);
  grid.panel_width = std::clamp(14.0 * static_cast<double>(shape.n_hidden), 90.0, 180.0);
  grid.panel_height = 110;
  if (wanted.room.is_given()) {
    const auto [columns, side] = columns_in(wanted.room, chosen.size(), kSpace, kLeast);
    grid.columns = columns;
    grid.panel_width = std::max(side, kLeast);
    grid.panel_height = grid.panel_width * kSpace.height_of_width;
  }
  grid.column_gap = 30;
  grid.row_gap = 46;
  drawing::Figure figure;
  figure.title = fmt::format("{}: {} features, {} neurons", drawing::one_line(run.experiment.name, 30),
                             shape.n_features, shape.n_hidden);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    figure.panels.push_back(instance_panel(run, chosen[i], {.above = above, .below = below}));
    figure.panels.back().area = grid.cell(i);
  }
  const double bottom = grid.bottom(chosen.size());
  figure.color_bars.push_back(
      {.area = {grid.right() + 16, kTop, 8, grid.panel_height},
       .low = 0,
       .high = std::max<double>(1, static_cast<double>(shape.n_features) - 1),
       .ticks = drawing::round_ticks(0, static_cast<double>(shape.n_features) - 1, 4, true),
       .label = "feature"});
  figure.width = figure.color_bars[0].area.right() + drawing::kUprightLabelGap + kMargin;
  drawing::make_room_for_title(figure);
  figure.height = bottom + 26;
  return figure;
}

}  // namespace superpose::figures
