#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "superpose/analysis/geometry.h"
#include "superpose/paper/catalogue.h"
#include "superpose/paper/claims.h"
#include "superpose/run/pentagon_fits.h"
#include "superpose/run/vulnerability_levels.h"

// What the entries of the paper share to measure their claims, and the predicates that decide them. Internal
// to the catalogue; a header so that the predicates can be tested on models made by hand.
namespace superpose::paper {

/// Shares of the models that claims ask for. The paper shows one model of each kind: where theory leaves no
/// other minimum nearly every one must look like it, elsewhere more than half.
inline constexpr double kNearlyAlways = 0.9;
inline constexpr double kMostly = 0.5;

/// One trained instance.
struct TrainedInstance {
  Geometry geometry;
  std::vector<float> b_final;  ///< (n_features)
  bool is_finite = true;       ///< false: the training has diverged, and a claim about it has no number
};

/// Whether every parameter of an instance is a finite number.
bool is_finite(const Model& model, std::int64_t instance);

/// `count` of `all` as a share; NaN when one of the models that were counted has diverged, or none was
/// counted.
double share(std::int64_t count, std::int64_t all, bool all_finite = true);

/// An instance whose features are all active with one probability.
struct UniformInstance {
  std::int64_t instance;
  double feature_probability;
};

/// The experiment's instances of that kind, the densest first.
std::vector<UniformInstance> uniform_instances(const Experiment& experiment);

/// Instance i's importance. returns: (n_features).
std::vector<float> importance_of(const Experiment& experiment, std::int64_t instance);

/// What to train over many seeds.
struct SeedsRequest {
  ModelKind kind;
  std::span<const UniformInstance> instances;
  std::int64_t seeds;
};

/// Trains these instances, with the experiment's shape, data and options, each over so many seeds.
/// returns: (instances, seeds) models; nothing when stopped.
std::optional<std::vector<TrainedInstance>> train_over_seeds(const ClaimsRequest& request,
                                                             const SeedsRequest& what);

/// The `count` features of the highest importance, in order of their index; nothing where that is not one
/// set: two features of the same importance on either side, or no feature left.
std::optional<std::vector<std::int64_t>> most_important(std::span<const float> importance,
                                                        std::int64_t count);

using Predicate = std::function<bool(const TrainedInstance&)>;

/// Measures the share of the models for which the predicate is true, and asks that it be at least `least`.
/// Where a model has diverged the share is NaN.
Claim share_claim(std::string claim, std::span<const TrainedInstance> models, const Predicate& predicate,
                  double least);

/// Whether exactly these features are represented, orthogonal to each other within 6 degrees.
bool keeps_exactly(const TrainedInstance& model, std::span<const std::int64_t> features);

/// Whether the represented features are two antipodal pairs and one feature is not represented.
bool is_two_digons_and_one_dropped(const TrainedInstance& model);

/// Whether all five features are represented, as a regular pentagon.
bool is_pentagon(const TrainedInstance& model);

/// How far the biases are from 0 for represented features and from the mean p/2 for the others: the largest.
double bias_deviation(const TrainedInstance& model, double feature_probability);

/// Whether any feature is in superposition.
bool has_superposition(const TrainedInstance& model);

/// Whether every feature in superposition is the member of one antipodal pair.
bool superposition_is_antipodal(const TrainedInstance& model);

/// Whether the features in superposition are less important than those with a dimension of their own: on
/// average, and each of them than each. False where either kind is missing.
bool less_important_on_average(const TrainedInstance& model, std::span<const float> importance);
bool each_less_important(const TrainedInstance& model, std::span<const float> importance);

/// Whether every represented feature is in superposition, and there is one.
bool all_represented_in_superposition(const TrainedInstance& model);

/// Whether every represented feature has a bias below 0, and there is one.
bool represented_biases_are_negative(const TrainedInstance& model);

/// What perturbed-pentagon claims of its fits. model: what was fitted. Of more than one change of geometry,
/// or none, only that claim is made.
Claims pentagon_claims(const run::PentagonFits& fits, const Model& model);

/// What adversarial claims. levels: not empty, the densest first. seeds: models behind them.
Claims vulnerability_claims(std::span<const run::VulnerabilityLevel> levels, std::int64_t seeds);

}  // namespace superpose::paper
