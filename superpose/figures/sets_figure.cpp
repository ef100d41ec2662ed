#include "superpose/figures/sets_figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/drawing/labels.h"
#include "superpose/drawing/layout.h"
#include "superpose/figures/set_colors.h"

namespace superpose::figures {
namespace {

constexpr std::size_t kMostPanels = 6;
constexpr std::int64_t kMostFeatures = 200;  // of a heat map
constexpr drawing::Color kPaper{0xFC, 0xFB, 0xF8};
constexpr drawing::Color kCross{205, 203, 198};

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

bool densities_differ(const run::Run& run) {
  return density_of(run, 0) != density_of(run, run.model.shape().instances() - 1);
}

/// W^T W: features of one set side by side, in the order of the sets.
drawing::Panel heat_map(const run::Run& run, std::int64_t instance, const drawing::Rect& area) {
  const auto set_of = sets_of(run);
  std::vector<std::size_t> order(set_of.size());
  std::iota(order.begin(), order.end(), 0U);
  // Features of no set last, where there are sets.
  std::ranges::sort(
      order, {}, [&](std::size_t f) { return std::pair(set_of[f] == 0 ? set_of.size() + 1 : set_of[f], f); });
  const auto W = run.model.W(instance);
  const auto hidden = static_cast<std::size_t>(run.model.shape().n_hidden);
  drawing::HeatMap map{.columns = order.size(), .value_name = "WᵀW"};
  for (const std::size_t f : order) {
    for (const std::size_t g : order) {
      double dot = 0;
      for (std::size_t h = 0; h < hidden; ++h)
        dot += static_cast<double>(W[f * hidden + h]) * static_cast<double>(W[g * hidden + h]);
      map.values.push_back(dot);
    }
  }
  const double last = static_cast<double>(order.size()) - 0.5;
  drawing::Panel panel;
  panel.area = area;
  panel.x = {.first = -0.5, .last = last};
  panel.y = {.first = last, .last = -0.5};
  panel.equal_aspect = true;
  panel.marks.emplace_back(std::move(map));
  return panel;
}

drawing::Panel arrows(const run::Run& run, std::int64_t instance, const drawing::Rect& area, double end) {
  drawing::Panel panel;
  panel.area = area;
  panel.x = {.first = -end, .last = end};
  panel.y = panel.x;
  panel.equal_aspect = true;
  panel.background = kPaper;
  panel.frame = false;
  panel.marks.emplace_back(drawing::Line{.at = {{-end, 0}, {end, 0}}, .color = kCross, .width = 0.5});
  panel.marks.emplace_back(drawing::Line{.at = {{0, -end}, {0, end}}, .color = kCross, .width = 0.5});
  const auto set_of = sets_of(run);
  const auto W = run.model.W(instance);
  drawing::Segments strokes{.width = 1.5};
  drawing::Points heads{.radius = 2.5};
  for (std::size_t f = 0; f < set_of.size(); ++f) {
    const auto x = static_cast<double>(W[2 * f]);
    const auto y = static_cast<double>(W[2 * f + 1]);
    const drawing::Color color = set_color(set_of[f]);
    strokes.segments.push_back({.from = {0, 0}, .to = {x, y}, .color = color});
    heads.points.push_back(
        {.at = {x, y},
         .color = color,
         .hover = fmt::format("feature {}\n{}\nW = ({:.2f}, {:.2f})\n|W| = {:.2f}", f,
                              set_of[f] == 0 ? "in no set" : fmt::format("set {}", set_of[f]), x, y,
                              std::hypot(x, y))});
  }
  panel.marks.emplace_back(std::move(strokes));
  panel.marks.emplace_back(std::move(heads));
  return panel;
}

}  // namespace

drawing::Figure sets_figure(std::span<const run::Run* const> runs) {
  if (runs.empty()) throw InvalidRequest("figure sets: expected a run, got none");
  double end = 1.5;
  for (const run::Run* run : runs) {
    const Shape& shape = run->model.shape();
    if (!in_the_plane(*run) && shape.n_features > kMostFeatures) {
      throw InvalidRequest(
          fmt::format("figure sets: expected a run with n_hidden = 2 or at most {} features, got {}",
                      kMostFeatures, shape.n_features));
    }
    if (!in_the_plane(*run)) continue;
    for (const float w : run->model.W()) {
      if (std::isfinite(w)) end = std::max(end, 1.06 * std::abs(static_cast<double>(w)));
    }
  }
  constexpr double kMargin = 12, kTop = 44, kSide = 84, kGap = 10, kRowGap = 30, kLabel = 12;
  drawing::Figure figure;
  figure.title = drawing::one_line(runs.back()->experiment.name, 60);
  double y = kTop + 14;
  for (std::size_t r = runs.size(); r-- > 0;) {
    const run::Run& run = *runs[r];
    const auto chosen = drawing::choose_evenly(run.model.shape().instances(), kMostPanels);
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      const drawing::Rect area = {kMargin + static_cast<double>(i) * (kSide + kGap), y, kSide, kSide};
      const auto instance = static_cast<std::int64_t>(chosen[i]);
      figure.panels.push_back(in_the_plane(run) ? arrows(run, instance, area, end)
                                                : heat_map(run, instance, area));
      if (densities_differ(run)) figure.panels.back().x.label = density_of(run, chosen[i]);
      figure.width = std::max(figure.width, area.right() + kMargin);
    }
    // Above the middle of the row.
    drawing::Panel& middle = figure.panels[figure.panels.size() - (chosen.size() + 1) / 2];
    middle.title = title_of(run);
    y += kSide + kRowGap + (densities_differ(run) ? kLabel : 0);
  }
  figure.height = y - kRowGap + kMargin;
  return figure;
}

}  // namespace superpose::figures
