#include "superpose/run/instances.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "superpose/core/error.h"

namespace superpose::run {
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
  run.restart_models = {run.model, run.model};
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
  ASSERT_EQ(chosen.restart_models.size(), 2U);
  EXPECT_THAT(chosen.restart_models.back().W(), ElementsAre(4, 5, 0, 1));
}

TEST(RunInstances, AreDescribedByTheirExperiment) {
  const auto chosen = choose_instances(example(), std::vector<std::int64_t>{2, 0});
  EXPECT_EQ(chosen.experiment.model.shape.n_instances, 2);
  EXPECT_EQ(chosen.experiment.feature_probability(), chosen.feature_probability);
  EXPECT_EQ(chosen.experiment.importance(), chosen.importance);
  EXPECT_EQ(parse_experiment({.text = to_toml(chosen.experiment), .file = "", .overrides = {}}),
            chosen.experiment);
}

TEST(RunInstances, KeepTheFormOfTheirValues) {
  const std::vector<std::int64_t> instances = {2, 0};
  const auto chosen_of = [&](const Values& probability, const Values& importance) {
    run::Run run = example();
    run.experiment.data.feature_probability = probability;
    run.experiment.data.importance = importance;
    run.feature_probability = run.experiment.feature_probability();
    run.importance = run.experiment.importance();
    const run::Run chosen = choose_instances(run, instances);
    EXPECT_EQ(chosen.experiment.feature_probability(), chosen.feature_probability);
    EXPECT_EQ(chosen.experiment.importance(), chosen.importance);
    return chosen.experiment.data;
  };
  using List = std::vector<double>;
  using Table = std::vector<List>;
  const Table table = {{0.1, 0.2}, {0.3, 0.4}, {0.5, 0.6}};
  const Table rows = {{0.5, 0.6}, {0.1, 0.2}};
  auto data = chosen_of(List{0.1, 0.2, 0.3}, List{1, 0.7});
  EXPECT_EQ(data.feature_probability, Values(List{0.3, 0.1}));
  EXPECT_EQ(data.importance, Values(List{1, 0.7}));
  data = chosen_of(table, table);
  EXPECT_EQ(data.feature_probability, Values(rows));
  EXPECT_EQ(data.importance, Values(rows));
  data = chosen_of(Geometric{1, 0.25}, 2.0);
  EXPECT_EQ(data.feature_probability, Values(List{0.25, 1}));
  EXPECT_EQ(data.importance, Values(2.0));
  data = chosen_of(PowerLaw{0.5, 1}, PowerLaw{1, 2});  // along features, whatever the key
  EXPECT_EQ(data.feature_probability, Values(PowerLaw{0.5, 1}));
  EXPECT_EQ(data.importance, Values(PowerLaw{1, 2}));
}

TEST(RunInstances, MustBeThere) {
  EXPECT_THROW(choose_instances(example(), {}), InvalidRequest);
  EXPECT_THROW(choose_instances(example(), std::vector<std::int64_t>{3}), InvalidRequest);
  EXPECT_THROW(choose_instances(example(), std::vector<std::int64_t>{-1}), InvalidRequest);
}

}  // namespace
}  // namespace superpose::run
