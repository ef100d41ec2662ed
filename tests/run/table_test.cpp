#include "superpose/run/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace superpose::run {
namespace {

using testing::ElementsAre;
using testing::Optional;

/// A run of 3 features in 2 dimensions, all weights 0. loss: (n_instances).
run::Run run_of(std::vector<float> loss, const std::string& data = "") {
  const Experiment experiment = parse_experiment(
      {.text = "[model]\nn_features = 3\nn_hidden = 2\nn_instances = " + std::to_string(loss.size()) +
               "\n[data]\n" + data,
       .file = "example.toml",
       .overrides = {}});
  return {.experiment = experiment,
          .model = Model(ModelKind::kReluOutput, experiment.model.shape),
          .feature_probability = experiment.feature_probability(),
          .importance = experiment.importance(),
          .loss = std::move(loss),
          .history = {}};
}

/// Makes a digon of the first two features.
void make_digon(Model& model, int instance) {
  model.W(instance)[0] = 1;
  model.W(instance)[2] = -1;
}

std::vector<std::string> names_of(const Table& table) {
  std::vector<std::string> names;
  for (const Column& column : table.columns) names.push_back(column.name);
  return names;
}

template <class T>
const Cells<T>& cells(const Table& table, std::string_view name) {
  return std::get<Cells<T>>(table.find(name)->cells);
}

TEST(Table, OfARunHasARowAnInstance) {
  run::Run run = run_of({0.5F, 0.25F}, "feature_probability = [[0.05, 0.05, 0.05], [0.1, 0.2, 0.3]]");
  make_digon(run.model, 0);
  run.model.W(1)[0] = std::numeric_limits<float>::quiet_NaN();
  const Table table = make_table(run);
  EXPECT_EQ(table.rows(), 2U);
  EXPECT_THAT(names_of(table), ElementsAre("instance", "feature_probability", "loss",
                                           "dimensions_per_feature", "capacity", "represented", "outcome"));
  EXPECT_THAT(cells<std::int64_t>(table, "instance"), ElementsAre(0, 1));
  // The number of the experiment, not that of its float32; and the mean.
  EXPECT_EQ(cells<double>(table, "feature_probability")[0], 0.05);
  EXPECT_DOUBLE_EQ(*cells<double>(table, "feature_probability")[1], 0.2);
  EXPECT_THAT(cells<double>(table, "loss"), ElementsAre(0.5, 0.25));
  EXPECT_EQ(cells<double>(table, "dimensions_per_feature")[0], 1);
  EXPECT_EQ(cells<double>(table, "capacity")[0], 1);
  EXPECT_THAT(cells<std::int64_t>(table, "represented"), ElementsAre(2, std::nullopt));
  EXPECT_THAT(cells<std::string>(table, "outcome"), ElementsAre("digon, 1 not represented", "not finite"));
  EXPECT_EQ(table.find("restart"), nullptr);
}

/// Two restarts of two instances. The second restart of the first instance is a digon.
run::Run with_restarts() {
  run::Run run = run_of({0.5F, 0.25F});
  run.experiment.train.restarts = 2;
  run.restart_loss = {0.75F, 0.25F, 0.5F, 1.5F};
  run.kept_restart = {1, 0};
  run.restart_models = {run.model, run.model};
  make_digon(run.restart_models[1], 0);
  return run;
}

TEST(Table, SaysHowTheLossesOfRestartsAreSpread) {
  const Table table = make_table(with_restarts());
  EXPECT_THAT(names_of(table),
              ElementsAre("instance", "feature_probability", "loss", "lowest_loss", "median_loss",
                          "highest_loss", "share_of_lowest_loss", "kept_restart", "dimensions_per_feature",
                          "capacity", "represented", "outcome"));
  EXPECT_THAT(cells<double>(table, "median_loss"), ElementsAre(0.625, 0.875));
  EXPECT_THAT(cells<std::int64_t>(table, "kept_restart"), ElementsAre(1, 0));
}

TEST(Table, OfRestartsHasARowEach) {
  run::Run run = with_restarts();
  const Table table = make_table(run, Rows::kRestarts);
  EXPECT_THAT(names_of(table), ElementsAre("instance", "restart", "kept", "feature_probability", "loss",
                                           "dimensions_per_feature", "capacity", "represented", "outcome"));
  EXPECT_THAT(cells<std::int64_t>(table, "instance"), ElementsAre(0, 0, 1, 1));
  EXPECT_THAT(cells<std::int64_t>(table, "restart"), ElementsAre(0, 1, 0, 1));
  EXPECT_THAT(cells<bool>(table, "kept"), ElementsAre(false, true, true, false));
  EXPECT_THAT(cells<double>(table, "loss"), ElementsAre(0.75, 0.5, 0.25, 1.5));
  EXPECT_THAT(cells<std::int64_t>(table, "represented"), ElementsAre(0, 2, 0, 0));
  EXPECT_EQ(cells<double>(table, "dimensions_per_feature")[1], 1);
  EXPECT_THAT(cells<std::string>(table, "outcome")[1], Optional(std::string("digon, 1 not represented")));

  run.restart_models.clear();
  EXPECT_THAT(names_of(make_table(run, Rows::kRestarts)),
              ElementsAre("instance", "restart", "kept", "feature_probability", "loss"))
      << "only losses are recorded";
}

TEST(Table, OfRestartsHasARowForTheOnlyOne) {
  run::Run run = run_of({0.5F});
  make_digon(run.model, 0);
  const Table table = make_table(run, Rows::kRestarts);
  EXPECT_THAT(cells<std::int64_t>(table, "restart"), ElementsAre(0));
  EXPECT_THAT(cells<bool>(table, "kept"), ElementsAre(true));
  EXPECT_THAT(cells<double>(table, "loss"), ElementsAre(0.5));
  EXPECT_THAT(cells<std::int64_t>(table, "represented"), ElementsAre(2));
  run.experiment.train.restarts = 7;  // an older version wrote it
  EXPECT_THAT(cells<std::int64_t>(make_table(run, Rows::kRestarts), "restart"), ElementsAre(std::nullopt));
}

TEST(Table, OfFeaturesHasEveryMetric) {
  const Table table = make_table(run_of({0.5F, 0.25F}), Rows::kFeatures);
  EXPECT_EQ(table.rows(), 6U);
  EXPECT_THAT(names_of(table), ElementsAre("instance", "feature", "norms", "polysemanticity",
                                           "net_interference", "dimensionality", "dimensions_per_feature",
                                           "capacity", "loss", "feature_benefit", "interference_loss"));
  EXPECT_THAT(cells<std::int64_t>(table, "feature"), ElementsAre(0, 1, 2, 0, 1, 2));
  EXPECT_THAT(cells<double>(table, "loss"), ElementsAre(0.5, 0.5, 0.5, 0.25, 0.25, 0.25));
}

TEST(Table, OfASweepHasItsValuesAsWhatTheyAre) {
  std::vector<SweepPoint> points(3);
  points[0].values = {{"train.steps", "5"}, {"train.lr", "1"}, {"model.init", "\"xavier_normal\""}};
  points[1].values = {{"train.steps", "6"}, {"train.lr", "0.5"}, {"model.init", "{ normal = 0.1 }"}};
  points[2].values = {{"data.importance", "[1.0, 0.5]"}};
  points[1].first_instance = 1;
  points[2].run = 1;
  points[2].n_instances = 2;
  const std::vector<run::Run> runs = {run_of({0.5F, 0.25F}), run_of({0.125F, 0.0625F})};
  const Table table = make_table(points, runs);
  EXPECT_THAT(names_of(table).front(), "point");
  EXPECT_THAT(cells<std::int64_t>(table, "point"), ElementsAre(0, 1, 2, 2));
  EXPECT_THAT(cells<std::int64_t>(table, "train.steps"), ElementsAre(5, 6, std::nullopt, std::nullopt));
  EXPECT_THAT(cells<double>(table, "train.lr"), ElementsAre(1, 0.5, std::nullopt, std::nullopt));
  EXPECT_THAT(cells<std::string>(table, "model.init"),
              ElementsAre("xavier_normal", "{ normal = 0.1 }", std::nullopt, std::nullopt));
  EXPECT_EQ(cells<std::string>(table, "data.importance")[2], "[1.0, 0.5]");
  EXPECT_THAT(cells<std::string>(table, "run"), ElementsAre("runs/000", "runs/000", "runs/001", "runs/001"));
  EXPECT_THAT(cells<std::int64_t>(table, "instance"), ElementsAre(0, 1, 0, 1));
  EXPECT_THAT(cells<double>(table, "loss"), ElementsAre(0.5, 0.25, 0.125, 0.0625));
  EXPECT_EQ(table.find("train.steps")->role, Column::Role::kSwept);
  EXPECT_EQ(table.find("run")->role, Column::Role::kPlace);
  EXPECT_EQ(table.find("loss")->role, Column::Role::kMeasured);
}

TEST(Table, OfRunsOfWhichSomeHaveRestarts) {
  std::vector<SweepPoint> points(2);
  points[0].values = {{"train.restarts", "1"}};
  points[1].values = {{"train.restarts", "2"}};
  points[1].run = 1;
  const std::vector<run::Run> runs = {run_of({0.5F}), with_restarts()};
  EXPECT_THAT(cells<double>(make_table(points, runs), "highest_loss"), ElementsAre(std::nullopt, 0.75));
  const Table restarts = make_table(points, runs, Rows::kRestarts);
  EXPECT_THAT(cells<double>(restarts, "loss"), ElementsAre(0.5, 0.75, 0.5));
  EXPECT_THAT(cells<std::int64_t>(restarts, "represented"), ElementsAre(0, 0, 2));
}

TEST(Table, AsCsvIsQuotedAndExact) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN(),
                   kInfinity = std::numeric_limits<double>::infinity();
  const Table table{
      .columns = {{.name = "a,b", .cells = Cells<std::string>{"say \"hi\"", "two\nlines", std::nullopt}},
                  {.name = "whole", .cells = Cells<std::int64_t>{-1, std::nullopt, 3}},
                  {.name = "number", .cells = Cells<double>{0.1, 1, 1e-7}},
                  {.name = "odd", .cells = Cells<double>{-kNan, -kInfinity, std::nullopt}},
                  {.name = "flag", .cells = Cells<bool>{true, false, std::nullopt}}}};
  EXPECT_EQ(to_csv(table),
            "\"a,b\",whole,number,odd,flag\n"
            "\"say \"\"hi\"\"\",-1,0.1,nan,true\n"
            "\"two\nlines\",,1.0,-inf,false\n"
            ",3,1e-07,,\n");
}

}  // namespace
}  // namespace superpose::run
