#include "superpose/run/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace superpose::run {
namespace {

using testing::ElementsAre;

/// 2 instances of 3 features in 2 dimensions: two features in places of their own, then a digon.
Run example() {
  const Experiment experiment = parse_experiment({.text = "[model]\nn_features = 3\nn_hidden = 2\n"
                                                          "n_instances = 2\n[data]\n"
                                                          "feature_probability = [1.0, 0.5]\n",
                                                  .file = "example.toml",
                                                  .overrides = {}});
  Run run{.experiment = experiment,
          .model = Model(ModelKind::kReluOutput, experiment.model.shape),
          .feature_probability = experiment.feature_probability(),
          .importance = experiment.importance(),
          .loss = {0.5F, 0.25F},
          .history = {}};
  const std::vector<float> W = {1, 0, 0, 1, 0, 0, 1, 0, -1, 0, 0, 0};
  std::ranges::copy(W, run.model.W().begin());
  return run;
}

TEST(Metrics, AreValuesOfEveryFeatureAndInstance) {
  const Metrics metrics = measure(example());
  EXPECT_THAT(metrics.norms, ElementsAre(1, 1, 0, 1, 1, 0));
  EXPECT_THAT(metrics.dimensions_per_feature, ElementsAre(1, 1));
  EXPECT_THAT(metrics.loss, ElementsAre(0.5, 0.25));
  EXPECT_THAT(metrics.represented_features, ElementsAre(2, 2));
  EXPECT_THAT(metrics.mean_feature_probability, ElementsAre(1, 0.5));
  EXPECT_EQ(metrics.mean_polysemanticity[0], 0);
  EXPECT_NEAR(metrics.mean_polysemanticity[1], 2.0 / 3, 1e-4);
  EXPECT_FALSE(metrics.restarts.has_value());
}

TEST(Metrics, HaveNamesInTheOrderOfPrinting) {
  const auto names = [](const Metrics& metrics) {
    std::vector<std::string> in_order;
    for (const NamedMetric& metric : named_metrics(metrics)) {
      in_order.emplace_back(metric.name);
      EXPECT_EQ(metric.values.size(), metric.of_features ? 6U : 2U) << metric.name;
    }
    return in_order;
  };
  run::Run run = example();
  EXPECT_THAT(names(measure(run)), ElementsAre("norms", "polysemanticity", "net_interference",
                                               "dimensionality", "dimensions_per_feature", "capacity", "loss",
                                               "feature_benefit", "interference_loss"));
  run.experiment.data.distribution.is_signed = true;
  EXPECT_EQ(names(measure(run)).back(), "loss") << "no closed form";
}

TEST(Metrics, OfRestartsAreTheirSpreadAndOutcomes) {
  run::Run run = example();
  run.experiment.train.restarts = 2;
  run.restart_loss = {0.5F, 0.5F, 0.75F, 0.25F};
  run.kept_restart = {0, 1};
  EXPECT_TRUE(measure(run).restarts->outcomes.empty());
  run.restart_models = {run.model, run.model};
  const RestartMetrics restarts = *measure(run).restarts;
  EXPECT_EQ(restarts.restarts, 2);
  EXPECT_THAT(restarts.kept_restart, ElementsAre(0, 1));
  EXPECT_EQ(restarts.highest_loss[0], 0.75);
  EXPECT_EQ(restarts.lowest_loss[1], 0.25);
  ASSERT_EQ(restarts.outcomes.size(), 2U);
  ASSERT_EQ(restarts.outcomes[1].size(), 1U);
  EXPECT_EQ(restarts.outcomes[1][0].restarts, 2);
  EXPECT_EQ(restarts.outcomes[1][0].lowest_loss, 0.25);
}

TEST(Metrics, DoNotCountFeaturesOfWeightsThatAreNotFinite) {
  run::Run run = example();
  run.model.W()[0] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(measure(run).represented_features, ElementsAre(-1, 2));
}

}  // namespace
}  // namespace superpose::run
