#include "superpose/figures/features_figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include "superpose/analysis/metrics.h"
#include "superpose/core/error.h"
#include "superpose/drawing/labels.h"
#include "superpose/drawing/layout.h"
#include "superpose/figures/gram_map.h"
#include "superpose/figures/not_finite.h"

namespace superpose::figures {
namespace {

constexpr std::size_t kMostRows = 24;
constexpr std::size_t kMostFeatures = 400;

/// One instance of one run.
struct Subject {
  const run::Run* run;
  std::int64_t instance;
};

std::vector<Subject> all_subjects(std::span<const run::Run* const> runs) {
  std::vector<Subject> subjects;
  for (const run::Run* run : runs) {
    for (std::int64_t i = 0; i < run->model.shape().n_instances; ++i) subjects.push_back({run, i});
  }
  return subjects;
}

std::size_t shown_features(const Subject& subject) {
  return std::min(subject.run->model.shape().features(), kMostFeatures);
}

std::string kind_label(ModelKind kind) {
  switch (kind) {
    case ModelKind::kLinear:
      return "linear";
    case ModelKind::kReluOutput:
      return "ReLU";
    default:
      return std::string(name(kind));
  }
}

/// What the bars and colours of an instance need, all measured in float64.
struct Measured {
  std::vector<double> gram;  // of the features that are shown
  std::vector<double> norms, polysemanticity;
};
Measured measure(const Subject& subject) {
  const Shape shape = subject.run->model.shape().of_one_instance();
  const std::span<const float> W = subject.run->model.W(subject.instance);
  Shape shown = shape;
  shown.n_features = static_cast<std::int64_t>(shown_features(subject));
  return {gram(W.first(shown.weights()), shown), norms(W, shape), polysemanticity(W, shape)};
}

drawing::Panel gram_panel(const Subject& subject, const Measured& measured) {
  const Shape& shape = subject.run->model.shape();
  const std::size_t shown = shown_features(subject);
  drawing::HeatMap map{.columns = shown, .column_name = "In", .row_name = "Out", .value_name = "Weight"};
  map.values = measured.gram;
  drawing::Panel panel;
  panel.title = fmt::format(
      "{}, {}", kind_label(subject.run->model.kind()),
      drawing::density_label(shape.row(std::span(subject.run->feature_probability), subject.instance)));
  panel.x = matrix_axis(shown, false);
  panel.y = matrix_axis(shown, true);
  panel.x.ticks = drawing::round_ticks(0, static_cast<double>(shown) - 1, 5, true);
  panel.y.ticks = panel.x.ticks;
  panel.y.label = "feature";
  panel.background = drawing::kNotFinite;  // shows where an interactive heat map has no value
  panel.marks.emplace_back(std::move(map));
  return panel;
}

drawing::Panel bias_panel(const Subject& subject) {
  const std::size_t shown = shown_features(subject);
  const std::span<const float> b = subject.run->model.b_final(subject.instance).first(shown);
  drawing::Panel panel;
  panel.title = "b";
  panel.background = drawing::kNotFinite;
  panel.x = {.first = -0.5, .last = 0.5};
  panel.y = matrix_axis(shown, true);
  panel.marks.emplace_back(drawing::HeatMap{
      .columns = 1, .values = {b.begin(), b.end()}, .row_name = "Feature", .value_name = "Bias"});
  return panel;
}

drawing::Panel norm_panel(const Subject& subject, const Measured& measured, double longest) {
  const std::size_t shown = shown_features(subject);
  drawing::Bars bars{.thickness = shown > 40 ? 1 : 0.8};  // gaps between so many bars would only blur
  for (std::size_t f = 0; f < shown; ++f) {
    const double superposition = measured.polysemanticity[f];
    bars.bars.push_back({.at = static_cast<double>(f),
                         .length = measured.norms[f],
                         .color = color_of(drawing::Colormap::kViridis, superposition, 0, 1),
                         .hover = fmt::format("feature {}\n|W| = {:.3f}\npolysemanticity {:.3f}", f,
                                              measured.norms[f], superposition)});
  }
  drawing::Panel panel;
  panel.title = "|Wᵢ|";
  panel.x = {.first = 0, .last = longest, .ticks = drawing::round_ticks(0, longest, 3)};
  panel.y = matrix_axis(shown, true);
  panel.marks.emplace_back(std::move(bars));
  const std::int64_t hidden = subject.run->model.shape().n_hidden;
  if (hidden < static_cast<std::int64_t>(shown)) {
    const double edge = static_cast<double>(hidden) - 0.5;
    panel.marks.emplace_back(
        drawing::Line{.at = {{0, edge}, {longest, edge}}, .width = 0.75, .dashed = true});
  }
  return panel;
}

/// The common end of the axes of the bars: a little more than the longest bar, and than 1, the norm of a
/// feature with a dimension of its own.
double bar_axis_end(std::span<const Measured> measured) {
  double longest = 1.15;
  for (const Measured& row : measured) {
    for (const double norm : row.norms) {
      if (std::isfinite(norm)) longest = std::max(longest, 1.05 * norm);
    }
  }
  return longest;
}

/// The lengths of one instance, in points: its three panels stand side by side.
struct Strip {
  double side = 150;  ///< of the heat map, and the height of all three
  double bars_width = 230;
  double axis = 46, bias_width = 9;
  double bias_gap = 12, bars_gap = 20, row_gap = 38, column_gap = 4;

  [[nodiscard]] double bias_x() const { return axis + side + bias_gap; }
  [[nodiscard]] double bars_x() const { return bias_x() + bias_width + bars_gap; }
  [[nodiscard]] double width() const { return bars_x() + bars_width + column_gap; }
  [[nodiscard]] double height() const { return side + row_gap; }
};

/// A few instances stand below each other. More of them are smaller and stand in columns, on a page of usual
/// proportions.
struct Page {
  std::size_t columns, rows;
  Strip strip;
};
Page page_of(std::size_t instances, std::size_t most_features) {
  if (instances <= 3) {
    const double side = most_features <= 10 ? 110 : most_features <= 40 ? 150 : 200;
    return {.columns = 1, .rows = instances, .strip = {.side = side}};
  }
  const std::size_t columns = instances <= 12 ? 2 : 3;
  return {.columns = columns,
          .rows = (instances + columns - 1) / columns,
          .strip = {.side = most_features <= 10 ? 90.0 : 125.0, .bars_width = 100}};
}

/// How many instances have room, and how they stand there.
struct Fit {
  std::size_t most = kMostRows;
  std::size_t columns = 0;  ///< 0: as page_of has it
  Strip strip = {};
};
Fit fit_of(const drawing::Room& room, double top) {
  if (!room.is_given()) return {};
  constexpr double kLeastSide = 56, kLeastBars = 60, kMostSide = 150;
  Strip strip{.side = kLeastSide, .bars_width = kLeastBars};
  Fit fit;
  const double width = room.width > 0 ? room.width - 12 : 520;
  fit.columns = std::clamp<std::size_t>(static_cast<std::size_t>(width / strip.width()), 1, 3);
  const double more = width / static_cast<double>(fit.columns) - strip.width();
  strip.side = std::min(kMostSide, kLeastSide + std::max(0.0, more) / 2);
  if (room.height > 0) {
    const double down = room.height - top - 24 + strip.row_gap;
    const double rows = std::max(1.0, std::floor(down / (kLeastSide + strip.row_gap)));
    fit.most = std::min(kMostRows, fit.columns * static_cast<std::size_t>(rows));
    strip.side = std::clamp(down / rows - strip.row_gap, 40.0, strip.side);
  }
  strip.bars_width = kLeastBars + std::max(0.0, more) - (strip.side - kLeastSide);
  fit.strip = strip;
  return fit;
}

std::string title_of(const run::Run& run, std::size_t drawn, std::size_t rows) {
  const Shape& shape = run.model.shape();
  std::string title =
      fmt::format("{}: {} features in {} dimensions", drawing::one_line(run.experiment.name, 24),
                  shape.n_features, shape.n_hidden);
  if (shape.features() > kMostFeatures) title += fmt::format(", the first {}", kMostFeatures);
  if (drawn < rows) title += fmt::format(" ({} of {} instances)", drawn, rows);
  return title;
}

void add_color_bars(drawing::Figure& figure, const Strip& strip, double y) {
  constexpr double kThickness = 8;
  figure.color_bars.push_back(
      {.area = {strip.axis, y, strip.bias_x() + strip.bias_width - strip.axis, kThickness},
       .colormap = drawing::Colormap::kCoolwarm,
       .low = -1,
       .high = 1,
       .ticks = drawing::round_ticks(-1, 1, 4),
       .label = "WᵀW and b"});
  figure.color_bars.push_back({.area = {strip.bars_x(), y, strip.bars_width, kThickness},
                               .ticks = drawing::round_ticks(0, 1, 5),
                               .label = "polysemanticity, clipped to 1"});
}

}  // namespace

drawing::Figure features_figure(std::span<const run::Run* const> runs, const Wanted& wanted) {
  const std::vector<Subject> subjects = all_subjects(runs);
  if (subjects.empty())
    throw InvalidRequest({.place = argument_place("figure features"), .expected = "a run", .got = "none"});
  constexpr double kColorBars = 46, kTop = 94;
  const Fit fit = fit_of(wanted.room, kTop);
  const auto chosen = instances_to_draw("features", subjects.size(), fit.most, wanted);
  std::vector<Measured> measured;
  std::size_t most_features = 0;
  for (const std::size_t i : chosen) {
    measured.push_back(measure(subjects[i]));
    most_features = std::max(most_features, shown_features(subjects[i]));
  }
  const double bar_end = bar_axis_end(measured);

  Page page = page_of(chosen.size(), most_features);
  if (fit.columns > 0) {
    const std::size_t columns = std::min(fit.columns, chosen.size());
    page = {.columns = columns, .rows = (chosen.size() + columns - 1) / columns, .strip = fit.strip};
  }
  const auto [columns, rows_a_column, strip] = page;
  drawing::Figure figure;
  figure.title = title_of(*runs.back(), chosen.size(), subjects.size());
  add_color_bars(figure, strip, kColorBars);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const Subject& subject = subjects[chosen[i]];
    const std::size_t column = i / rows_a_column, line = i % rows_a_column;
    const double x = static_cast<double>(column) * strip.width();
    const double y = kTop + static_cast<double>(line) * strip.height();
    figure.panels.push_back(gram_panel(subject, measured[i]));
    figure.panels.back().area = {x + strip.axis, y, strip.side, strip.side};
    figure.panels.push_back(bias_panel(subject));
    figure.panels.back().area = {x + strip.bias_x(), y, strip.bias_width, strip.side};
    figure.panels.push_back(norm_panel(subject, measured[i], bar_end));
    figure.panels.back().area = {x + strip.bars_x(), y, strip.bars_width, strip.side};
  }
  figure.width = static_cast<double>(columns) * strip.width() + 12;
  figure.height = kTop + static_cast<double>(rows_a_column) * strip.height() - strip.row_gap + 24;
  say_not_finite(figure);
  return figure;
}

}  // namespace superpose::figures
