#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "superpose/analysis/polytope_census.h"
#include "superpose/core/order_statistics.h"
#include "superpose/paper/entries.h"
#include "superpose/paper/predicates.h"

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

// The models that the claims are measured on. Their size is the notebook's [N] at most, which trains in a
// third of the time. Their densities run from 1 down to where the graph of features is one piece, in steps of
// a factor 1.16, because each polytope's own range of densities is hardly wider.
constexpr std::int64_t kMostFeatures = 200, kMostHidden = 20;
constexpr std::int64_t kDensities = 14;
constexpr double kSparsest = 0.15;
constexpr std::int64_t kSeeds = 4, kQuickSeeds = 1;

/// D* counts as sticking at 1 or 1/2 when it is this close. A D* that falls in proportion to the density
/// would stay this close to 1/2 over a factor of 1.22 in density; one that sticks stays longer.
constexpr double kPlateau = 0.05;
constexpr double kPlateauFactor = 1.4;
constexpr double kBelowPlateau = 0.5 - kPlateau;

/// The request's experiment with the sizes and densities of the claims.
Ensemble claims_ensemble(Experiment experiment) {
  Shape& shape = experiment.model.shape;
  shape = {.n_instances = kDensities,
           .n_features = std::min(shape.n_features, kMostFeatures),
           .n_hidden = std::min(shape.n_hidden, kMostHidden)};
  experiment.data.feature_probability = Geometric{.first = 1, .last = kSparsest};
  experiment.data.importance = 1.0;
  return experiment.ensemble();
}

/// One census for each density, the densest first.
using Censuses = std::vector<PolytopeCensus>;

Censuses take_censuses(const Trainer& trainer) {
  const Model& model = trainer.state().model;
  const auto probability = trainer.ensemble().data.marginal_probability();
  const std::int64_t seeds = trainer.options().restarts;
  Censuses censuses;
  for (std::int64_t i = 0; i < kDensities; ++i) {
    PolytopeCensus& census =
        censuses.emplace_back(static_cast<double>(probability[model.shape().first_feature(i)]));
    for (std::int64_t member = i * seeds; member < (i + 1) * seeds; ++member)
      census.add(model.W(member), model.shape().n_hidden);
  }
  return censuses;
}

/// Returns the number, or NaN where a model has diverged.
double unless_diverged(const Censuses& censuses, double measured) {
  for (const PolytopeCensus& census : censuses) {
    if (!std::isfinite(smallest(census.capacity()))) return NAN;
  }
  return measured;
}

/// A claim that rests on the models of all densities.
Claim claim_of_all(const Censuses& censuses, Claim claim) {
  claim.seeds = std::ssize(censuses) * censuses.front().models();
  return claim;
}

void add_plateau_claims(Claims& claims, const Censuses& censuses, double n_hidden) {
  const PolytopeCensus& dense = censuses.front();
  double off = 0, least_capacity = n_hidden;
  for (const double D : dense.dimensions_per_feature()) off = larger(off, std::abs(D - 1));
  for (const PolytopeCensus& census : censuses)
    least_capacity = smaller(least_capacity, smallest(census.capacity()));
  claims.push_back({.claim = "dense (p = 1): D* = 1, no superposition",
                    .criterion = at_most(kPlateau, "off, the furthest"),
                    .measured = off,
                    .seeds = dense.models()});
  const auto plateau = longest_plateau(censuses, 0.5, kPlateau);
  const double factor = plateau.empty() ? 0 : plateau.front().density() / plateau.back().density();
  claims.push_back(claim_of_all(
      censuses,
      {.claim = "D* sticks at 1/2: over a range of densities that of every model is within 0.05 of it",
       .criterion = at_least(kPlateauFactor, ", the factor in density"),
       .measured = unless_diverged(censuses, factor)}));
  double share = 0;
  for (const PolytopeCensus& census : plateau) share += census.share_in(Polytope::kDigon);
  share = plateau.empty() ? 0 : share / static_cast<double>(plateau.size());
  claims.push_back({.claim = "there the represented features are digons",
                    .criterion = at_least(kMostly, "of them, on average"),
                    .measured = unless_diverged(censuses, share),
                    .seeds = std::ssize(plateau) * dense.models()});
  const PolytopeCensus& sparsest = censuses.back();
  claims.push_back({.claim = fmt::format("sparser models put more features into a dimension (p = {:.3g})",
                                         sparsest.density()),
                    .criterion = below(kBelowPlateau, ", the D* of every model"),
                    .measured = unless_diverged(censuses, largest(sparsest.dimensions_per_feature())),
                    .seeds = sparsest.models()});
  claims.push_back(
      claim_of_all(censuses, {.claim = "the features' dimensionalities add up to the number of dimensions",
                              .criterion = at_least(kNearlyAlways, "of n_hidden, in every model"),
                              .measured = unless_diverged(censuses, least_capacity / n_hidden)}));
}

/// Claims that a polytope occurs. It is looked for at the density at which most features lie in it.
Claim occurs_claim(const Censuses& censuses, Polytope polytope, const std::string& plural) {
  const PolytopeCensus& most = *std::ranges::max_element(
      censuses, {}, [&](const PolytopeCensus& census) { return census.share_in(polytope); });
  const std::int64_t found = most.models_with(polytope);
  return {.claim = found > 0 ? fmt::format("{} occur, most of all at p = {:.2g}", plural, most.density())
                             : fmt::format("{} occur", plural),
          .criterion = at_least(kMostly, "of the models of that density"),
          .measured = unless_diverged(censuses, share(found, most.models())),
          .seeds = most.models()};
}

/// Claims that one polytope is found at higher densities than another.
Claim order_claim(const Censuses& censuses, Polytope denser, Polytope sparser, std::string claim) {
  const auto one = mean_density(censuses, denser), other = mean_density(censuses, sparser);
  const double ratio = one && other ? *one / *other : 0;
  return claim_of_all(censuses, {.claim = std::move(claim),
                                 .criterion = above(1, ", the ratio of their mean densities"),
                                 .measured = unless_diverged(censuses, ratio)});
}

/// Claims that features lie in polytopes. Measures their mean share at densities where low < D* < high.
Claim named_claim(const Censuses& censuses, double low, double high, std::string claim) {
  double sum = 0;
  std::int64_t count = 0;
  for (const PolytopeCensus& census : censuses) {
    const auto& all = census.dimensions_per_feature();
    const double D = std::accumulate(all.begin(), all.end(), 0.0) / static_cast<double>(all.size());
    if (census.represented() == 0 || D <= low || D >= high) continue;
    sum += 1 - census.share_in(Polytope::kOther);
    ++count;
  }
  const double share = count == 0 ? 0 : sum / static_cast<double>(count);
  return {.claim = std::move(claim),
          .criterion = at_least(kMostly, "of the represented features, on average"),
          .measured = unless_diverged(censuses, share),
          .seeds = count * censuses.front().models()};
}

std::optional<Claims> measure(const ClaimsRequest& request) {
  const Experiment& experiment = request.experiment;
  const auto importance = experiment.importance();
  // The claims are about independent features of equal importance.
  if (experiment.model.kind != ModelKind::kReluOutput || !experiment.data.distribution.sets.empty() ||
      std::ranges::min(importance) < std::ranges::max(importance))
    return Claims();
  TrainOptions options = experiment.train;
  options.restarts = request.quick ? kQuickSeeds : kSeeds;
  options.seed += 1;  // so that the claims rest on other trainings than the picture
  Trainer trainer(claims_ensemble(experiment), options, request.threads);
  if (!trainer.run(request.stop)) return std::nullopt;
  const auto censuses = take_censuses(trainer);

  Claims claims;
  add_plateau_claims(claims, censuses, static_cast<double>(trainer.ensemble().shape.n_hidden));
  claims.push_back(occurs_claim(censuses, Polytope::kTetrahedron, "tetrahedra (D = 3/4)"));
  claims.push_back(occurs_claim(censuses, Polytope::kTriangle, "triangles (D = 2/3)"));
  claims.push_back(occurs_claim(censuses, Polytope::kPentagon, "pentagons (D = 2/5)"));
  claims.push_back(occurs_claim(censuses, Polytope::kSquareAntiprism, "square antiprisms (D = 3/8)"));
  claims.push_back(order_claim(censuses, Polytope::kTetrahedron, Polytope::kTriangle,
                               "tetrahedra lie at denser data than triangles"));
  claims.push_back(order_claim(censuses, Polytope::kTriangle, Polytope::kDigon,
                               "triangles lie at denser data than digons"));
  claims.push_back(order_claim(censuses, Polytope::kDigon, Polytope::kPentagon,
                               "digons lie at denser data than pentagons"));
  claims.push_back(order_claim(censuses, Polytope::kPentagon, Polytope::kSquareAntiprism,
                               "pentagons lie at denser data than square antiprisms"));
  claims.push_back(named_claim(censuses, 0.5 + kPlateau, 1 - kPlateau,
                               "between D* = 1 and 1/2 features lie in polytopes (0.55 < D* < 0.95)"));
  claims.push_back(
      named_claim(censuses, 0, kBelowPlateau, "below D* = 1/2 features lie in polytopes (D* < 0.45)"));
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
          .figures = {"dimensionality", "graph"},
          .measure = measure};
}

}  // namespace superpose::paper
