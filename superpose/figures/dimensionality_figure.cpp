#include "superpose/figures/dimensionality_figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "superpose/analysis/metrics.h"
#include "superpose/analysis/polytopes.h"
#include "superpose/core/error.h"
#include "superpose/drawing/labels.h"
#include "superpose/drawing/layout.h"
#include "superpose/drawing/legend.h"
#include "superpose/figures/not_finite.h"
#include "superpose/figures/polytope_colors.h"

namespace superpose::figures {
namespace {

constexpr drawing::Color kPoint{33, 102, 172};
constexpr drawing::Color kGuide{150, 150, 150};
constexpr drawing::Color kNotRepresented{222, 222, 222};

struct Guide {
  double dimensionality;
  Polytope polytope;
  const char* name;
  double name_above = 0.022;  ///< how far a name stands above its line
};
constexpr std::array kGuides = {
    Guide{1, Polytope::kSingle, "1: a dimension of its own"},
    Guide{3.0 / 4, Polytope::kTetrahedron, "3/4: tetrahedron"},
    Guide{2.0 / 3, Polytope::kTriangle, "2/3: triangle"},
    Guide{1.0 / 2, Polytope::kDigon, "1/2: digon"},
    Guide{2.0 / 5, Polytope::kPentagon, "2/5: pentagon"},
    Guide{3.0 / 8, Polytope::kSquareAntiprism, "3/8: square antiprism", -0.022},
};

/// 1 / p of each instance: the mean over its features.
std::vector<double> inverse_density(const run::Run& run) {
  const std::size_t n = run.model.shape().features();
  std::vector<double> result;
  for (std::size_t i = 0; i < run.model.shape().instances(); ++i) {
    double sum = 0;
    if (std::isnan(run.feature_probability[i * n]))
      throw InvalidRequest(
          {.key = "feature_probability", .expected = "it for the axis", .got = "data that do not say"});
    for (std::size_t f = 0; f < n; ++f) sum += static_cast<double>(run.feature_probability[i * n + f]);
    result.push_back(static_cast<double>(n) / sum);
  }
  return result;
}

/// Where each instance lies along both panels' x axis.
struct Densities {
  std::vector<double> at;  // (n_instances), 1 / p
  double low = 0, high = 0;

  [[nodiscard]] drawing::PanelAxis axis() const {
    const double margin = std::pow(high / low, 0.02);
    return {
        .first = low / margin, .last = high * margin, .log = true, .ticks = drawing::log_ticks(low, high)};
  }
  /// The features of one instance lie side by side, within a fifth of the way to the next instance.
  [[nodiscard]] double beside(std::size_t instance, std::size_t f, std::size_t n_features) const {
    const double share = (static_cast<double>(f) + 0.5) / static_cast<double>(n_features) - 0.5;
    return at[instance] * std::pow(high / low, 0.4 * share / static_cast<double>(at.size()));
  }
};

/// Errors: InvalidRequest when there is only one density.
Densities densities_of(const run::Run& run) {
  Densities densities{.at = inverse_density(run)};
  const auto [low, high] = std::ranges::minmax(densities.at);
  densities.low = low;
  densities.high = high;
  if (!(densities.low < densities.high))
    throw InvalidRequest({.place = argument_place("figure dimensionality"),
                          .expected = "a run of two densities or more",
                          .got = "one"});
  return densities;
}

/// A dashed line across a panel.
drawing::Line guide_line(const drawing::Panel& panel, double level) {
  return {
      .at = {{panel.x.first, level}, {panel.x.last, level}}, .color = kGuide, .width = 0.5, .dashed = true};
}

drawing::Panel curve_panel(const run::Run& run, const Densities& densities, const drawing::Rect& area) {
  auto D_star = dimensions_per_feature(run.model.W(), run.model.shape());
  for (std::size_t i = 0; i < D_star.size(); ++i) {
    if (!is_finite(run, i)) D_star[i] = NAN;  // with infinite weights it would be 0
  }
  drawing::Panel panel;
  panel.area = area;
  panel.title = "D*: dimensions per feature";
  panel.x = densities.axis();
  panel.y = {.first = 0, .last = 1.1, .ticks = {{0, "0"}, {0.5, "1/2"}, {1, "1"}}};
  for (const double level : {0.5, 1.0}) panel.marks.emplace_back(guide_line(panel, level));
  drawing::Line through{.color = kPoint, .width = 1};
  drawing::Points stars{.radius = 2};
  for (std::size_t i = 0; i < D_star.size(); ++i) {
    const double x = densities.at[i];
    through.at.push_back({x, D_star[i]});
    stars.points.push_back(
        {.at = {x, D_star[i]},
         .color = kPoint,
         .hover = fmt::format("1/(1 − S) = {}\nD* = {:.3f}", drawing::number_label(x), D_star[i])});
  }
  panel.marks.emplace_back(std::move(through));
  panel.marks.emplace_back(std::move(stars));
  return panel;
}

/// How a feature is drawn: by the polytope that it is in.
struct Look {
  drawing::Color color = kNotRepresented;
  std::string name = "not represented";
};

/// returns: (n_instances, n_features).
std::vector<Look> looks_of(const run::Run& run) {
  const Shape& shape = run.model.shape();
  std::vector<Look> looks(shape.instances() * shape.features());
  for (std::size_t i = 0; i < shape.instances(); ++i) {
    for (const Component& component : components(run.model.W(i), shape.n_hidden)) {
      const Look look{.color = color_of(component.shape.polytope), .name = name(component)};
      for (const std::int64_t feature : component.features)
        looks[shape.first_feature(i) + static_cast<std::size_t>(feature)] = look;
    }
  }
  return looks;
}

drawing::Points dots_of(const run::Run& run, const Densities& densities, const std::vector<Look>& looks) {
  const Shape& shape = run.model.shape();
  const auto D = dimensionality(run.model.W(), shape);
  const auto norm = norms(run.model.W(), shape);
  drawing::Points dots{.radius = 1};
  for (std::size_t at = 0; at < D.size(); ++at) {
    const std::size_t i = at / shape.features(), f = at % shape.features();
    dots.points.push_back(
        {.at = {densities.beside(i, f, shape.features()), D[at]},
         .color = looks[at].color,
         .hover = fmt::format("feature {}\n1/(1 − S) = {}\nD = {:.3f}\n|W| = {:.2f}\n{}", f,
                              drawing::number_label(densities.at[i]), D[at], norm[at], looks[at].name)});
  }
  return dots;
}

/// named: with the names of the guides.
drawing::Panel scatter_panel(const Densities& densities, drawing::Points dots, const drawing::Rect& area,
                             bool named) {
  drawing::Panel panel;
  panel.area = area;
  panel.title = "Dᵢ: dimensionality of each feature";
  panel.x = densities.axis();
  panel.x.label = "1 / (1 − S)";
  panel.y = {.first = -0.05,
             .last = 1.1,
             .ticks = {{0, "0"}, {0.25, "0.25"}, {0.5, "0.5"}, {0.75, "0.75"}, {1, "1"}}};
  const double names_at = densities.high / std::pow(densities.high / densities.low, 0.17);
  for (const Guide& guide : kGuides) {
    panel.marks.emplace_back(guide_line(panel, guide.dimensionality));
    if (!named) continue;
    // Where the panel is narrow a name ends at its right edge.
    const double half = drawing::text_width(guide.name) / 2 + 3;
    const double last = drawing::value_along(panel.x, 1 - half / area.width);
    panel.marks.emplace_back(
        drawing::Text{.at = {std::min(names_at, last), guide.dimensionality + guide.name_above},
                      .text = guide.name,
                      .color = color_of(guide.polytope)});
  }
  panel.marks.emplace_back(std::move(dots));
  return panel;
}

/// The polygons without a name of their own that are drawn, the smallest first: "6-gon, 7-gon"; of many their
/// range.
std::string polygons_in(const std::vector<Look>& looks) {
  constexpr std::size_t kMostNamed = 3;
  std::set<std::pair<std::size_t, std::string>> names;  // the shorter first: 7-gon before 10-gon
  for (const Look& look : looks) {
    if (look.name.ends_with("-gon")) names.emplace(look.name.size(), look.name);
  }
  if (names.empty()) return "";
  if (names.size() > kMostNamed)
    return fmt::format("{} to {}", names.begin()->second, names.rbegin()->second);
  std::string text;
  for (const auto& [size, name] : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

/// The colours that no guide names: the three greys, and the others that occur. with_guides: those, too, that
/// guides name.
drawing::Panel legend_of(const std::vector<Look>& looks, const drawing::Rect& area, bool with_guides) {
  std::vector<drawing::LegendEntry> entries = {
      {.color = kNotRepresented, .text = "not represented"},
      {.color = color_of(Polytope::kSingle), .text = "a dimension of its own"},
      {.color = color_of(Polytope::kOther), .text = "no such polytope"}};
  const auto add_if_drawn = [&](Polytope polytope, const std::string& text) {
    const bool drawn = std::ranges::find(looks, color_of(polytope), &Look::color) != looks.end();
    if (drawn && !text.empty()) entries.push_back({.color = color_of(polytope), .text = text});
  };
  if (with_guides) {
    for (const Guide& guide : kGuides) {
      if (guide.polytope != Polytope::kSingle) add_if_drawn(guide.polytope, guide.name);
    }
  }
  add_if_drawn(Polytope::kPolygon, polygons_in(looks));
  add_if_drawn(Polytope::kOctahedron, "bipyramid or octahedron");
  return drawing::legend(area, entries);
}

}  // namespace

drawing::Figure dimensionality_figure(const run::Run& run, const Wanted& wanted) {
  constexpr double kLeft = 48, kTop = 50, kWidth = 420, kCurve = 110, kScatter = 260;
  constexpr double kLegendGap = 18, kLegend = 12, kTitleRoom = 18, kGap = 40, kLow = 330;
  const Densities densities = densities_of(run);
  const auto looks = looks_of(run);
  // In a low room the panels stand side by side below the legend.
  const bool low = wanted.room.lower_than(kLow);
  const double room_left = wanted.room.width > 0 ? wanted.room.width - kLeft - 16 : kWidth;
  const double width = low ? (room_left - kGap) * 0.62 : room_left;  // of the larger panel
  drawing::Rect curve = {kLeft, kTop, width, kCurve},
                legend = {kLeft, kTop + kCurve + kLegendGap, width, kLegend};
  drawing::Rect scatter = {kLeft, legend.bottom() + kTitleRoom, width, kScatter};
  if (low) {
    legend = {kLeft, 34, room_left, kLegend};
    curve = {kLeft, legend.bottom() + kTitleRoom, room_left - kGap - width, kScatter};
    scatter = {curve.right() + kGap, curve.y, width, kScatter};
  }
  drawing::Figure figure;
  figure.title = fmt::format("{}: {} features in {} dimensions", drawing::one_line(run.experiment.name, 30),
                             run.model.shape().n_features, run.model.shape().n_hidden);
  figure.panels = {curve_panel(run, densities, curve),
                   scatter_panel(densities, dots_of(run, densities, looks), scatter, !low),
                   legend_of(looks, legend, low)};
  figure.width = scatter.right() + 16;
  figure.height = scatter.bottom() + 40;
  return figure;
}

}  // namespace superpose::figures
