#include "superpose/analysis/phase_theory.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "superpose/analysis/geometry.h"
#include "superpose/core/error.h"
#include "superpose/core/shape.h"

namespace superpose {
namespace {

constexpr std::array kPhases = {Phase::kIgnoreExtra, Phase::kIgnoreOther, Phase::kExtraAntipodal,
                                Phase::kOthersAntipodal};

void check(const PhaseProblem& problem) {
  (void)phases(problem.n_hidden);
  const double p = problem.feature_probability;
  const double r = problem.relative_importance;
  if (!(p > 0 && p <= 1))
    throw InvalidRequest({.key = "feature_probability",
                          .expected = "a number above 0 and at most 1",
                          .got = fmt::to_string(p)});
  if (!(r > 0))
    throw InvalidRequest(
        {.key = "relative_importance", .expected = "a number above 0", .got = fmt::to_string(r)});
}

}  // namespace

std::string_view name(Phase phase) {
  switch (phase) {
    case Phase::kIgnoreExtra:
      return "extra feature not represented";
    case Phase::kIgnoreOther:
      return "another feature not represented";
    case Phase::kExtraAntipodal:
      return "extra feature in an antipodal pair";
    case Phase::kOthersAntipodal:
      break;
  }
  return "two others in an antipodal pair";
}

std::span<const Phase> phases(std::int64_t n_hidden) {
  if (n_hidden == 1) return std::span(kPhases).first(3);
  if (n_hidden == 2) return kPhases;
  throw InvalidRequest({.key = "n_hidden", .expected = "1 or 2", .got = fmt::to_string(n_hidden)});
}

double phase_loss(Phase phase, const PhaseProblem& problem) {
  check(problem);
  const auto possible = phases(problem.n_hidden);
  if (std::ranges::find(possible, phase) == possible.end())
    throw InvalidRequest({.key = "phase",
                          .expected = fmt::format("one of {} dimension", problem.n_hidden),
                          .got = fmt::format("\"{}\"", name(phase))});
  const double p = problem.feature_probability;
  const double r = problem.relative_importance;
  const double variance = p / 3 - p * p / 4;
  const double features = static_cast<double>(problem.n_hidden) + 1;
  switch (phase) {
    case Phase::kIgnoreExtra:
      return r * variance / features;
    case Phase::kIgnoreOther:
      return variance / features;
    case Phase::kExtraAntipodal:
      return (1 + r) * p * p / 6 / features;
    case Phase::kOthersAntipodal:
      break;
  }
  return p * p / 3 / features;
}

Phase best_phase(const PhaseProblem& problem) {
  return *std::ranges::min_element(phases(problem.n_hidden), {},
                                   [&](Phase phase) { return phase_loss(phase, problem); });
}

double superposition_boundary(double relative_importance, std::int64_t n_hidden) {
  const double r = relative_importance;
  check({.n_hidden = n_hidden, .relative_importance = r});
  if (r <= 1) return 4 * r / (2 + 5 * r);
  return n_hidden == 1 ? 4 / (5 + 2 * r) : 4.0 / 7;
}

ExtraFeature extra_feature(std::span<const float> W, std::int64_t n_hidden) {
  const std::size_t hidden = Shape::of_weights(W.size(), n_hidden).hidden();
  const auto dot = [](std::span<const float> a, std::span<const float> b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
  };
  const auto extra = W.last(hidden);
  const double square = dot(extra, extra);
  double shared = 0;
  for (std::size_t f = 0; f + hidden < W.size(); f += hidden) {
    const double product = dot(extra, W.subspan(f, hidden));
    shared += product * product;
  }
  return {.norm = std::sqrt(square), .superposition = square == 0 ? 0 : shared / square};
}

ObservedPhase observed_phase(std::span<const float> W, std::int64_t n_hidden) {
  const Geometry geometry(W, n_hidden);
  const std::int64_t features = Shape::of_weights(W.size(), n_hidden).n_features;
  const std::int64_t extra = features - 1;
  const auto& represented = geometry.represented();
  const auto pairs = geometry.antipodal_pairs();
  const auto count = static_cast<std::int64_t>(represented.size());
  if (count == n_hidden && geometry.in_superposition().empty()) {
    const bool has_extra = std::ranges::find(represented, extra) != represented.end();
    return {true, has_extra ? Phase::kIgnoreOther : Phase::kIgnoreExtra};
  }
  if (count == features && pairs.size() == 1) {
    return {true, pairs.front().second == extra ? Phase::kExtraAntipodal : Phase::kOthersAntipodal};
  }
  return {};
}

}  // namespace superpose
