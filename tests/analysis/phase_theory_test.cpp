#include "superpose/analysis/phase_theory.h"

#include <gtest/gtest.h>

#include <vector>

#include "superpose/core/error.h"

namespace superpose {
namespace {

TEST(PhaseTheory, LossesAreThePapersOverTheFeatures) {
  const PhaseProblem problem{.n_hidden = 1, .feature_probability = 0.5, .relative_importance = 0.8};
  EXPECT_DOUBLE_EQ(phase_loss(Phase::kIgnoreExtra, problem), 0.8 * (0.5 / 3 - 0.25 / 4) / 2);
  EXPECT_DOUBLE_EQ(phase_loss(Phase::kIgnoreOther, problem), (0.5 / 3 - 0.25 / 4) / 2);
  EXPECT_DOUBLE_EQ(phase_loss(Phase::kExtraAntipodal, problem), 1.8 * 0.25 / 6 / 2);
  const PhaseProblem plane{.n_hidden = 2, .feature_probability = 0.5, .relative_importance = 3};
  EXPECT_DOUBLE_EQ(phase_loss(Phase::kOthersAntipodal, plane), 0.25 / 3 / 3);
}

TEST(PhaseTheory, BoundariesAreWhereTwoPhasesCostTheSame) {
  for (const double r : {0.1, 0.3, 0.7, 1.0}) {
    const PhaseProblem at{.feature_probability = superposition_boundary(r, 1), .relative_importance = r};
    EXPECT_NEAR(phase_loss(Phase::kIgnoreExtra, at), phase_loss(Phase::kExtraAntipodal, at), 1e-15);
  }
  for (const double r : {1.0, 2.0, 10.0}) {
    const PhaseProblem at{.feature_probability = superposition_boundary(r, 1), .relative_importance = r};
    EXPECT_NEAR(phase_loss(Phase::kIgnoreOther, at), phase_loss(Phase::kExtraAntipodal, at), 1e-15);
  }
  EXPECT_DOUBLE_EQ(superposition_boundary(1, 1), 4.0 / 7);
  for (const double r : {0.2, 1.0, 5.0}) {
    const double p = superposition_boundary(r, 1);
    EXPECT_EQ(best_phase({.feature_probability = p * 0.999, .relative_importance = r}),
              Phase::kExtraAntipodal);
    EXPECT_EQ(best_phase({.feature_probability = p * 1.001, .relative_importance = r}),
              r <= 1 ? Phase::kIgnoreExtra : Phase::kIgnoreOther);
  }
  for (const double r : {1.5, 10.0}) {
    const PhaseProblem at{
        .n_hidden = 2, .feature_probability = superposition_boundary(r, 2), .relative_importance = r};
    EXPECT_NEAR(phase_loss(Phase::kIgnoreOther, at), phase_loss(Phase::kOthersAntipodal, at), 1e-15);
  }
  // In the plane the extra feature shares where it is less important, and others do where it is more.
  EXPECT_EQ(best_phase({.n_hidden = 2, .feature_probability = 0.1, .relative_importance = 0.5}),
            Phase::kExtraAntipodal);
  EXPECT_EQ(best_phase({.n_hidden = 2, .feature_probability = 0.1, .relative_importance = 2}),
            Phase::kOthersAntipodal);
}

TEST(PhaseTheory, TrainedModelsAreToldApart) {
  const auto seen = [](std::vector<float> W, std::int64_t n_hidden) {
    const auto [in_a_phase, phase] = observed_phase(W, n_hidden);
    return in_a_phase ? name(phase) : "none";
  };
  EXPECT_EQ(seen({1, 0.1F}, 1), name(Phase::kIgnoreExtra));
  EXPECT_EQ(seen({-0.1F, 1}, 1), name(Phase::kIgnoreOther));
  EXPECT_EQ(seen({0.9F, -1}, 1), name(Phase::kExtraAntipodal));
  EXPECT_EQ(seen({0.9F, 1}, 1), "none") << "the same direction";
  EXPECT_EQ(seen({0.1F, 0.1F}, 1), "none") << "nothing represented";
  EXPECT_EQ(seen({1, 0, 0, 1, 0, 0}, 2), name(Phase::kIgnoreExtra));
  EXPECT_EQ(seen({1, 0, 0, 0, 0, 1}, 2), name(Phase::kIgnoreOther));
  EXPECT_EQ(seen({1, 0, 0, 1, 0, -1}, 2), name(Phase::kExtraAntipodal));
  EXPECT_EQ(seen({1, 0, -1, 0, 0, 1}, 2), name(Phase::kOthersAntipodal));
  EXPECT_EQ(seen({1, 0, -0.5F, 0.87F, -0.5F, -0.87F}, 2), "none") << "a triangle";
}

TEST(PhaseTheory, WhatMakesNoSenseIsRefused) {
  EXPECT_THROW(phases(3), InvalidRequest);
  EXPECT_THROW(phase_loss(Phase::kOthersAntipodal, {.n_hidden = 1}), InvalidRequest);
  EXPECT_THROW(phase_loss(Phase::kIgnoreExtra, {.feature_probability = 0}), InvalidRequest);
  EXPECT_THROW(phase_loss(Phase::kIgnoreExtra, {.relative_importance = -1}), InvalidRequest);
}

}  // namespace
}  // namespace superpose
