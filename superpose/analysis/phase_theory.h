#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace superpose {

// The theoretical phase diagrams of the smallest models, x' = ReLU(W W^T x + b) with one feature more than
// dimensions, all features of the same probability p and of importance 1 but for the extra one's, r. Losses
// are the program's, the mean over features. [P, "Superposition as a phase change"]

/// What a model does with its one feature too many.
enum class Phase {
  kIgnoreExtra,      ///< the extra feature is not represented
  kIgnoreOther,      ///< another one is not: the extra feature has a dimension of its own
  kExtraAntipodal,   ///< the extra feature shares a dimension with another one, antipodally
  kOthersAntipodal,  ///< two others share a dimension, and the extra feature has its own (from 2 dimensions
                     ///< on)
};
std::string_view name(Phase phase);

/// The smallest models: n_features = n_hidden + 1.
struct PhaseProblem {
  std::int64_t n_hidden = 1;       ///< 1 or 2
  double feature_probability = 1;  ///< p, in (0, 1]
  double relative_importance = 1;  ///< r, above 0
};

/// The phases that models of so many hidden dimensions can be in. Errors: InvalidRequest for other than 1
/// or 2.
std::span<const Phase> phases(std::int64_t n_hidden);

/// Loss of the ideal model of a phase: r v, v, (1 + r) p^2/6, p^2/3, each over n_features, with the variance
/// v = p/3 - p^2/4 of a feature. In an antipodal pair with b = 0 only what both being active costs is left.
/// Errors: InvalidRequest when the phase is none of phases(n_hidden) or a number is out of range.
double phase_loss(Phase phase, const PhaseProblem& problem);

/// The phase of the lowest loss, the first of them where two are equal.
Phase best_phase(const PhaseProblem& problem);

/// The density p below which a model with an antipodal pair has the lowest loss: 4 r / (2 + 5 r) for r <= 1;
/// above, 4 / (5 + 2 r) in one dimension, and 4/7 in two, where the pair does without the extra feature. The
/// other boundary is r = 1: above 4/7 in one dimension, everywhere in two.
double superposition_boundary(double relative_importance, std::int64_t n_hidden);

/// How a trained model of that size holds the extra feature, the last one. W: (n_features, n_hidden).
struct ExtraFeature {
  double norm = 0;           ///< |W_e|
  double superposition = 0;  ///< sum over the others of (unit(W_e) . W_g)^2, 0 where W_e is 0
};
ExtraFeature extra_feature(std::span<const float> W, std::int64_t n_hidden);

/// What a trained model of that size does: the extra feature is the last one. W: (n_features, n_hidden).
/// A feature counts as represented when |W_f| is above kRepresentedNorm, two as antipodal when their cosine
/// is below kAntipodalCosine. returns: nothing where it is in none of the phases.
struct ObservedPhase {
  bool in_a_phase = false;
  Phase phase = Phase::kIgnoreExtra;
};
ObservedPhase observed_phase(std::span<const float> W, std::int64_t n_hidden);

}  // namespace superpose
