#include "superpose/paper/study_claims.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "superpose/analysis/johnson_lindenstrauss.h"
#include "tests/study/small_studies.h"

namespace superpose::paper {
namespace {

using namespace study;  // NOLINT(google-build-using-namespace): these are claims about studies

bool holds(const Claims& claims, const std::string& beginning) {
  const auto found =
      std::ranges::find_if(claims, [&](const Claim& claim) { return claim.claim.starts_with(beginning); });
  if (found == claims.end()) throw std::runtime_error("no claim that " + beginning);
  return found->holds();
}

TEST(StudyClaims, AreMadeOfWhatIsThere) {
  for (const Study& study : small_studies()) {
    const StudyRun run{.study = study, .result = measured(study, 1)};
    EXPECT_FALSE(study_claims(run).empty());
    EXPECT_EQ(to_json(study_claims(run)), to_json(study_claims(run)));
  }
}

/// Maps whose largest distortion is nine tenths of the bound, whatever the points.
JohnsonLindenstraussResult ideal_maps(const JohnsonLindenstrauss& study) {
  JohnsonLindenstraussResult result;
  for (const double eps : study.eps)
    result.k.push_back(johnson_lindenstrauss_dimensions(static_cast<double>(study.n_points), eps));
  for (std::size_t map = 0; map < study.n_dimensions.size() * static_cast<std::size_t>(study.trials); ++map) {
    for (const std::int64_t k : result.k) {
      const double bound =
          johnson_lindenstrauss_distortion(static_cast<double>(study.n_points), static_cast<double>(k));
      for (const double part : {0.15, 0.6, 0.9})
        result.distortion.push_back(static_cast<float>(part * bound));
      result.share_beyond.push_back(0);
    }
  }
  return result;
}

TEST(JohnsonLindenstraussClaims, HoldOfIdealMapsAndNotOfOthers) {
  const JohnsonLindenstrauss study{.n_dimensions = {10, 90}, .eps = {0.5, 0.3, 0.1}, .trials = 4};
  const auto ideal = ideal_maps(study);
  for (const Claim& claim : claims_of(study, ideal)) EXPECT_TRUE(claim.holds()) << claim.claim;

  auto beyond = ideal;  // at eps = 0.3 every map but one has a pair too far off
  for (std::size_t map = 1; map < 8; ++map) beyond.share_beyond[map * 3 + 1] = 1e-4F;
  EXPECT_TRUE(holds(claims_of(study, beyond), "there is a linear map"));
  EXPECT_FALSE(holds(claims_of(study, beyond), "a random map does so"));
  beyond.share_beyond[1] = 1e-4F;
  EXPECT_FALSE(holds(claims_of(study, beyond), "there is a linear map"));

  auto slow = ideal;  // as k^(-1/4)
  for (float& distortion : slow.distortion) distortion = std::sqrt(distortion);
  EXPECT_FALSE(holds(claims_of(study, slow), "the largest distortion"));

  auto dependent = ideal;  // points of more dimensions keep their distances worse
  for (std::size_t i = dependent.distortion.size() / 2; i < dependent.distortion.size(); ++i)
    dependent.distortion[i] *= 1.2F;
  EXPECT_FALSE(holds(claims_of(study, dependent), "k does not depend"));
  EXPECT_EQ(claims_of({.n_dimensions = {10}, .eps = {0.5}, .trials = 1},
                      ideal_maps({.n_dimensions = {10}, .eps = {0.5}, .trials = 1}))
                .size(),
            2U)
      << "one k has no slope, one n no rival";
}

/// So many vectors in d dimensions, whether drawn or spread out, and a curve on the bounds.
template <class Count>
AlmostOrthogonalResult packing_of(const AlmostOrthogonal& study, const Count& count) {
  AlmostOrthogonalResult result;
  for (std::int64_t row = 0; row < study.trials * std::ssize(study.eps); ++row) {
    for (const std::int64_t d : study.drawn_dimensions) result.drawn.push_back(std::llround(count(d)));
  }
  for (std::size_t row = 0; row < study.eps.size(); ++row) {
    for (const std::int64_t d : study.spread_dimensions) result.spread.push_back(std::llround(2 * count(d)));
  }
  result.curve_drawn.assign(study.curve_vectors.size() * static_cast<std::size_t>(study.trials), 0.9F);
  result.curve_spread.assign(study.curve_vectors.size(), 0.5F);
  result.known_coherence = {0.4472136F, 0.5F, 1.0F / 3, 1.0F / 3, 1.0F / 3};
  return result;
}

TEST(AlmostOrthogonalClaims, HoldOfExponentialGrowthAndNotOfPowers) {
  const AlmostOrthogonal study{.eps = {0.5},
                               .drawn_dimensions = {8, 16, 24, 32, 40},
                               .most_drawn = 100000,
                               .spread_dimensions = {8, 16, 24, 32, 40},
                               .most_spread = 100000};
  const auto exponential =
      packing_of(study, [](auto d) { return 10 * std::exp(0.2 * static_cast<double>(d)); });
  for (const Claim& claim : claims_of(study, exponential)) EXPECT_TRUE(claim.holds()) << claim.claim;

  const auto power =
      claims_of(study, packing_of(study, [](auto d) { return std::pow(static_cast<double>(d), 2.5); }));
  EXPECT_FALSE(holds(power, "random draws"));
  EXPECT_FALSE(holds(power, "vectors that spread out: how many"));
  const auto slow = claims_of(
      study, packing_of(study, [](auto d) { return 60 * std::exp(0.05 * static_cast<double>(d)); }));
  EXPECT_FALSE(holds(slow, "at least as fast"));

  auto fewer = exponential;
  for (std::int64_t& count : fewer.spread) count /= 3;
  EXPECT_FALSE(holds(claims_of(study, fewer), "spreading out"));
  auto below = exponential;
  below.known_coherence[2] = 0.33F;
  EXPECT_FALSE(holds(claims_of(study, below), "no vectors have"));
  auto above = exponential;
  above.known_coherence[2] = 0.34F;
  EXPECT_FALSE(holds(claims_of(study, above), "vectors that spread out reach"));
  auto cut_off = study;
  cut_off.most_drawn = cut_off.most_spread = 20;  // all counts are: no growth to speak of
  EXPECT_EQ(claims_of(cut_off, exponential).size(), 2U);
}

/// Recovery from m = 1.4 k ln(n/k) measurements on, and toy models of D* = p ln(1/p) to that power.
CompressedSensingResult sensing_of(const CompressedSensing& study, double exponent) {
  CompressedSensingResult result;
  const auto side = static_cast<double>(study.grid);
  const auto n = static_cast<double>(study.n);
  for (int row = 1; row <= study.grid; ++row) {
    const double m = std::round(row / side * n);
    result.m.push_back(std::llround(m));
    for (int column = 1; column <= study.grid; ++column) {
      const double k = std::max(1.0, std::round(column / side * study.most_k_over_m * m));
      result.k.push_back(std::llround(k));
      result.recovered.push_back(k < n / std::numbers::e && m > 1.4 * sparse_bound(n, k) ? 1.0F : 0.0F);
    }
  }
  for (const std::int64_t n_features : study.n_features) {
    for (const double p : study.feature_probability) {
      result.dimensions_per_feature.push_back(static_cast<float>(2 * std::pow(sparse_bound(1, p), exponent)));
      result.represented.push_back(n_features / 2);
      result.loss.push_back(0);
    }
  }
  return result;
}

TEST(CompressedSensingClaims, HoldOfTheBoundAndNotOfOthers) {
  const CompressedSensing study{.n = 2000, .grid = 60};
  const auto ideal = sensing_of(study, 1);
  for (const Claim& claim : claims_of(study, ideal)) EXPECT_TRUE(claim.holds()) << claim.claim;
  const auto constants = sparse_constants(study, ideal);
  EXPECT_NEAR(constants[constants.size() / 2], 1.4, 0.1) << "what went in, but for the grid";

  EXPECT_FALSE(holds(claims_of(study, sensing_of(study, 0.5)), "toy models follow"));
  EXPECT_FALSE(holds(claims_of(study, sensing_of(study, 1.5)), "toy models follow"));
  EXPECT_FALSE(holds(claims_of(study, sensing_of(study, 1.5)), "toy models need"));

  auto linear = ideal;  // recovery of half as many values as measurements, however many those are
  for (std::size_t i = 0; i < linear.recovered.size(); ++i)
    linear.recovered[i] = 2 * linear.k[i] < linear.m[i / 60] ? 1.0F : 0.0F;
  EXPECT_FALSE(holds(claims_of(study, linear), "matching pursuit finds"));

  auto uneven = ideal;  // the smaller models, which come first, need half as much again
  for (std::size_t i = 0; i < study.feature_probability.size(); ++i) uneven.dimensions_per_feature[i] *= 1.5F;
  EXPECT_FALSE(holds(claims_of(study, uneven), "at one density"));

  auto all = ideal;  // nothing is left out: the bound has nothing to say
  for (std::int64_t& represented : all.represented) represented *= 2;
  EXPECT_EQ(claims_of(study, all).size(), 1U);
  auto never = ideal;
  std::ranges::fill(never.recovered, 0.0F);
  for (const double place : transitions(study, never)) EXPECT_TRUE(std::isnan(place));
  EXPECT_TRUE(sparse_constants(study, never).empty());
}

}  // namespace
}  // namespace superpose::paper
