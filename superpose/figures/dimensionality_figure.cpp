#include "superpose/figures/dimensionality_figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "superpose/analysis/metrics.h"
#include "superpose/analysis/polytopes.h"
#include "superpose/core/error.h"
#include "superpose/drawing/labels.h"
#include "superpose/drawing/layout.h"
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
  double name_above = 0.022;  ///< of its line
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
      throw InvalidRequest("feature_probability: expected it for the axis, got data that do not say");
    for (std::size_t f = 0; f < n; ++f) sum += static_cast<double>(run.feature_probability[i * n + f]);
    result.push_back(static_cast<double>(n) / sum);
  }
  return result;
}

/// How a feature is shown: by the polytope that it is in.
struct Look {
  drawing::Color color = kNotRepresented;
  std::string_view name = "not represented";
};
std::vector<Look> looks(const run::Run& run, std::size_t instance) {
  const Shape& shape = run.model.shape();
  std::vector<Look> result(shape.features());
  for (const Component& component :
       components(run.model.W(static_cast<std::int64_t>(instance)), shape.n_hidden)) {
    const Polytope polytope = component.shape.polytope;
    for (const std::int64_t feature : component.features)
      result[static_cast<std::size_t>(feature)] = {color_of(polytope), name(polytope)};
  }
  return result;
}

}  // namespace

drawing::Figure dimensionality_figure(const run::Run& run) {
  const Shape& shape = run.model.shape();
  const std::vector<double> x = inverse_density(run);
  const auto [low, high] = std::ranges::minmax(x);
  if (!(low < high))
    throw InvalidRequest("figure dimensionality: expected a run of two densities or more, got one");
  const auto D_star = dimensions_per_feature(run.model.W(), shape);
  const auto D = dimensionality(run.model.W(), shape);
  const auto norm = norms(run.model.W(), shape);

  constexpr double kLeft = 48, kTop = 50, kWidth = 420, kCurve = 110, kScatter = 260, kGap = 46;
  const double margin = std::pow(high / low, 0.02);
  const drawing::PanelAxis density{
      .first = low / margin, .last = high * margin, .log = true, .ticks = drawing::log_ticks(low, high)};

  drawing::Panel curve;
  curve.area = {kLeft, kTop, kWidth, kCurve};
  curve.title = "D*: dimensions per feature";
  curve.x = density;
  curve.y = {.first = 0, .last = 1.1, .ticks = {{0, "0"}, {0.5, "1/2"}, {1, "1"}}};
  for (const double level : {0.5, 1.0}) {
    curve.marks.emplace_back(drawing::Line{.at = {{density.first, level}, {density.last, level}},
                                           .color = kGuide,
                                           .width = 0.5,
                                           .dashed = true});
  }
  drawing::Line through{.color = kPoint, .width = 1};
  drawing::Points stars{.radius = 2};
  for (std::size_t i = 0; i < x.size(); ++i) {
    through.at.push_back({x[i], D_star[i]});
    stars.points.push_back(
        {.at = {x[i], D_star[i]},
         .color = kPoint,
         .hover = fmt::format("1/(1 − S) = {}\nD* = {:.3f}", drawing::number_label(x[i]), D_star[i])});
  }
  curve.marks.emplace_back(std::move(through));
  curve.marks.emplace_back(std::move(stars));

  drawing::Panel scatter;
  scatter.area = {kLeft, kTop + kCurve + kGap, kWidth, kScatter};
  scatter.title = "Dᵢ: dimensionality of each feature";
  scatter.x = density;
  scatter.x.label = "1 / (1 − S)";
  scatter.y = {.first = -0.05,
               .last = 1.1,
               .ticks = {{0, "0"}, {0.25, "0.25"}, {0.5, "0.5"}, {0.75, "0.75"}, {1, "1"}}};
  const double names_at = high / std::pow(high / low, 0.17);
  for (const Guide& guide : kGuides) {
    scatter.marks.emplace_back(
        drawing::Line{.at = {{density.first, guide.dimensionality}, {density.last, guide.dimensionality}},
                      .color = kGuide,
                      .width = 0.5,
                      .dashed = true});
    scatter.marks.emplace_back(drawing::Text{.at = {names_at, guide.dimensionality + guide.name_above},
                                             .text = guide.name,
                                             .color = color_of(guide.polytope)});
  }
  drawing::Points dots{.radius = 1};
  const std::size_t n = shape.features();
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto look_of = looks(run, i);
    for (std::size_t f = 0; f < n; ++f) {
      const std::size_t at = i * n + f;
      // Features of one instance side by side, within a fifth of the way to the next.
      const double spread = 0.4 * ((static_cast<double>(f) + 0.5) / static_cast<double>(n) - 0.5) /
                            static_cast<double>(x.size());
      dots.points.push_back(
          {.at = {x[i] * std::pow(high / low, spread), D[at]},
           .color = look_of[f].color,
           .hover = fmt::format("feature {}\n1/(1 − S) = {}\nD = {:.3f}\n|W| = {:.2f}\n{}", f,
                                drawing::number_label(x[i]), D[at], norm[at], look_of[f].name)});
    }
  }
  scatter.marks.emplace_back(std::move(dots));

  drawing::Figure figure;
  figure.title = fmt::format("{}: {} features in {} dimensions", drawing::one_line(run.experiment.name, 30),
                             shape.n_features, shape.n_hidden);
  figure.panels.push_back(std::move(curve));
  figure.panels.push_back(std::move(scatter));
  figure.width = kLeft + kWidth + 16;
  figure.height = kTop + kCurve + kGap + kScatter + 40;
  return figure;
}

}  // namespace superpose::figures
