#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "superpose/analysis/metrics.h"
#include "superpose/analysis/polytopes.h"
#include "superpose/experiment/paper_claims.h"
#include "superpose/experiment/paper_entries.h"

namespace superpose::paper {
namespace {

constexpr const char* kToml = R"(name = "geometry"

[model]
kind        = "relu_output"
n_features  = 400
n_hidden    = 30
n_instances = 24

[data]
feature_probability = { geometric = [1.0, 0.01] }

[train]
steps      = 10000
batch_size = 1024
lr         = 1e-3
)";

/// How far D* may be off 1 or 1/2 and still stick there. Falling in proportion to the density, it would pass
/// 1/2 within a factor of 1.22 in density; sticking takes longer.
constexpr double kPlateau = 0.05;
constexpr double kPlateauFactor = 1.4;

/// An instance's own D*, over its represented features alone.
struct Level {
  double density;
  double dimensions_per_feature;
  double capacity;  // sum of D_f
  std::vector<Component> components;
};

std::vector<Level> measure_levels(const Trainer& trainer) {
  const Model& model = trainer.state().model;
  const auto probability = trainer.ensemble().data.marginal_probability();
  Shape one = model.shape();
  one.n_instances = 1;
  std::vector<Level> result;
  for (std::int64_t i = 0; i < model.shape().n_instances; ++i) {
    const auto W = model.W(i);
    const auto D = dimensionality(W, one);
    double capacity = 0;
    for (const double value : D) capacity += value;
    result.push_back(
        {.density = static_cast<double>(probability[static_cast<std::size_t>(i) * one.features()]),
         .dimensions_per_feature = dimensions_per_feature(W, one).front(),
         .capacity = capacity,
         .components = components(W, one.n_hidden)});
  }
  std::ranges::sort(result, std::greater(), &Level::density);
  return result;
}

/// Share of the represented features that lie in components of that shape.
double share_in(const Level& level, Polytope polytope) {
  std::size_t inside = 0, all = 0;
  for (const Component& component : level.components) {
    all += component.features.size();
    if (component.shape.polytope == polytope) inside += component.features.size();
  }
  return all == 0 ? 0 : static_cast<double>(inside) / static_cast<double>(all);
}

/// The longest run of neighbouring densities at which D* is about 1/2.
std::span<const Level> half_plateau(const std::vector<Level>& levels) {
  std::span<const Level> longest;
  for (std::size_t begin = 0; begin < levels.size(); ++begin) {
    std::size_t end = begin;
    while (end < levels.size() && std::abs(levels[end].dimensions_per_feature - 0.5) <= kPlateau) ++end;
    if (end - begin > longest.size()) longest = std::span(levels).subspan(begin, end - begin);
  }
  return longest;
}

std::vector<Claim> measure(const ClaimsRequest& request) {
  const Experiment& experiment = request.experiment;
  if (experiment.model.kind != ModelKind::kReluOutput || experiment.model.shape.n_instances < 5) return {};
  TrainOptions options = experiment.train;
  options.restarts = 1;
  options.seed += 1;  // other trainings than the picture's
  Trainer trainer(experiment.ensemble(), options, request.threads);
  if (!trainer.run(request.stop)) return {};
  const auto levels = measure_levels(trainer);
  const auto hidden = static_cast<double>(experiment.model.shape.n_hidden);

  std::vector<Claim> claims;
  if (levels.front().density == 1) {
    const double off = std::abs(levels.front().dimensions_per_feature - 1);
    claims.push_back({.claim = "dense (p = 1): D* = 1, no superposition",
                      .expected = fmt::format("not further off than {}", kPlateau),
                      .measured = off,
                      .holds = off <= kPlateau,
                      .seeds = 1});
  }
  const auto plateau = half_plateau(levels);
  const double factor = plateau.empty() ? 0 : plateau.front().density / plateau.back().density;
  claims.push_back({.claim = "D* sticks at 1/2: over a range of densities it stays within 0.05 of it",
                    .expected = fmt::format("a factor of at least {} in density", kPlateauFactor),
                    .measured = factor,
                    .holds = factor >= kPlateauFactor,
                    .seeds = std::ssize(levels)});
  double digons = 0;
  for (const Level& level : plateau) digons += share_in(level, Polytope::kDigon);
  const double share = plateau.empty() ? 0 : digons / static_cast<double>(plateau.size());
  claims.push_back({.claim = "there the represented features are digons",
                    .expected = fmt::format("at least {} of them, on average", kMostly),
                    .measured = share,
                    .holds = share >= kMostly,
                    .seeds = std::ssize(plateau)});
  double least_capacity = 1;
  bool varied = false;
  for (const Level& level : levels) {
    least_capacity = std::min(least_capacity, level.capacity / hidden);
    for (const Polytope polytope : {Polytope::kTriangle, Polytope::kPentagon, Polytope::kTetrahedron,
                                    Polytope::kSquareAntiprism, Polytope::kPolygon})
      varied = varied || share_in(level, polytope) > 0;
  }
  const Level& sparsest = levels.back();
  claims.push_back({.claim = fmt::format("sparser models put more features into a dimension (p = {:.3g})",
                                         sparsest.density),
                    .expected = "D* below 0.45",
                    .measured = sparsest.dimensions_per_feature,
                    .holds = sparsest.dimensions_per_feature < 0.45,
                    .seeds = 1});
  claims.push_back({.claim = "the features' dimensionalities add up to the number of dimensions",
                    .expected = "at least 0.9 of n_hidden, in every instance",
                    .measured = least_capacity,
                    .holds = least_capacity >= 0.9,
                    .seeds = std::ssize(levels)});
  claims.push_back(
      {.claim = "polytopes other than digons occur: triangles, tetrahedra, pentagons, antiprisms, k-gons",
       .expected = "1: in some instance",
       .measured = varied ? 1.0 : 0.0,
       .holds = varied,
       .seeds = std::ssize(levels)});
  return claims;
}

}  // namespace

CatalogueEntry geometry() {
  return {.name = "geometry",
          .summary = "four hundred features in thirty dimensions: digons, triangles and other polytopes",
          .toml = kToml,
          .quick = {"model.n_features=80", "model.n_hidden=10", "model.n_instances=12", "train.lr=2e-3",
                    "train.steps=4000"},
          .companions = {},
          .figures = {"dimensionality"},
          .measure = measure};
}

}  // namespace superpose::paper
