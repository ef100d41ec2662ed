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

// What several entries need to measure their claims, and the predicates that decide them. They have a header
// so that tests can apply the predicates to models made by hand. Internal to the catalogue.
namespace superpose::paper {

/// Shares of the models that claims ask for. The paper shows one model of each kind. Where theory allows no
/// other minimum, nearly every model must look like it; elsewhere, more than half of them.
inline constexpr double kNearlyAlways = 0.9;
inline constexpr double kMostly = 0.5;

/// One trained instance.
struct TrainedInstance {
  Geometry geometry;
  std::vector<float> b_final;  ///< (n_features)
  bool is_finite = true;       ///< false where the training has diverged; claims then have no number
};

/// Whether every parameter of an instance is a finite number.
bool is_finite(const Model& model, std::int64_t instance);

/// `count` divided by `all`. NaN when `all` is 0, or when one of the counted models has diverged.
double share(std::int64_t count, std::int64_t all, bool all_finite = true);

/// An instance whose features are all active with one probability.
struct UniformInstance {
  std::int64_t instance;
  double feature_probability;
};

/// The experiment's instances whose features share one probability, the densest first.
std::vector<UniformInstance> uniform_instances(const Experiment& experiment);

/// The importance of an instance. returns: (n_features).
std::vector<float> importance_of(const Experiment& experiment, std::int64_t instance);

/// What to train over many seeds.
struct SeedsRequest {
  ModelKind kind;
  std::span<const UniformInstance> instances;
  std::int64_t seeds;
};

/// Trains each of the instances over many seeds, with the experiment's shape, data and options.
/// returns: (instances, seeds) models; nothing when stopped.
std::optional<std::vector<TrainedInstance>> train_over_seeds(const ClaimsRequest& request,
                                                             const SeedsRequest& what);

/// The `count` features of the highest importance, in the order of their indices. returns: nothing where they
/// are not determined (the next feature is as important as the last of them) or where no other feature is
/// left.
std::optional<std::vector<std::int64_t>> most_important(std::span<const float> importance,
                                                        std::int64_t count);

using Predicate = std::function<bool(const TrainedInstance&)>;

/// Claims that the predicate is true for a share of at least `least` of the models. The measured share is NaN
/// when a model has diverged.
Claim share_claim(std::string claim, std::span<const TrainedInstance> models, const Predicate& predicate,
                  double least);

/// Whether exactly these features are represented, at right angles to each other within 6 degrees.
bool keeps_exactly(const TrainedInstance& model, std::span<const std::int64_t> features);

/// Whether the represented features are two antipodal pairs and one feature is not represented.
bool is_two_digons_and_one_dropped(const TrainedInstance& model);

/// Whether the model has five features, which form a regular pentagon.
bool is_pentagon(const TrainedInstance& model);

/// The largest distance of a bias from its ideal: 0 for a represented feature, the mean p/2 for any other.
double bias_deviation(const TrainedInstance& model, double feature_probability);

/// Whether any feature is in superposition.
bool has_superposition(const TrainedInstance& model);

/// Whether every feature in superposition belongs to exactly one antipodal pair, and there is such a feature.
bool superposition_is_antipodal(const TrainedInstance& model);

/// Whether the features in superposition are less important, on average, than the features with a dimension
/// of their own. False where either kind is missing.
bool less_important_on_average(const TrainedInstance& model, std::span<const float> importance);
/// Whether each feature in superposition is less important than every feature with a dimension of its own.
/// False where either kind is missing.
bool each_less_important(const TrainedInstance& model, std::span<const float> importance);

/// Whether every represented feature is in superposition, and at least one is.
bool all_represented_in_superposition(const TrainedInstance& model);

/// Whether every represented feature has a bias below 0, and there is at least one.
bool represented_biases_are_negative(const TrainedInstance& model);

/// The claims of features about the highest density that has superposition. Which features begin it shows in
/// models where it has begun and is not complete: some represented features share dimensions, others have
/// their own. Without such a model there is only the claim about antipodal pairs. importance: (n_features).
Claims onset_claims(std::span<const TrainedInstance> models, std::span<const float> importance);

/// The claims of phase-2-1 and phase-3-2. experiment: a grid of run::PhaseGrid. model: for each of its
/// instances all restarts, one after the other; the restart of the lowest exact loss counts. The claim about
/// the loss's slope is left out where no boundary has two cells on either side.
Claims phase_claims(const Experiment& experiment, const Model& model);

/// The claims of perturbed-pentagon. fits: the fits of `model`. When the geometry does not change exactly
/// once, the only claim is about that.
Claims pentagon_claims(const run::PentagonFits& fits, const Model& model);

/// The claims of adversarial. levels: not empty, the densest first. seeds: the number of models behind them.
Claims vulnerability_claims(std::span<const run::VulnerabilityLevel> levels, std::int64_t seeds);

}  // namespace superpose::paper
