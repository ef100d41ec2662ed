#include "superpose/experiment/paper_claims.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <numbers>
#include <vector>

namespace superpose::paper {
namespace {

using testing::ElementsAre;
using testing::Optional;

TrainedInstance instance(std::vector<float> W, std::int64_t n_hidden, std::vector<float> b_final = {}) {
  if (b_final.empty()) b_final.resize(W.size() / static_cast<std::size_t>(n_hidden));
  return {.geometry = Geometry(W, n_hidden), .b_final = std::move(b_final)};
}

std::vector<float> at_angles(std::initializer_list<double> degrees) {
  std::vector<float> W;
  for (const double angle : degrees) {
    W.push_back(static_cast<float>(std::cos(angle * std::numbers::pi / 180)));
    W.push_back(static_cast<float>(std::sin(angle * std::numbers::pi / 180)));
  }
  return W;
}

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
  EXPECT_EQ(claim.expected, "at least 0.5 of the models");
  EXPECT_TRUE(claim.holds);
  EXPECT_EQ(claim.seeds, 4);
  EXPECT_FALSE(share_claim("pentagons", models, is_pentagon, 0.6).holds);
}

TEST(Levels, AreTheInstancesOfOneProbabilityDensestFirst) {
  Experiment experiment;
  experiment.model.shape = {.n_instances = 3, .n_features = 2, .n_hidden = 1};
  experiment.data.feature_probability = std::vector<std::vector<double>>{{0.25, 0.25}, {0.5, 0.25}, {1, 1}};
  const auto result = levels(experiment);
  ASSERT_EQ(result.size(), 2U);
  EXPECT_EQ(result[0].instance, 2);
  EXPECT_EQ(result[0].feature_probability, 1);
  EXPECT_EQ(result[1].instance, 0);
}

TEST(TrainOverSeeds, TrainsEveryLevelSoOften) {
  Experiment experiment;
  experiment.model.shape = {.n_instances = 3, .n_features = 4, .n_hidden = 2};
  experiment.data.importance = Power{0.5};
  experiment.train.steps = 2000;
  experiment.train.batch_size = 64;
  experiment.train.lr = 0.01;
  const auto all = levels(experiment);
  const auto models =
      train_over_seeds({.experiment = experiment, .threads = 1},
                       {.kind = ModelKind::kLinear, .levels = std::span(all).first(2), .seeds = 3});
  ASSERT_EQ(models.size(), 6U);
  constexpr std::array<std::int64_t, 2> kFirst{0, 1};
  for (const auto& model : models) EXPECT_TRUE(keeps_exactly(model, kFirst));
  EXPECT_NE(models[0].b_final, models[1].b_final);
}

}  // namespace
}  // namespace superpose::paper
