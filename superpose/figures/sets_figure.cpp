#include "superpose/figures/sets_figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/drawing/labels.h"
#include "superpose/drawing/layout.h"
#include "superpose/drawing/legend.h"
#include "superpose/figures/gram_map.h"
#include "superpose/figures/plane.h"
#include "superpose/figures/set_colors.h"

namespace superpose::figures {
namespace {

constexpr std::size_t kMostPanels = 6, kMostNamed = 48;
constexpr std::int64_t kMostFeatures = 200;  // of a heat map
constexpr double kGap = 10;                  // between panels of a row, in points

std::string title_of(const run::Run& run) {
  const auto& sets = run.experiment.data.distribution.sets;
  std::string what = "independent features";
  if (!sets.empty()) {
    const auto rule = sets.front().rule;
    const bool alike = std::ranges::all_of(sets, [&](const FeatureSet& set) { return set.rule == rule; });
    what = fmt::format("{} {}sets", sets.size(),
                       !alike                                      ? ""
                       : rule == FeatureSet::Rule::kCorrelated     ? "correlated "
                       : rule == FeatureSet::Rule::kAnticorrelated ? "anticorrelated "
                                                                   : "");
  }
  if (run.model.shape().n_hidden != 2) what += ": WᵀW";
  return what;
}

bool in_the_plane(const run::Run& run) {
  return run.model.shape().n_hidden == 2;
}

std::string density_of(const run::Run& run, std::size_t instance) {
  const std::size_t n = run.model.shape().features();
  return drawing::density_label(std::span(run.feature_probability).subspan(instance * n, n));
}

/// The densities that the panels of a row are labelled with. A range is too wide for a panel with the words
/// in front: then the row's title says them once.
struct DensityLabels {
  std::vector<std::string> of_panels;
  std::string in_title;
};

DensityLabels label_densities(const run::Run& run, std::span<const std::size_t> instances) {
  DensityLabels labels;
  for (const std::size_t i : instances) labels.of_panels.push_back(density_of(run, i));
  const auto is_range = [](const std::string& label) { return label.find("–") != std::string::npos; };
  if (std::ranges::none_of(labels.of_panels, is_range)) return labels;
  for (std::string& label : labels.of_panels) {
    const std::size_t equals = label.find(" = ");
    if (equals == std::string::npos) continue;
    labels.in_title = fmt::format(", with their {}", label.substr(0, equals));
    label.erase(0, equals + 3);
  }
  return labels;
}

/// W^T W with the features of one set side by side, in the order of the sets. Features in no set come last.
drawing::Panel heat_map(const run::Run& run, std::size_t instance, const drawing::Rect& area) {
  const auto set_of = sets_of(run);
  std::vector<std::size_t> order(set_of.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(
      order, {}, [&](std::size_t f) { return std::pair(set_of[f] == 0 ? set_of.size() + 1 : set_of[f], f); });
  drawing::Panel panel = gram_panel(area, order.size());
  panel.marks.emplace_back(gram_map(run.model.W(instance), run.model.shape().n_hidden, order));
  return panel;
}

std::vector<Arrow> arrows_of(const run::Run& run, std::size_t instance) {
  const auto set_of = sets_of(run);
  const auto W = run.model.W(instance);
  std::vector<Arrow> arrows;
  for (std::size_t f = 0; f < set_of.size(); ++f) {
    const auto x = static_cast<double>(W[2 * f]), y = static_cast<double>(W[2 * f + 1]);
    const std::string set = set_of[f] == 0 ? "in no set" : fmt::format("set {}", set_of[f]);
    arrows.push_back({.to = {x, y},
                      .color = set_color(set_of[f]),
                      .hover = fmt::format("feature {}\n{}\nW = ({:.2f}, {:.2f})\n|W| = {:.2f}", f, set, x, y,
                                           std::hypot(x, y))});
  }
  return arrows;
}

/// The half width of all planes, so that they can be compared. Errors: InvalidRequest when a run cannot be
/// shown.
double common_half_width(std::span<const run::Run* const> runs) {
  double width = 1.5;
  for (const run::Run* run : runs) {
    const Shape& shape = run->model.shape();
    if (in_the_plane(*run)) {
      width = std::max(width, 1.06 * largest_weight(run->model.W()));
    } else if (shape.n_features > kMostFeatures) {
      throw InvalidRequest(
          {.place = argument_place("figure sets"),
           .expected = fmt::format("a run with n_hidden = 2 or at most {} features", kMostFeatures),
           .got = fmt::to_string(shape.n_features)});
    }
  }
  return width;
}

/// One run as panels, not yet in their places: the instances, each with its density.
std::vector<drawing::Panel> panels_of(const run::Run& run, std::size_t most, double half_width,
                                      const Wanted& wanted) {
  const auto chosen = instances_to_draw("sets", run.model.shape().instances(), most, wanted);
  const DensityLabels densities = label_densities(run, chosen);
  std::vector<drawing::Panel> panels;
  for (const std::size_t i : chosen) {
    panels.push_back(in_the_plane(run) ? plane_panel({}, half_width, arrows_of(run, i))
                                       : heat_map(run, i, {}));
    panels.back().x.label = densities.of_panels[panels.size() - 1];
  }
  // The heading of the run, above the middle of its first row.
  panels.front().title = title_of(run) + densities.in_title;
  return panels;
}

/// What the colours mean: the sets of the runs that are drawn in the plane.
std::vector<drawing::LegendEntry> legend_of(std::span<const run::Run* const> runs) {
  std::set<std::size_t> sets;
  for (const run::Run* run : runs) {
    if (!in_the_plane(*run)) continue;
    for (const std::size_t set : sets_of(*run)) sets.insert(set);
  }
  std::vector<drawing::LegendEntry> entries;
  for (const std::size_t set : sets)
    entries.push_back({.color = set_color(set), .text = set == 0 ? "in no set" : fmt::format("set {}", set)});
  // The grey of features in no set comes last.
  if (!entries.empty() && *sets.begin() == 0) std::ranges::rotate(entries, entries.begin() + 1);
  return entries;
}

}  // namespace

drawing::Figure sets_figure(std::span<const run::Run* const> runs, const Wanted& wanted) {
  if (runs.empty())
    throw InvalidRequest({.place = argument_place("figure sets"), .expected = "a run", .got = "none"});
  constexpr double kMargin = 12, kLegendTop = 32, kSide = 84, kHeading = 18, kRowGap = 18, kLeast = 52;
  constexpr GridSpace kSpace{.across = 2 * kMargin, .down = 96, .column_gap = kGap, .row_gap = kRowGap};
  const double half_width = common_half_width(runs);
  const drawing::Room& room = wanted.room;
  drawing::Room own = room;  // of each run
  own.height /= static_cast<double>(runs.size());
  const std::size_t most = panels_in(own, kSpace, kLeast, wanted.named.empty() ? kMostPanels : kMostNamed);
  drawing::Figure figure;
  figure.title = drawing::one_line(runs.back()->experiment.name, 60);
  const auto entries = legend_of(runs);
  double y = kLegendTop + drawing::kLegendRow;
  for (std::size_t r = runs.size(); r-- > 0;) {
    auto panels = panels_of(*runs[r], most, half_width, wanted);
    drawing::PanelGrid grid{.x = kMargin,
                            .y = y + kHeading,
                            .columns = std::min(panels.size(), kMostPanels),
                            .panel_width = kSide,
                            .panel_height = kSide,
                            .column_gap = kGap,
                            .row_gap = kRowGap};
    if (room.is_given()) grid.columns = columns_in(own, panels.size(), kSpace, kLeast).columns;
    panels[grid.columns / 2].title = std::exchange(panels.front().title, {});
    panels[grid.columns / 2].title_span = static_cast<double>(grid.columns);
    for (std::size_t i = 0; i < panels.size(); ++i) {
      panels[i].area = grid.cell(i);
      figure.width = std::max(figure.width, panels[i].area.right() + kMargin);
      figure.panels.push_back(std::move(panels[i]));
    }
    y = figure.panels.back().area.bottom() + 2 * kMargin;
  }
  if (!entries.empty())
    figure.panels.push_back(
        drawing::legend({kMargin, kLegendTop, figure.width - 2 * kMargin, drawing::kLegendRow}, entries));
  figure.height = y;
  return figure;
}

}  // namespace superpose::figures
