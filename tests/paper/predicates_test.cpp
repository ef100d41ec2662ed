#include "superpose/paper/predicates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "tests/paper/hand_made.h"

namespace superpose::paper {
namespace {

using testing::ElementsAre;
using testing::Optional;

const TrainedInstance kOrthogonal = instance({1, 0, 0, 1, 0, 0, 0, 0, 0, 0}, 2);
const TrainedInstance kDigons = instance({1, 0, 0, 1, -1, 0, 0, 0, 0, -1}, 2);
const TrainedInstance kOneDigon = instance({1, 0, 0, 1, 0, -1, 0, 0, 0, 0}, 2);
const TrainedInstance kPentagon = instance(at_angles({0, 72, 144, 216, 288}), 2);

TEST(KeepsExactly, TheseFeaturesAndOrthogonal) {
  constexpr std::array<std::int64_t, 2> kFirst{0, 1}, kOthers{0, 2};
  EXPECT_TRUE(keeps_exactly(kOrthogonal, kFirst));
  EXPECT_FALSE(keeps_exactly(kOrthogonal, kOthers));
  EXPECT_FALSE(keeps_exactly(kDigons, kFirst)) << "more of them";
  EXPECT_FALSE(keeps_exactly(instance({1, 0, 0, 0, 0, 0}, 2), kFirst)) << "fewer of them";
  EXPECT_FALSE(keeps_exactly(instance(at_angles({0, 80}), 2), kFirst)) << "not orthogonal";
}

TEST(TwoDigons, AreTwoPairsAndOneDropped) {
  EXPECT_TRUE(is_two_digons_and_one_dropped(kDigons));
  EXPECT_FALSE(is_two_digons_and_one_dropped(kOneDigon));
  EXPECT_FALSE(is_two_digons_and_one_dropped(kOrthogonal));
  EXPECT_FALSE(is_two_digons_and_one_dropped(kPentagon));
  EXPECT_FALSE(is_two_digons_and_one_dropped(instance({1, 0, 0, 1, -1, 0, 0, -1}, 2))) << "none dropped";
  EXPECT_FALSE(is_two_digons_and_one_dropped(instance({1, 0, -1, 0, 1, 0, -1, 0, 0, 0}, 2)))
      << "all on one line";
}

TEST(Pentagon, HasFiveRegularVertices) {
  EXPECT_TRUE(is_pentagon(kPentagon));
  EXPECT_FALSE(is_pentagon(kDigons)) << "a square is regular, but no pentagon";
  EXPECT_FALSE(is_pentagon(instance(at_angles({0, 180, 60, 120, 270}), 2)));
  EXPECT_FALSE(is_pentagon(instance(at_angles({0, 60, 120, 180, 240, 300}), 2)));
}

TEST(BiasDeviation, IsFromZeroForKeptAndFromTheMeanForDropped) {
  EXPECT_NEAR(bias_deviation(instance({1, 0}, 1, {0.02F, 0.45F}), 1), 0.05, 1e-6);
  EXPECT_NEAR(bias_deviation(instance({1, 0}, 1, {-0.2F, 0.1F}), 0.2), 0.2, 1e-6);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(std::isnan(bias_deviation(instance({1, 0, 0}, 1, {0, nan, 0.5F}), 1)));
}

TEST(SuperpositionIsAntipodal, OnlyWhereEveryMemberHasOnePartner) {
  EXPECT_TRUE(superposition_is_antipodal(kOneDigon));
  EXPECT_TRUE(superposition_is_antipodal(kDigons));
  EXPECT_FALSE(superposition_is_antipodal(kPentagon));
  EXPECT_FALSE(superposition_is_antipodal(kOrthogonal)) << "there is none";
  EXPECT_FALSE(superposition_is_antipodal(instance(at_angles({0, 120, 240}), 2)));
  EXPECT_FALSE(superposition_is_antipodal(instance({1, -1, -1}, 1))) << "two partners";
}

TEST(LessImportant, ComparesSharedWithOwnDimensions) {
  // Features 1 and 2 share a dimension, 0 has its own.
  constexpr std::array<float, 5> kFalling{1, 0.8F, 0.6F, 0.4F, 0.2F}, kRising{0.2F, 0.4F, 0.6F, 0.8F, 1};
  EXPECT_TRUE(less_important_on_average(kOneDigon, kFalling));
  EXPECT_TRUE(each_less_important(kOneDigon, kFalling));
  EXPECT_FALSE(less_important_on_average(kOneDigon, kRising));
  EXPECT_FALSE(each_less_important(kOneDigon, kRising));

  constexpr std::array<float, 5> kMixed{0.8F, 1, 0.1F, 0, 0};  // 1 shares, though the most important
  EXPECT_TRUE(less_important_on_average(kOneDigon, kMixed));
  EXPECT_FALSE(each_less_important(kOneDigon, kMixed));

  EXPECT_FALSE(each_less_important(kPentagon, kFalling)) << "none has its own";
  EXPECT_FALSE(less_important_on_average(kOrthogonal, kFalling)) << "none shares";
}

TEST(HighSparsity, NeedsEveryRepresentedFeatureInSuperpositionWithNegativeBias) {
  EXPECT_TRUE(all_represented_in_superposition(kPentagon));
  EXPECT_TRUE(all_represented_in_superposition(kDigons)) << "the dropped one is not asked";
  EXPECT_FALSE(all_represented_in_superposition(kOneDigon));
  EXPECT_FALSE(all_represented_in_superposition(instance({0, 0, 0, 0}, 2)));

  EXPECT_TRUE(represented_biases_are_negative(instance({1, -1, 0}, 1, {-0.1F, -0.2F, 0.3F})));
  EXPECT_FALSE(represented_biases_are_negative(instance({1, -1, 0}, 1, {-0.1F, 0, 0.3F})));
  EXPECT_FALSE(represented_biases_are_negative(instance({0, 0}, 1, {-1, -1})));
}

TEST(MostImportant, IsASetWhereOneIs) {
  EXPECT_THAT(most_important(std::array{0.1F, 0.5F, 1.0F, 0.5F}, 1), Optional(ElementsAre(2)));
  EXPECT_THAT(most_important(std::array{0.1F, 0.5F, 1.0F, 0.5F}, 3), Optional(ElementsAre(1, 2, 3)));
  EXPECT_EQ(most_important(std::array{0.1F, 0.5F, 1.0F, 0.5F}, 2), std::nullopt) << "a tie";
  EXPECT_EQ(most_important(std::array{1.0F, 0.5F}, 2), std::nullopt) << "none left";
}

TEST(ShareClaim, CountsAndCompares) {
  const std::vector<TrainedInstance> models{kPentagon, kDigons, kPentagon, kOrthogonal};
  const auto claim = share_claim("pentagons", models, is_pentagon, 0.5);
  EXPECT_EQ(claim.measured, 0.5);
  EXPECT_EQ(claim.expected(), "at least 0.5 of the models");
  EXPECT_TRUE(claim.holds());
  EXPECT_EQ(claim.seeds, 4);
  EXPECT_FALSE(share_claim("pentagons", models, is_pentagon, 0.6).holds());
}

TEST(VulnerabilityClaims, HoldWhereVulnerabilityIsInProportionToFeaturesPerDimension) {
  const auto claims = vulnerability_claims(vulnerability_over({1, 2, 3, 4}, 1), 7);
  ASSERT_EQ(claims.size(), 6U) << "for either kind of attack";
  for (const Claim& claim : claims) {
    EXPECT_TRUE(claim.holds()) << claim.claim;
    EXPECT_EQ(claim.seeds, 7);
  }
  EXPECT_NEAR(claims[0].measured, 4, 1e-12);
  EXPECT_NEAR(claims[1].measured, 1, 1e-12);
  EXPECT_NEAR(claims[2].measured, 1, 1e-12);
}

TEST(VulnerabilityClaims, DoNotHoldOfOtherCourses) {
  const auto holds = [](const std::vector<run::VulnerabilityLevel>& levels) {
    std::vector<bool> result;
    for (const Claim& claim : vulnerability_claims(levels, 1)) result.push_back(claim.holds());
    result.resize(3);
    return result;
  };
  EXPECT_THAT(holds(vulnerability_over({1, 2, 3}, 1)), ElementsAre(false, true, true))
      << "no more than threefold";
  EXPECT_THAT(holds(vulnerability_over({1, 2, 3}, 2)), ElementsAre(true, true, false)) << "a square";
  EXPECT_THAT(holds(vulnerability_over({1, 2, 3}, 0)), ElementsAre(false, false, false)) << "none";
  EXPECT_THAT(holds(vulnerability_over({1, 2, 3}, -1)), ElementsAre(false, false, false)) << "a fall";
  EXPECT_THAT(holds(vulnerability_over({0, 0, 0}, 1)), ElementsAre(false, false, false)) << "nothing learnt";
  auto masked = vulnerability_over({1, 2, 3, 4, 5, 5.1}, 1);
  masked[5].per_sample = 1;
  EXPECT_FALSE(holds(masked)[1]) << "no longer where it is highest";
}

TEST(OnsetClaims, AreAboutWhichFeaturesShareAndHow) {
  // Features 1 and 2 share a dimension, 0 has its own.
  constexpr std::array<float, 5> kFalling{1, 0.8F, 0.6F, 0.4F, 0.2F}, kRising{0.2F, 0.4F, 0.6F, 0.8F, 1};
  const std::vector<TrainedInstance> pairs{kOneDigon, kOneDigon};
  const auto falling = onset_claims(pairs, kFalling);
  ASSERT_EQ(falling.size(), 3U);
  for (const Claim& claim : falling) EXPECT_TRUE(claim.holds()) << claim.claim;
  const auto rising = onset_claims(pairs, kRising);
  EXPECT_EQ(rising[0].measured, 0);
  EXPECT_EQ(rising[1].measured, 0);

  const auto pentagons = onset_claims(std::vector<TrainedInstance>{kPentagon, kOneDigon}, kFalling);
  EXPECT_TRUE(pentagons[0].holds()) << "the pentagon has begun and ended";
  EXPECT_EQ(pentagons[2].measured, 0.5);
  EXPECT_FALSE(pentagons[2].holds());
  EXPECT_EQ(onset_claims(std::vector<TrainedInstance>{kPentagon}, kFalling).size(), 1U);
  EXPECT_EQ(onset_claims(pairs, std::array<float, 5>{1, 1, 1, 1, 1}).size(), 1U) << "none is less important";
}

TEST(PhaseClaims, HoldOfIdealModelsAndNotOfOthers) {
  for (const std::int64_t n_hidden : {1, 2}) {
    const auto ideal = PhaseDiagram(n_hidden).claims();
    ASSERT_EQ(ideal.size(), 3U);
    for (const Claim& claim : ideal) EXPECT_TRUE(claim.holds()) << claim.claim << " " << claim.measured;
    EXPECT_EQ(ideal[0].measured, 1);
    EXPECT_NEAR(ideal[2].measured, 1, 1e-6);
    // Pairs whose features lose a third of their values pay off later, and bring less.
    const auto weak = PhaseDiagram(n_hidden, 0.8F).claims();
    ASSERT_EQ(weak.size(), 3U);
    for (const Claim& claim : weak) EXPECT_FALSE(claim.holds()) << claim.claim << " " << claim.measured;
    // Without pairs the loss has no such slope.
    EXPECT_EQ(PhaseDiagram(n_hidden, 0).claims().size(), 2U);
  }
}

// The ideal pentagon is worse than trained ones, whose biases silence neighbours: two digons win up to nearly
// the others' density.
TEST(PentagonClaims, AreAboutTheOneChangeOfGeometry) {
  const auto claims = Perturbed({0.2, 0.4, 0.8, 1.6, 3.2}).claims();
  ASSERT_EQ(claims.size(), 4U);
  EXPECT_TRUE(claims[0].holds());
  EXPECT_EQ(claims[0].seeds, 10);
  EXPECT_TRUE(claims[1].holds());
  EXPECT_NEAR(claims[1].measured, 1, 1e-6);
  EXPECT_FALSE(claims[2].holds()) << claims[2].measured;
  EXPECT_LT(claims[2].measured, 2);
  EXPECT_TRUE(claims[3].holds()) << claims[3].measured;
}

TEST(PentagonClaims, DoNotHoldWhereNothingChangesOrLittleDoes) {
  const auto never = Perturbed({1.6, 2, 3.2, 4}).claims();
  ASSERT_EQ(never.size(), 1U) << "the others are about the change";
  EXPECT_FALSE(never[0].holds());
  EXPECT_EQ(never[0].measured, 0);
  const auto gently = Perturbed({0.2, 0.4, 0.8, 1.6, 3.2}, 0.7F).claims();
  ASSERT_GE(gently.size(), 2U);
  EXPECT_FALSE(gently[1].holds()) << "the odd feature was not kept as a whole";
  const auto hardly = Perturbed({0.2, 0.4, 0.8, 1.6, 3.2}, 0.55F).claims();
  ASSERT_EQ(hardly.size(), 4U);
  EXPECT_FALSE(hardly[3].holds()) << "a feature of which a third is kept is hardly worth more than none";
}

TEST(ShareClaim, HasNoNumberWhereAModelHasDiverged) {
  std::vector<TrainedInstance> models{kPentagon, kPentagon};
  EXPECT_TRUE(share_claim("pentagons", models, is_pentagon, 0.5).holds());
  models[1].is_finite = false;
  const auto claim = share_claim("pentagons", models, is_pentagon, 0.5);
  EXPECT_TRUE(std::isnan(claim.measured));
  EXPECT_FALSE(claim.holds());
}

TEST(UniformInstances, HaveOneProbabilityAndTheDensestComesFirst) {
  Experiment experiment;
  experiment.model.shape = {.n_instances = 3, .n_features = 2, .n_hidden = 1};
  experiment.data.feature_probability = std::vector<std::vector<double>>{{0.25, 0.25}, {0.5, 0.25}, {1, 1}};
  const auto result = uniform_instances(experiment);
  ASSERT_EQ(result.size(), 2U);
  EXPECT_EQ(result[0].instance, 2);
  EXPECT_EQ(result[0].feature_probability, 1);
  EXPECT_EQ(result[1].instance, 0);
}

TEST(TrainOverSeeds, TrainsEveryInstanceSoOften) {
  Experiment experiment;
  experiment.model.shape = {.n_instances = 3, .n_features = 4, .n_hidden = 2};
  experiment.data.importance = Power{0.5};
  experiment.train.steps = 2000;
  experiment.train.batch_size = 64;
  experiment.train.lr = 0.01;
  const auto all = uniform_instances(experiment);
  const auto models =
      train_over_seeds({.experiment = experiment, .threads = 1},
                       {.kind = ModelKind::kLinear, .instances = std::span(all).first(2), .seeds = 3})
          .value();
  ASSERT_EQ(models.size(), 6U);
  constexpr std::array<std::int64_t, 2> kFirst{0, 1};
  for (const auto& model : models) EXPECT_TRUE(keeps_exactly(model, kFirst));
  EXPECT_NE(models[0].b_final, models[1].b_final);
}

}  // namespace
}  // namespace superpose::paper
