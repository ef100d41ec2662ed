#include "superpose/run/pentagon_fits.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <string>
#include <utility>

#include "superpose/analysis/expected_loss.h"
#include "superpose/analysis/geometry.h"
#include "superpose/core/error.h"
#include "superpose/core/portable_math.h"

namespace superpose::run {
namespace {

constexpr Shape kShape{.n_features = 5, .n_hidden = 2};
constexpr std::size_t kFeatures = kShape.features();
constexpr double kLeastAngle = std::numbers::pi / 4, kMostAngle = std::numbers::pi / 2;

[[noreturn]] void refuse(std::string expected, std::string got) {
  throw InvalidRequest({.key = "perturbed pentagon", .expected = std::move(expected), .got = std::move(got)});
}

bool are_like_a_pentagon(std::span<const float> W) {
  std::vector<double> angles;
  for (std::size_t f = 0; f < kFeatures; ++f)
    angles.push_back(std::atan2(static_cast<double>(W[2 * f + 1]), static_cast<double>(W[2 * f])));
  std::ranges::sort(angles);
  angles.push_back(angles.front() + 2 * std::numbers::pi);
  return std::ranges::adjacent_find(angles, [](double angle, double next) {
           return next - angle < kLeastAngle || next - angle > kMostAngle;
         }) == angles.end();
}

bool are_two_pairs(const Geometry& geometry) {
  const auto pairs = geometry.antipodal_pairs();
  if (pairs.size() != 2) return false;
  const auto [f, g] = pairs[1];
  return pairs[0].first != f && pairs[0].first != g && pairs[0].second != f && pairs[0].second != g;
}

std::optional<PentagonFits::Fit> lowest_of(std::span<const PentagonFits::Fit> fits, const auto& counts) {
  std::optional<PentagonFits::Fit> result;
  for (const PentagonFits::Fit& fit : fits) {
    if (!counts(fit) || !std::isfinite(fit.loss)) continue;
    if (!result || fit.loss < result->loss) result = fit;
  }
  return result;
}

}  // namespace

PentagonGeometry pentagon_geometry(std::span<const float> W) {
  if (W.size() != kShape.weights()) refuse("10 weights", fmt::to_string(W.size()));
  const Geometry geometry(W, kShape.n_hidden);
  const auto represented = geometry.represented().size();
  if (represented == kFeatures && are_like_a_pentagon(W)) return PentagonGeometry::kPentagon;
  if (represented == kFeatures - 1 && are_two_pairs(geometry)) return PentagonGeometry::kTwoDigons;
  return PentagonGeometry::kOther;
}

std::optional<PentagonFits::Fit> PentagonFits::Density::lowest() const {
  return lowest_of(fits, [](const Fit&) { return true; });
}

std::optional<PentagonFits::Fit> PentagonFits::Density::lowest(PentagonGeometry geometry) const {
  return lowest_of(fits, [&](const Fit& fit) { return fit.geometry == geometry; });
}

PentagonFits::PentagonFits(const Experiment& experiment, const Model& model) {
  const Shape& shape = model.shape();
  if (model.kind() != ModelKind::kReluOutput)
    refuse("models of kind \"relu_output\"", fmt::format("\"{}\"", name(model.kind())));
  if (shape.of_one_instance() != kShape)
    refuse("5 features in 2 dimensions", fmt::format("{} in {}", shape.n_features, shape.n_hidden));
  const auto probability = experiment.feature_probability();
  const auto importance = experiment.importance();
  std::map<float, Density> by_density;
  for (std::int64_t i = 0; i < shape.n_instances; ++i) {
    const auto p = shape.row(std::span(probability), i);
    if (std::ranges::any_of(p.first(kFeatures - 1),
                            [&](float other) { return other != probability.front(); }))
      refuse("one feature_probability for all features but the last",
             fmt::format("several in instance {}", i));
    Density& density = by_density[p.back()];
    density.relative = static_cast<double>(p.back()) / static_cast<double>(p.front());
    const double loss = expected_loss(model.W(i), model.b_final(i),
                                      {.n_hidden = kShape.n_hidden,
                                       .feature_probability = p,
                                       .importance = shape.row(std::span(importance), i)});
    density.fits.push_back({.instance = i, .loss = loss, .geometry = pentagon_geometry(model.W(i))});
  }
  for (auto& [p, density] : by_density) densities_.push_back(std::move(density));
}

std::vector<PentagonFits::Change> PentagonFits::changes() const {
  std::vector<Change> result;
  for (std::size_t d = 0; d + 1 < densities_.size(); ++d) {
    const Density &sparser = densities_[d], &denser = densities_[d + 1];
    const auto before = sparser.lowest(), after = denser.lowest();
    if (!before || !after || before->geometry == after->geometry) continue;
    const auto rival_before = sparser.lowest(after->geometry), rival_after = denser.lowest(before->geometry);
    double along = 0.5;
    if (rival_before && rival_after) {
      const double lead = rival_before->loss - before->loss, lag = rival_after->loss - after->loss;
      along = lead / (lead + lag);
    }
    result.push_back(
        {.sparser = d,
         .relative = sparser.relative * portable::pow(denser.relative / sparser.relative, along)});
  }
  return result;
}

}  // namespace superpose::run
