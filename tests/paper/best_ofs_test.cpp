#include "superpose/paper/best_ofs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "superpose/core/stop.h"

namespace superpose::paper {
namespace {

/// 2 x (4 -> 2) with 2 restarts. The second instance is the sparser one, and no feature of it matters.
Experiment example() {
  return parse_experiment({.text = R"([model]
n_features = 4
n_hidden = 2
n_instances = 2
[data]
feature_probability = [1, 0.1]
importance = [[1, 1, 1, 1], [0, 0, 0, 0]]
[train]
steps = 3
batch_size = 16
restarts = 2
seed = 5
)",
                           .overrides = {}});
}

BestOfs trained(const Experiment& experiment, std::int64_t repetitions) {
  return train_best_ofs({.experiment = experiment, .threads = 1}, repetitions).value();
}

std::vector<float> weights(const Model& model, std::int64_t instance) {
  return {model.W(instance).begin(), model.W(instance).end()};
}

TEST(BestOfs, HaveEveryInstanceInEveryRepetition) {
  const BestOfs best_ofs = trained(example(), 3);
  EXPECT_EQ(best_ofs.trained.model.shape(), (Shape{.n_instances = 6, .n_features = 4, .n_hidden = 2}));
  EXPECT_EQ(best_ofs.n_instances, 2);
  EXPECT_EQ(best_ofs.repetitions, 3);
  for (std::int64_t repetition = 0; repetition < 3; ++repetition) {
    EXPECT_GT(best_ofs.loss(repetition, 0), 0);
    EXPECT_EQ(best_ofs.loss(repetition, 1), 0) << "it has the importance of its instance";
  }
}

TEST(BestOfs, OfTheFirstRepetitionHaveTheBitsOfASingleOne) {
  const BestOfs one = trained(example(), 1), three = trained(example(), 3);
  for (std::int64_t instance = 0; instance < 2; ++instance) {
    EXPECT_EQ(weights(three.trained.model, three.at(0, instance)), weights(one.trained.model, instance));
    EXPECT_EQ(three.loss(0, instance), one.loss(0, instance));
  }
}

TEST(BestOfs, DifferFromEachOtherAndFromThePicture) {
  const Experiment experiment = example();
  const BestOfs best_ofs = trained(experiment, 2);
  const auto picture = Trainer(experiment.ensemble(), experiment.train, 1).finish().value();
  const auto first = weights(best_ofs.trained.model, best_ofs.at(0, 0));
  const auto second = weights(best_ofs.trained.model, best_ofs.at(1, 0));
  EXPECT_NE(first, second);
  EXPECT_NE(first, weights(picture.model, 0));
  EXPECT_NE(second, weights(picture.model, 0));
}

TEST(BestOfs, KeepTheBestRestartOfEach) {
  const TrainedModel best = trained(example(), 2).trained;
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_EQ(best.loss[i], std::min(best.restart_loss[i], best.restart_loss[4 + i]));
}

TEST(BestOfs, AreNothingWhenStopped) {
  StopSource source;
  source.request_stop();
  const Experiment experiment = example();
  EXPECT_FALSE(
      train_best_ofs({.experiment = experiment, .threads = 1, .stop = source.get_token()}, 2).has_value());
}

TEST(Density, IsThatOfTheFirstFeatureWhateverSetItIsIn) {
  Experiment experiment = example();
  EXPECT_EQ(density(experiment, 0), 1);
  EXPECT_EQ(density(experiment, 1), static_cast<double>(0.1F));
  experiment.data.distribution.sets = {
      {.rule = FeatureSet::Rule::kAnticorrelated, .members = {{.feature = 0}, {.feature = 1}}}};
  EXPECT_EQ(density(experiment, 0), 0.5) << "one of two features is on";
}

TEST(DensestFirst, SortsInstancesAndKeepsEqualOnesInTheirOrder) {
  Experiment experiment = example();
  experiment.model.shape.n_instances = 5;
  experiment.data.feature_probability = std::vector<double>{0.1, 0.5, 0.1, 1, 0.5};
  experiment.data.importance = 1.0;
  EXPECT_EQ(densest_first(experiment), (std::vector<std::int64_t>{3, 1, 4, 0, 2}));
}

TEST(MedianClaim, IsAboutTheMedianAndHoldsTheSpread) {
  const Claim claim = median_claim("few rise", at_most(2, "rises"), {9, 1, 2, 0, 2});
  EXPECT_EQ(claim.claim, "few rise");
  EXPECT_EQ(claim.expected(), "at most 2 rises");
  EXPECT_EQ(claim.measured, 2);
  EXPECT_EQ(claim.seeds, 5);
  EXPECT_EQ(measured_text(claim), "2 (0 to 9)");
  EXPECT_TRUE(claim.holds());
  EXPECT_FALSE(median_claim("few rise", at_most(2), {3, 1, 3}).holds());
}

TEST(MedianClaim, HasNoNumberWhereOneModelHasDiverged) {
  const Claim claim = median_claim("few rise", at_most(2), {1, std::numeric_limits<double>::quiet_NaN(), 1});
  EXPECT_EQ(measured_text(claim), "not finite");
  EXPECT_FALSE(claim.holds());
}

}  // namespace
}  // namespace superpose::paper
