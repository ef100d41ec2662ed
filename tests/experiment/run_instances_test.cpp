#include "superpose/experiment/run_instances.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "superpose/core/error.h"

namespace superpose {
namespace {

using testing::ElementsAre;

Run example() {
  const Experiment experiment = parse_experiment({.text = R"(
[model]
n_features = 2
n_hidden = 1
n_instances = 3
[data]
feature_probability = [1.0, 0.5, 0.25]
importance = { power = 0.5 }
[train]
restarts = 2
)",
                                                  .file = "example.toml",
                                                  .overrides = {}});
  Run run{.experiment = experiment,
          .model = Model(ModelKind::kReluOutput, experiment.model.shape),
          .feature_probability = experiment.feature_probability(),
          .importance = experiment.importance(),
          .loss = {0.1F, 0.2F, 0.3F},
          .history = {.step = {0, 100}, .lr = {1, 1}, .loss = {1, 2, 3, 4, 5, 6}},
          .restart_loss = {0.1F, 0.2F, 0.3F, 0.4F, 0.5F, 0.6F},
          .kept_restart = {0, 1, 0}};
  for (std::size_t i = 0; i < 6; ++i) run.model.W()[i] = static_cast<float>(i);
  run.history.models = {run.model, run.model};
  return run;
}

TEST(RunInstances, TakeEverythingAlong) {
  const auto chosen = choose_instances(example(), std::vector<std::int64_t>{2, 0});
  EXPECT_THAT(chosen.model.W(), ElementsAre(4, 5, 0, 1));
  EXPECT_THAT(chosen.feature_probability, ElementsAre(0.25F, 0.25F, 1, 1));
  EXPECT_THAT(chosen.importance, ElementsAre(1, 0.5F, 1, 0.5F));
  EXPECT_THAT(chosen.loss, ElementsAre(0.3F, 0.1F));
  EXPECT_THAT(chosen.history.loss, ElementsAre(3, 1, 6, 4));
  EXPECT_THAT(chosen.history.models.at(1).W(), ElementsAre(4, 5, 0, 1));
  EXPECT_THAT(chosen.restart_loss, ElementsAre(0.3F, 0.1F, 0.6F, 0.4F));
  EXPECT_THAT(chosen.kept_restart, ElementsAre(0, 0));
}

TEST(RunInstances, AreDescribedByTheirExperiment) {
  const auto chosen = choose_instances(example(), std::vector<std::int64_t>{2, 0});
  EXPECT_EQ(chosen.experiment.model.shape.n_instances, 2);
  EXPECT_EQ(chosen.experiment.feature_probability(), chosen.feature_probability);
  EXPECT_EQ(chosen.experiment.importance(), chosen.importance);
  EXPECT_EQ(parse_experiment({.text = to_toml(chosen.experiment), .file = "", .overrides = {}}),
            chosen.experiment);
}

TEST(RunInstances, MustBeThere) {
  EXPECT_THROW(choose_instances(example(), {}), InvalidRequest);
  EXPECT_THROW(choose_instances(example(), std::vector<std::int64_t>{3}), InvalidRequest);
  EXPECT_THROW(choose_instances(example(), std::vector<std::int64_t>{-1}), InvalidRequest);
}

}  // namespace
}  // namespace superpose
