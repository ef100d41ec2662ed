#include "superpose/experiment/sweep.h"

#include <gtest/gtest.h>

#include "superpose/core/error.h"
#include "tests/message_of.h"

namespace superpose {
namespace {

const std::string kBase = R"([model]
n_features = 3
n_hidden = 2
[data]
importance = [1.0, 1.0, 1.0]
[train]
steps = 5
batch_size = 8
[sweep]
)";

constexpr double kMemory = 24.0 * 1024 * 1024 * 1024;

Sweep parse(const std::string& sweep) {
  return parse_sweep({.text = kBase + sweep, .file = "s.toml", .overrides = {}, .memory_limit = kMemory});
}

std::string refusal(const std::string& sweep) {
  return message_of<InvalidRequest>([&] { (void)parse(sweep); });
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST(Sweep, GridVariesItsLastKeyFastest) {
  // By name, lr would come before steps.
  const Sweep sweep = parse(R"(grid = { "train.steps" = [5, 6], lr = [0.1, 0.2, 0.3] })");
  ASSERT_EQ(sweep.points.size(), 6u);
  ASSERT_EQ(sweep.runs.size(), 6u);
  EXPECT_EQ(sweep.points[1].values, (Pairs{{"train.steps", "5"}, {"train.lr", "0.2"}}));
  EXPECT_EQ(sweep.points[3].values, (Pairs{{"train.steps", "6"}, {"train.lr", "0.1"}}));
  EXPECT_EQ(sweep.runs[4].train.steps, 6);
  EXPECT_EQ(sweep.runs[4].train.lr, 0.2);
}

TEST(Sweep, ListIsCrossedWithTheGridThatVariesFaster) {
  const Sweep sweep = parse("list = [{ lr = 0.1, seed = 7 }, {}]\ngrid = { steps = [5, 6] }");
  ASSERT_EQ(sweep.points.size(), 4u);
  EXPECT_EQ(sweep.points[1].values, (Pairs{{"train.lr", "0.1"}, {"train.seed", "7"}, {"train.steps", "6"}}));
  EXPECT_EQ(sweep.points[2].values, (Pairs{{"train.steps", "5"}}));
}

TEST(Sweep, ValuesAreWhatTheyAreInTheFile) {
  const Sweep sweep = parse(
      "list = [{ n_hidden = 2, lr = 1.0, schedule = 'linear', importance = [1, 2, 3.5] }, { init = { normal "
      "= 2 } }]");
  const SweepPoint& point = sweep.points[0];
  EXPECT_EQ(swept_value(point, "model.n_hidden"), SweptValue(std::int64_t{2}));
  EXPECT_EQ(swept_value(point, "train.lr"), SweptValue(1.0));
  EXPECT_EQ(swept_value(point, "train.schedule"), SweptValue(std::string("linear")));
  EXPECT_EQ(swept_value(point, "data.importance"), SweptValue(std::string("[1, 2, 3.5]")));
  EXPECT_EQ(swept_value(point, "model.init"), std::nullopt);
  EXPECT_EQ(swept_keys(sweep.points),
            (std::vector<std::string>{"model.n_hidden", "train.lr", "train.schedule", "data.importance",
                                      "model.init"}));
}

TEST(Sweep, RulesMakeValues) {
  const Sweep sweep = parse("grid = { lr = { linear = [1.0, 2.0], count = 3 } }");
  ASSERT_EQ(sweep.runs.size(), 3u);
  EXPECT_EQ(sweep.runs[1].train.lr, 1.5);
}

TEST(Sweep, PointsThatDifferInWhatInstancesMayHaveTrainInOneModel) {
  const Sweep sweep = parse(
      R"(grid = { feature_probability = [0.5, 0.1], n_hidden = [1, 2], "data.importance[2]" = [3, 4] })");
  ASSERT_EQ(sweep.points.size(), 8u);
  ASSERT_EQ(sweep.runs.size(), 2u);
  const std::vector<std::size_t> runs = {0, 0, 1, 1, 0, 0, 1, 1};
  const std::vector<std::int64_t> instances = {0, 1, 0, 1, 2, 3, 2, 3};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    EXPECT_EQ(sweep.points[i].run, runs[i]) << i;
    EXPECT_EQ(sweep.points[i].first_instance, instances[i]) << i;
  }
  EXPECT_EQ(sweep.runs[1].model.shape, (Shape{.n_instances = 4, .n_features = 3, .n_hidden = 2}));
  EXPECT_EQ(sweep.runs[1].data.feature_probability, Values(std::vector{0.5, 0.5, 0.1, 0.1}));
  EXPECT_EQ(sweep.runs[1].importance(), (std::vector<float>{1, 1, 3, 1, 1, 4, 1, 1, 3, 1, 1, 4}));
}

TEST(Sweep, RulesOfAPointRunAlongItsOwnInstances) {
  const Sweep sweep =
      parse(R"(grid = { n_instances = [2], feature_probability = [{ linear = [1.0, 0.5] }, 0.25] })");
  ASSERT_EQ(sweep.runs.size(), 1u);
  EXPECT_EQ(sweep.runs[0].data.feature_probability, Values(std::vector{1.0, 0.5, 0.25, 0.25}));
  EXPECT_EQ(sweep.points[1].first_instance, 2);
  EXPECT_EQ(sweep.points[1].n_instances, 2);
}

TEST(Sweep, ResolvedSweepIsTheSameSweep) {
  const Sweep sweep = parse(
      R"(grid = { "data.importance[0]" = { geometric = [0.1, 10], count = 5 }, optimizer = ["sgd", "adamw"], init = [{ normal = 0.1 }] })");
  const Sweep again = parse_sweep({.text = sweep.toml, .file = "s.toml", .overrides = {}});
  EXPECT_EQ(again.toml, sweep.toml);
  EXPECT_EQ(again.runs, sweep.runs);
  ASSERT_EQ(again.points.size(), 10u);
  EXPECT_EQ(again.points[9].values, sweep.points[9].values);
}

TEST(Sweep, RefusesWhereTheValueIsWritten) {
  EXPECT_EQ(refusal("grid = { n_hidden = [2, 0] }"),
            "s.toml:10:25: [model] n_hidden: expected a whole number above 0, got 0");
  EXPECT_EQ(refusal("list = [{ lr = 0.1 }, { lr = -1.0 }]"),
            "s.toml:10:30: [train] lr: expected a finite number of at least 0, got -1.0");
  EXPECT_EQ(refusal("grid = { n_hiden = [2] }"),
            "s.toml:10:21: unknown key `n_hiden`; did you mean `n_hidden`?");
}

TEST(Sweep, SaysThatKeysOfTheExperimentBelongInTheGrid) {
  for (const char* line :
       {"seed = [0, 1]", "\"train.seed\" = [0, 1]", "train.seed = [0, 1]", "\"importance[1]\" = [1, 2]"}) {
    const std::string message = refusal(line);
    EXPECT_TRUE(message.starts_with("s.toml:10:1: [sweep]: unknown key `")) << message;
    EXPECT_TRUE(message.ends_with("`; it belongs in [sweep.grid]")) << message;
  }
}

TEST(Sweep, RefusesAGridWithoutKeys) {
  EXPECT_EQ(refusal("[sweep.grid]"),
            "s.toml:10:1: [sweep] grid: expected at least one key, got an empty table");
  EXPECT_EQ(refusal("[sweep.grid.train]"),
            "s.toml:10:1: [sweep] grid: expected at least one key, got an empty table");
}

TEST(Sweep, RefusesWhatIsNoSweep) {
  EXPECT_EQ(refusal(""), "s.toml:9:1: [sweep]: expected a grid or a list, got neither");
  EXPECT_EQ(refusal("grids = {}"), "s.toml:10:1: [sweep]: unknown key `grids`; did you mean `grid`?");
  EXPECT_EQ(refusal("points = []"), "s.toml:10:1: [sweep]: unknown key `points`; known: grid, list");
  EXPECT_EQ(refusal("name = 'a'"), "s.toml:10:1: [sweep]: unknown key `name`; known: grid, list");
  EXPECT_EQ(refusal("grid = { lr = { geometrc = [0.1, 1], count = 3 } }"),
            "s.toml:10:17: [sweep] train.lr: unknown key `geometrc`; did you mean `geometric`?");
  EXPECT_EQ(refusal("grid = { name = [\"a\"] }"),
            "s.toml:10:10: [sweep]: `name` cannot be swept: it belongs to the sweep as a whole");
  EXPECT_EQ(
      refusal("grid = { every = [1] }"),
      "s.toml:10:10: [sweep]: `every` cannot be swept: it says what is written down, not what is trained");
  EXPECT_EQ(refusal("grid = { lr = [] }"),
            "s.toml:10:15: [sweep] train.lr: expected at least one value, got an empty array");
  EXPECT_EQ(refusal("grid = { lr = [0.1], \"train.lr\" = [0.2] }"),
            "s.toml:10:22: [sweep]: expected `train.lr` once, got it twice");
  EXPECT_EQ(refusal("grid = { lr = [0.1] }\nlist = [{ lr = 0.2 }]"),
            "s.toml:11:16: [sweep]: expected `train.lr` in the grid or in the list, got it in both");
  EXPECT_EQ(refusal("grid = { \"data.importance[3]\" = [1.0] }"),
            "s.toml:10:34: `data.importance[3]`: expected an index below 3, got 3");
  EXPECT_EQ(
      refusal("grid = { \"data.feature_probability[0]\" = [1.0] }"),
      "s.toml:10:43: `data.feature_probability[0]`: expected data.feature_probability to be an array in "
      "the experiment, got none");
}

}  // namespace
}  // namespace superpose
