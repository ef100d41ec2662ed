#include "superpose/figures/phase_figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "superpose/analysis/phase_theory.h"
#include "superpose/core/error.h"
#include "superpose/drawing/labels.h"
#include "superpose/drawing/legend.h"
#include "superpose/figures/not_finite.h"
#include "superpose/run/phase_grid.h"

namespace superpose::figures {
namespace {

constexpr drawing::Color kDedicated{33, 102,
                                    172};  // blue and red of ColorBrewer's RdBu: told apart by most eyes
constexpr drawing::Color kSuperposed{178, 24, 43};

std::uint8_t mixed(double from, double to, double t) {
  return static_cast<std::uint8_t>(std::lround(from + (to - from) * std::clamp(t, 0.0, 1.0)));
}
drawing::Color mix(const drawing::Color& from, const drawing::Color& to, double t) {
  return {mixed(from.red, to.red, t), mixed(from.green, to.green, t), mixed(from.blue, to.blue, t)};
}

/// White where the extra feature is not represented. Elsewhere a mix of the colour for a dimension of its own
/// and the colour for a shared one.
drawing::Color colour_of(const ExtraFeature& extra) {
  if (!std::isfinite(extra.norm) || !std::isfinite(extra.superposition)) return drawing::kNotFinite;
  return mix(drawing::kWhite, mix(kDedicated, kSuperposed, extra.superposition), extra.norm);
}

/// How the run holds the extra feature. Where the models of restarts are recorded, it is the mean over all
/// restarts but the one with the highest loss, as the paper draws it. Elsewhere it is the kept restart. A
/// feature that is not represented is neither dedicated nor shared, so norms are the weights in the mean of
/// the superposition.
ExtraFeature extra_in(const run::Run& run, std::size_t instance, std::int64_t n_hidden) {
  if (run.restart_models.size() < 2) return extra_feature(run.model.W(instance), n_hidden);
  const auto instances = run.model.shape().instances();
  const auto loss = [&](std::size_t restart) {
    const float own = run.restart_loss[restart * instances + instance];
    return std::isnan(own) ? INFINITY : own;
  };
  std::size_t worst = 0;
  for (std::size_t r = 1; r < run.restart_models.size(); ++r) {
    if (loss(r) > loss(worst)) worst = r;
  }
  double norms = 0, shared = 0;
  for (std::size_t r = 0; r < run.restart_models.size(); ++r) {
    if (r == worst) continue;
    const ExtraFeature extra = extra_feature(run.restart_models[r].W(instance), n_hidden);
    norms += extra.norm;
    shared += extra.norm * extra.superposition;
  }
  return {.norm = norms / static_cast<double>(run.restart_models.size() - 1),
          .superposition = norms > 0 ? shared / norms : 0};
}

std::string trained_title(const run::Run& run) {
  const auto restarts = run.experiment.train.restarts;
  if (run.restart_models.size() > 1) return fmt::format("trained, mean of {} of {}", restarts - 1, restarts);
  return restarts == 1 ? "trained" : fmt::format("trained, best of {}", restarts);
}

ExtraFeature ideal(Phase phase) {
  switch (phase) {
    case Phase::kIgnoreExtra:
      return {.norm = 0, .superposition = 0};
    case Phase::kExtraAntipodal:
      return {.norm = 1, .superposition = 1};
    default:
      return {.norm = 1, .superposition = 0};
  }
}

/// Where a value lies along an axis of cells whose logarithms are equally spaced.
double position(const std::vector<double>& axis, double value) {
  if (axis.size() < 2) return 0;
  return std::log(value / axis.front()) / std::log(axis.back() / axis.front()) *
         static_cast<double>(axis.size() - 1);
}

std::vector<drawing::Tick> ticks(const std::vector<double>& axis) {
  constexpr std::array kRound = {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1,  0.2,
                                 0.5,   1.0,   2.0,   5.0,  10.0, 20.0, 50.0, 100.0};
  const auto [least, most] = std::ranges::minmax(axis);
  std::vector<drawing::Tick> result;
  for (const double value : kRound) {
    if (value >= least * 0.999 && value <= most * 1.001)
      result.push_back({.at = position(axis, value), .label = drawing::number_label(value)});
  }
  return result;
}

/// The boundaries of the theory, in the units of the panels: a density for every importance, and the
/// importance 1.
std::vector<drawing::Line> boundaries(const run::PhaseGrid& grid) {
  constexpr int kPoints = 200;
  constexpr double kTop = 4.0 / 7;
  const auto [least, most] = std::ranges::minmax(grid.relative_importance);
  const auto at = [&](double p, double r) {
    return drawing::Position{position(grid.density, p), position(grid.relative_importance, r)};
  };
  drawing::Line curve{.color = drawing::kInk, .width = 1};
  for (int i = 0; i <= kPoints; ++i) {
    const double r = least * std::pow(most / least, static_cast<double>(i) / kPoints);
    curve.at.push_back(at(superposition_boundary(r, grid.n_hidden), r));
  }
  const auto [sparsest, densest] = std::ranges::minmax(grid.density);
  drawing::Line equal{.at = {at(densest, 1), at(grid.n_hidden == 1 ? kTop : sparsest, 1)},
                      .color = drawing::kInk,
                      .width = 1};
  return {std::move(curve), std::move(equal)};
}

/// What a hover text says about a cell.
std::string place_of(const run::PhaseGrid& grid, std::size_t column, std::size_t row) {
  return fmt::format("density {}, relative importance {}", drawing::number_label(grid.density[column]),
                     drawing::number_label(grid.relative_importance[row]));
}

drawing::Panel map(const run::PhaseGrid& grid, const drawing::Rect& area, std::string title,
                   drawing::Cells cells) {
  drawing::Panel panel;
  panel.area = area;
  panel.title = std::move(title);
  const auto end = [](const std::vector<double>& axis) { return static_cast<double>(axis.size()) - 0.5; };
  panel.x = {
      .first = -0.5, .last = end(grid.density), .ticks = ticks(grid.density), .label = "density 1 − S"};
  panel.y = {.first = -0.5,
             .last = end(grid.relative_importance),
             .ticks = ticks(grid.relative_importance),
             .label = "relative importance of the extra feature"};
  panel.marks.emplace_back(std::move(cells));
  for (drawing::Line& line : boundaries(grid)) panel.marks.emplace_back(std::move(line));
  return panel;
}

/// What the run did with the extra feature.
drawing::Cells trained_cells(const run::Run& run, const run::PhaseGrid& grid) {
  drawing::Cells cells{.columns = grid.density.size()};
  for (std::size_t row = 0; row < grid.relative_importance.size(); ++row) {
    for (std::size_t column = 0; column < grid.density.size(); ++column) {
      const std::size_t instance = grid.instance(column, row);
      const ExtraFeature extra = extra_in(run, instance, grid.n_hidden);
      const auto loss = static_cast<double>(run.loss[instance]);
      cells.colors.push_back(colour_of(extra));
      cells.hover.push_back(
          fmt::format("{}\nnorm {}, shared {}\nloss {}", place_of(grid, column, row),
                      finite_number(extra.norm, 2), finite_number(extra.superposition, 2),
                      std::isfinite(loss) ? fmt::format("{:.3g}", loss) : std::string(kNotFiniteText)));
    }
  }
  return cells;
}

/// What is best for the extra feature in theory.
drawing::Cells theory_cells(const run::PhaseGrid& grid) {
  drawing::Cells cells{.columns = grid.density.size()};
  for (std::size_t row = 0; row < grid.relative_importance.size(); ++row) {
    for (std::size_t column = 0; column < grid.density.size(); ++column) {
      const PhaseProblem problem = grid.problem(column, row);
      const Phase best = best_phase(problem);
      cells.colors.push_back(colour_of(ideal(best)));
      cells.hover.push_back(fmt::format("{}\n{}\nloss {:.3g}", place_of(grid, column, row), name(best),
                                        phase_loss(best, problem)));
    }
  }
  return cells;
}

/// The scale of two dimensions.
drawing::Panel legend(const drawing::Rect& area) {
  constexpr std::size_t kSteps = 41;
  drawing::Cells cells{.columns = kSteps};
  for (std::size_t row = 0; row < kSteps; ++row) {
    for (std::size_t column = 0; column < kSteps; ++column) {
      const auto share = [](std::size_t i) { return static_cast<double>(i) / (kSteps - 1); };
      cells.colors.push_back(colour_of({.norm = share(row), .superposition = share(column)}));
    }
  }
  drawing::Panel panel;
  panel.area = area;
  const std::vector<drawing::Tick> ends = {{.at = 0, .label = "0"}, {.at = kSteps - 1, .label = "1"}};
  panel.x = {.first = -0.5, .last = kSteps - 0.5, .ticks = ends, .label = "shares its dimension"};
  panel.y = {.first = -0.5, .last = kSteps - 0.5, .ticks = ends, .label = "norm of the extra feature"};
  panel.marks.emplace_back(std::move(cells));
  return panel;
}

}  // namespace

drawing::Figure phase_figure(const run::Run& run, const Wanted& wanted) {
  constexpr double kSide = 190, kLeft = 52, kTop = 50, kGap = 62, kLegend = 84, kStackedBelow = 400;
  const run::PhaseGrid grid(run.experiment);
  drawing::Cells trained = trained_cells(run, grid);
  const bool has_gaps = std::ranges::find(trained.colors, drawing::kNotFinite) != trained.colors.end();
  drawing::Figure figure;
  figure.title = fmt::format("{}: {} features in {} dimension{}", drawing::one_line(run.experiment.name, 30),
                             grid.n_hidden + 1, grid.n_hidden, grid.n_hidden == 1 ? "" : "s");
  figure.panels.push_back(map(grid, {kLeft, kTop, kSide, kSide}, trained_title(run), std::move(trained)));
  const bool stacked = wanted.room.stacks(kStackedBelow);
  const double step = kSide + kGap;
  const drawing::Rect theory = stacked ? drawing::Rect{kLeft, kTop + step, kSide, kSide}
                                       : drawing::Rect{kLeft + step, kTop, kSide, kSide};
  const drawing::Rect scale =
      stacked ? drawing::Rect{kLeft + (kSide - kLegend) / 2, kTop + 2 * step, kLegend, kLegend}
              : drawing::Rect{kLeft + 2 * step, kTop + (kSide - kLegend) / 2, kLegend, kLegend};
  figure.panels.push_back(map(grid, theory, "theory", theory_cells(grid)));
  if (!stacked && wanted.room.narrower_than(kStackedBelow)) {  // the axis is that of the panel beside it
    figure.panels.back().y.label.clear();
    for (drawing::Tick& tick : figure.panels.back().y.ticks) tick.label.clear();
  }
  figure.panels.push_back(legend(scale));
  if (has_gaps) {
    figure.panels.push_back(
        drawing::legend({scale.x, stacked ? scale.y - 30 : kTop, kLegend, 14},
                        {{.color = drawing::kNotFinite, .text = std::string(kNotFiniteText)}}));
  }
  figure.width = std::max(theory.right(), scale.right()) + 14;
  figure.height = std::max(theory.bottom(), scale.bottom()) + 40;
  return figure;
}

}  // namespace superpose::figures
