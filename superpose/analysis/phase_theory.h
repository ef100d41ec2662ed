#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "superpose/core/error.h"  // IWYU pragma: export

namespace superpose {

// The theoretical phase diagrams of the smallest models, x' = ReLU(W W^T x + b) with one feature more than
// dimensions. All features have the same probability p. The extra feature has the importance r, the others 1.
// Losses are the program's: the mean over features. [P, "Superposition as a phase change"]

/// What a model does with the one feature that is too many.
enum class Phase {
  kIgnoreExtra,      ///< the extra feature is not represented
  kIgnoreOther,      ///< another feature is not represented; the extra one has a dimension of its own
  kExtraAntipodal,   ///< the extra feature shares a dimension with another one, antipodally
  kOthersAntipodal,  ///< two others share a dimension; the extra feature has its own (needs 2 dimensions)
};
std::string_view name(Phase phase);

/// The smallest models: n_features = n_hidden + 1.
struct PhaseProblem {
  std::int64_t n_hidden = 1;       ///< 1 or 2
  double feature_probability = 1;  ///< p, in (0, 1]
  double relative_importance = 1;  ///< r, above 0
};

/// The phases that models with this number of hidden dimensions can be in. Errors: InvalidRequest for other
/// numbers than 1 or 2.
std::span<const Phase> phases(std::int64_t n_hidden);

/// Loss of the ideal model of a phase: r v, v, (1 + r) p^2/6, p^2/3 in the order of Phase, each divided by
/// n_features. v = p/3 - p^2/4 is the variance of a feature. In an antipodal pair with b = 0 the only loss
/// left is that of both being active. Errors: InvalidRequest when the phase is not one of phases(n_hidden) or
/// a number is out of range.
double phase_loss(Phase phase, const PhaseProblem& problem);

/// The phase with the lowest loss; the first of them where two are equal.
Phase best_phase(const PhaseProblem& problem);

/// The density p below which a model with an antipodal pair has the lowest loss: 4 r / (2 + 5 r) for r <= 1.
/// For r > 1 it is 4 / (5 + 2 r) in one dimension, and 4/7 in two, where the pair does not need the extra
/// feature. The other boundary is r = 1: in one dimension for p above 4/7, in two everywhere.
double superposition_boundary(double relative_importance, std::int64_t n_hidden);

/// How a trained model of this size holds the extra feature, which is the last one. W: (n_features,
/// n_hidden).
struct ExtraFeature {
  double norm = 0;           ///< |W_e|
  double superposition = 0;  ///< sum over the other features of (unit(W_e) . W_g)^2; 0 where W_e is 0
};
ExtraFeature extra_feature(std::span<const float> W, std::int64_t n_hidden);

/// Which phase a trained model of this size is in. The extra feature is the last one. W: (n_features,
/// n_hidden). A feature counts as represented when |W_f| is above kRepresentedNorm, two features as antipodal
/// when their cosine is below kAntipodalCosine. returns: nothing where the model is in none of the phases.
struct ObservedPhase {
  bool in_a_phase = false;
  Phase phase = Phase::kIgnoreExtra;
};
ObservedPhase observed_phase(std::span<const float> W, std::int64_t n_hidden);

}  // namespace superpose
