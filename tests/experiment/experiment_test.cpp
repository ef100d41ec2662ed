#include "superpose/experiment/experiment.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "superpose/core/error.h"

namespace superpose {
namespace {

constexpr const char* kSmall = "[model]\nn_features = 3\nn_hidden = 2\n";

constexpr double kMemory = 24.0 * 1024 * 1024 * 1024;

Experiment parse(std::string text, std::vector<std::string> overrides = {}) {
  return parse_experiment({.text = std::move(text),
                           .file = "intro.toml",
                           .overrides = std::move(overrides),
                           .memory_limit = kMemory});
}

bool starts_with(const std::string& text, const std::string& start) {
  return text.starts_with(start);
}
bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// What a refused experiment's message says; a failure and "" when it is not refused.
std::string message(std::string text, std::vector<std::string> overrides = {}) {
  try {
    parse(std::move(text), std::move(overrides));
  } catch (const InvalidRequest& error) {
    return error.what();
  }
  ADD_FAILURE() << "accepted";
  return "";
}

TEST(Experiment, DefaultsAreThoseOfTheStructs) {
  Experiment expected;
  expected.model.shape = {.n_instances = 1, .n_features = 3, .n_hidden = 2};
  EXPECT_EQ(parse(kSmall), expected);
}

TEST(Experiment, ReadsEveryKey) {
  const Experiment e = parse(R"(
name = "every key"
[model]
kind = "linear"
n_features = 5
n_hidden = 2
n_instances = 10
init = { normal = 0.25 }
[data]
feature_probability = { geometric = [1.0, 0.05] }
importance = { power = 0.9 }
[train]
steps = 200
batch_size = 64
lr = 2e-3
schedule = "cosine"
optimizer = "adam"
betas = [0.8, 0.99]
eps = 1e-6
weight_decay = 0.5
seed = 4294967295
restarts = 3
[record]
every = 7
parameters = true
all_restarts = true
)");
  EXPECT_EQ(e.name, "every key");
  EXPECT_EQ(e.model.kind, ModelKind::kLinear);
  EXPECT_EQ(e.model.shape, (Shape{.n_instances = 10, .n_features = 5, .n_hidden = 2}));
  EXPECT_EQ(e.model.init.std, 0.25);
  EXPECT_EQ(e.data.feature_probability, Values(Geometric{1.0, 0.05}));
  EXPECT_EQ(e.data.importance, Values(Power{0.9}));
  EXPECT_EQ(e.train, (TrainOptions{.steps = 200,
                                   .batch_size = 64,
                                   .lr = 2e-3,
                                   .schedule = Schedule::kCosine,
                                   .optimizer = {.kind = OptimizerKind::kAdam,
                                                 .beta1 = 0.8,
                                                 .beta2 = 0.99,
                                                 .eps = 1e-6,
                                                 .weight_decay = 0.5},
                                   .seed = 4294967295,
                                   .restarts = 3}));
  EXPECT_EQ(e.record, (Experiment::RecordSection{.every = 7, .parameters = true, .all_restarts = true}));
}

TEST(Experiment, WeightDecayDefaultsToPyTorchs) {
  const auto decay = [](const std::string& optimizer) {
    return parse(std::string(kSmall) + "[train]\noptimizer = '" + optimizer + "'\n")
        .train.optimizer.weight_decay;
  };
  EXPECT_EQ(decay("adamw"), 0.01);
  EXPECT_EQ(decay("adam"), 0);
  EXPECT_EQ(decay("sgd"), 0);
  EXPECT_EQ(parse(kSmall, {"optimizer=sgd", "momentum=0", "weight_decay=1"}).train.optimizer,
            (OptimizerOptions{.kind = OptimizerKind::kSgd, .momentum = 0, .weight_decay = 1}));
}

TEST(Experiment, TakesEveryFormOfValues) {
  const std::string model = "[model]\nn_features = 3\nn_hidden = 1\nn_instances = 2\n[data]\n";
  const auto probability = [&](const std::string& form) {
    return parse(model + "feature_probability = " + form).feature_probability();
  };
  const auto importance = [&](const std::string& form) {
    return parse(model + "importance = " + form).importance();
  };

  EXPECT_EQ(probability("1"), (std::vector<float>{1, 1, 1, 1, 1, 1}));
  EXPECT_EQ(probability("0.5"), (std::vector<float>{.5, .5, .5, .5, .5, .5}));
  EXPECT_EQ(probability("[0.25, 1]"), (std::vector<float>{.25, .25, .25, 1, 1, 1}));
  EXPECT_EQ(probability("[[1, 0.5, 0.25], [0.125, 0.5, 1]]"), (std::vector<float>{1, .5, .25, .125, .5, 1}));
  EXPECT_EQ(probability("{ geometric = [1, 0.25] }"), (std::vector<float>{1, 1, 1, .25, .25, .25}));
  EXPECT_EQ(probability("{ linear = [1, 0.5] }"), (std::vector<float>{1, 1, 1, .5, .5, .5}));
  EXPECT_EQ(probability("{ power = 0.5 }"), (std::vector<float>{1, 1, 1, .5, .5, .5}));

  EXPECT_EQ(importance("0"), (std::vector<float>{0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(importance("[4, 2, 0]"), (std::vector<float>{4, 2, 0, 4, 2, 0}));
  EXPECT_EQ(importance("[[1, 2, 3], [4, 5, 6]]"), (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(importance("{ geometric = [1, 4] }"), (std::vector<float>{1, 2, 4, 1, 2, 4}));
  EXPECT_EQ(importance("{ linear = [2, 0] }"), (std::vector<float>{2, 1, 0, 2, 1, 0}));
  EXPECT_EQ(importance("{ power = 3 }"), (std::vector<float>{1, 3, 9, 1, 3, 9}));
}

TEST(Experiment, EnsembleIsTheExperimentExpanded) {
  const Ensemble ensemble = parse(kSmall, {"n_instances=2", "feature_probability=[1, 0.5]"}).ensemble();
  EXPECT_EQ(ensemble.shape, (Shape{.n_instances = 2, .n_features = 3, .n_hidden = 2}));
  const auto probability = ensemble.data.marginal_probability();
  EXPECT_EQ(std::vector<float>(probability.begin(), probability.end()),
            (std::vector<float>{1, 1, 1, .5, .5, .5}));
  EXPECT_EQ(ensemble.importance, (std::vector<float>{1, 1, 1, 1, 1, 1}));
}

TEST(Experiment, TomlReadsBackToTheBit) {
  Experiment e;
  e.name = "say \"pi\" \\ \n\t\x01\x7f \xC3\xA9";
  e.model = {
      .kind = ModelKind::kLinear, .shape = {.n_instances = 2, .n_features = 3, .n_hidden = 2}, .init = {0.1}};
  e.train = {.steps = 4294967295,
             .batch_size = 2147483647,
             .lr = 0.1 + 0.2,
             .schedule = Schedule::kLinear,
             .optimizer = {.eps = 1e-300, .weight_decay = 1},
             .seed = 7,
             .restarts = 1};
  e.record = {.every = 4294967295, .parameters = true};
  const std::vector<Values> probabilities = {1.0 / 3,
                                             std::vector<double>{0.1, 1},
                                             std::vector<std::vector<double>>{{.1, .2, .3}, {1e-6, 1, .7}},
                                             Geometric{1, 0.05},
                                             Linear{0.3, 0.2},
                                             Power{0.9}};
  for (const Values& values : probabilities) {
    e.data = {.feature_probability = values, .importance = 1e10};
    EXPECT_EQ(parse(to_toml(e)), e) << to_toml(e);
  }
  e.train.optimizer = {.kind = OptimizerKind::kSgd, .momentum = 0.99, .weight_decay = 0};
  EXPECT_EQ(parse(to_toml(e)), e) << to_toml(e);
}

TEST(Experiment, TomlNamesEveryKeyInOrder) {
  EXPECT_EQ(to_toml(parse(kSmall, {"name=small", "feature_probability={geometric=[1, 0.05]}"})),
            R"(name = "small"

[model]
kind = "relu_output"
n_features = 3
n_hidden = 2
n_instances = 1
init = "xavier_normal"

[data]
feature_probability = { geometric = [1.0, 0.05] }
importance = 1.0
values = "uniform"
sets = []

[train]
steps = 10000
batch_size = 1024
lr = 0.001
schedule = "constant"
optimizer = "adamw"
betas = [0.9, 0.999]
eps = 1e-08
weight_decay = 0.01
seed = 0
restarts = 1

[record]
every = 100
parameters = false
all_restarts = false
)");
}

struct Refusal {
  const char* line;     // of a file, from its line 4 on
  const char* message;  // what follows "intro.toml:"
};

/// Each line, put below kSmall, is refused with its message.
void expect_refused(std::initializer_list<Refusal> refusals) {
  for (const auto& [line, expected] : refusals) {
    EXPECT_EQ(message(std::string(kSmall) + line), std::string("intro.toml:") + expected);
  }
}

TEST(ExperimentRefuses, Values) {
  expect_refused(
      {{"n_instances = 0", "4:15: [model] n_instances: expected a whole number above 0, got 0"},
       {"n_instances = -3", "4:15: [model] n_instances: expected a whole number above 0, got -3"},
       {"n_instances = 5000000000",
        "4:15: [model] n_instances: expected a whole number from 1 to 2147483647, got 5000000000"},
       {"kind = 'relu'",
        "4:8: [model] kind: expected one of linear, relu_output, gelu_output, relu_hidden, untied, "
        "absolute_value, got \"relu\""},
       {"kind = 'relu_ouput'",
        "4:8: [model] kind: expected one of linear, relu_output, gelu_output, relu_hidden, untied, "
        "absolute_value, got \"relu_ouput\"; did you mean \"relu_output\"?"},
       {"[data]\nvalues = 'singed'",
        "5:10: [data] values: expected one of uniform, signed, got \"singed\"; did you mean \"signed\"?"},
       {"[data]\nvalues = 3", "5:10: [data] values: expected one of uniform, signed, got 3"},
       {"kind = 1",
        "4:8: [model] kind: expected one of linear, relu_output, gelu_output, relu_hidden, untied, "
        "absolute_value, got 1"},
       {"init = 'xavier'",
        "4:8: [model] init: expected \"xavier_normal\" or { normal = STD }, got \"xavier\""},
       {"init = { uniform = 1 }",
        "4:8: [model] init: expected \"xavier_normal\" or { normal = STD }, got a table"},
       {"init = { normal = -1 }",
        "4:19: [model] init normal: expected a finite number of at least 0, got -1"},
       {"[train]\nsteps = \"abc\"", "5:9: [train] steps: expected a whole number above 0, got \"abc\""},
       {"[train]\nsteps = 1e4",
        "5:9: [train] steps: expected a whole number above 0, got 10000.0 (write 10000)"},
       {"[train]\nsteps = 1.5", "5:9: [train] steps: expected a whole number above 0, got 1.5"},
       {"[train]\nsteps = 4294967296",
        "5:9: [train] steps: expected a whole number from 1 to 4294967295, got 4294967296"},
       {"[train]\nsteps = true", "5:9: [train] steps: expected a whole number above 0, got true"},
       {"[train]\nsteps = 1979-05-27",
        "5:9: [train] steps: expected a whole number above 0, got a date or time"},
       {"[train]\nsteps = [1]", "5:9: [train] steps: expected a whole number above 0, got an array of 1"},
       {"[train]\nsteps = {}", "5:9: [train] steps: expected a whole number above 0, got a table"},
       {"[train]\nbatch_size = 0", "5:14: [train] batch_size: expected a whole number above 0, got 0"},
       {"[train]\nbatch_size = 2147483648",
        "5:14: [train] batch_size: expected a whole number from 1 to 2147483647, got 2147483648"},
       {"[train]\nlr = -1e-3", "5:6: [train] lr: expected a finite number of at least 0, got -0.001"},
       {"[train]\nlr = nan", "5:6: [train] lr: expected a finite number of at least 0, got nan"},
       {"[train]\nlr = inf", "5:6: [train] lr: expected a finite number of at least 0, got inf"},
       {"[train]\nlr = 'x\\n'", "5:6: [train] lr: expected a finite number of at least 0, got \"x\\\\n\""},
       {"[train]\nschedule = 'cos'",
        "5:12: [train] schedule: expected one of constant, linear, cosine, got \"cos\""},
       {"[train]\noptimizer = 'lion'",
        "5:13: [train] optimizer: expected one of adamw, adam, sgd, got \"lion\""},
       {"[train]\nbetas = 0.9", "5:9: [train] betas: expected an array, got 0.9"},
       {"[train]\nbetas = [0.9]", "5:9: [train] betas: expected an array of 2 numbers, got an array of 1"},
       {"[train]\nbetas = [0.9, 1]",
        "5:15: [train] betas[1]: expected a number of at least 0 and below 1, got 1"},
       {"[train]\neps = 0", "5:7: [train] eps: expected a finite number above 0, got 0"},
       {"[train]\nmomentum = 0.9", "5:12: [train] momentum: optimizer \"adamw\" does not use it, only sgd"},
       {"[train]\noptimizer = 'sgd'\nbetas = [0.9, 0.9]",
        "6:9: [train] betas: optimizer \"sgd\" does not use it, only adamw and adam"},
       {"[train]\noptimizer = 'sgd'\neps = 1e-8",
        "6:7: [train] eps: optimizer \"sgd\" does not use it, only adamw and adam"},
       {"[train]\noptimizer = 'sgd'\nmomentum = 1.0",
        "6:12: [train] momentum: expected a number of at least 0 and below 1, got 1.0"},
       {"[train]\nweight_decay = -1",
        "5:16: [train] weight_decay: expected a finite number of at least 0, got -1"},
       {"[train]\nseed = -1", "5:8: [train] seed: expected a whole number from 0 to 4294967295, got -1"},
       {"[train]\nseed = 4294967296",
        "5:8: [train] seed: expected a whole number from 0 to 4294967295, got 4294967296"},
       {"[train]\nrestarts = 0", "5:12: [train] restarts: expected a whole number above 0, got 0"},
       {"[train]\nrestarts = 16777216",
        "5:12: [train] restarts: expected a whole number from 1 to 16777215, got 16777216"},
       {"[record]\nevery = 0", "5:9: [record] every: expected a whole number above 0, got 0"},
       {"[record]\nparameters = 1", "5:14: [record] parameters: expected true or false, got 1"},
       {"[record]\nall_restarts = \"yes\"",
        "5:16: [record] all_restarts: expected true or false, got \"yes\""}});
}

TEST(ExperimentRefuses, Distributions) {
  expect_refused(
      {{"[data]\nvalues = 'gaussian'",
        "5:10: [data] values: expected one of uniform, signed, got \"gaussian\""},
       {"[data]\nvalues = 1", "5:10: [data] values: expected one of uniform, signed, got 1"},
       {"[data]\nfeature_probability = { power_law = [0.5, 1] }\nsets = [{ correlated = [0, 2] }]",
        "6:8: [data] sets: expected one feature_probability for all features of a set, got 0.5 and "
        "0.16666667 "
        "(instance 0, feature 2)"},
       {"[data]\nfeature_probability = { power_law = [1] }",
        "5:37: [data] feature_probability power_law: expected 2 numbers (first and exponent), got 1"},
       {"[data]\nfeature_probability = { power_law = [1, -1] }",
        "5:41: [data] feature_probability power_law[1]: expected a finite number of at least 0, got -1"},
       {"[data]\nfeature_probability = { power_law = [1, 20] }",
        "5:23: [data] feature_probability: expected a rule whose every value is a number from 1e-06 to 1, "
        "got 9.536743e-07 for feature 1"}});
}

TEST(Experiment, DistributionsAreReadAndWrittenBack) {
  const auto sets = parse(kSmall, {"sets=[{ correlated = [2, 0] }]", "values=signed"});
  EXPECT_TRUE(sets.data.distribution.is_signed);
  ASSERT_EQ(sets.data.distribution.sets.size(), 1U);
  EXPECT_EQ(sets.data.distribution.sets[0].members.size(), 2U);
  EXPECT_EQ(parse(to_toml(sets)), sets);
  const auto law = parse(kSmall, {"feature_probability={ power_law = [0.5, 2] }"});
  EXPECT_EQ(law.feature_probability(), (std::vector<float>{0.5F, 0.125F, static_cast<float>(0.5 / 9)}));
  EXPECT_EQ(parse(to_toml(law)), law);
}

TEST(ExperimentRefuses, Data) {
  expect_refused(
      {{"[data]\nfeature_probability = 0",
        "5:23: [data] feature_probability: expected a number from 1e-06 to 1, got 0"},
       {"[data]\nfeature_probability = 1.01",
        "5:23: [data] feature_probability: expected a number from 1e-06 to 1, got 1.01"},
       {"[data]\nfeature_probability = nan",
        "5:23: [data] feature_probability: expected a number from 1e-06 to 1, got nan"},
       {"[data]\nfeature_probability = 1e-60",  // 0 as float32
        "5:23: [data] feature_probability: expected a number from 1e-06 to 1, got 1e-60"},
       {"[data]\nfeature_probability = []",
        "5:23: [data] feature_probability: expected 1 numbers (n_instances), got 0"},
       {"n_instances = 3\n[data]\nfeature_probability = [0.5, 0.5, 2]",
        "6:34: [data] feature_probability[2]: expected a number from 1e-06 to 1, got 2"},
       {"n_instances = 3\n[data]\nfeature_probability = [0.5, 'x', 2]",
        "6:29: [data] feature_probability[1]: expected a number from 1e-06 to 1, got \"x\""},
       {"n_instances = 3\n[data]\nfeature_probability = { geometric = [1, 0] }",
        "6:41: [data] feature_probability geometric[1]: expected a number from 1e-06 to 1, got 0"},
       {"n_instances = 3\n[data]\nfeature_probability = { power = 1.5 }",
        "6:33: [data] feature_probability power: expected a number from 1e-06 to 1, got 1.5"},
       {"n_instances = 101\n[data]\nfeature_probability = { power = 0.1 }",
        "6:23: [data] feature_probability: expected a rule whose every value is a number from 1e-06 to 1, "
        "got "
        "1e-07 for instance 7"},
       {"[data]\nimportance = [1, 2]", "5:14: [data] importance: expected 3 numbers (n_features), got 2"},
       {"[data]\nimportance = [1, 2, -3]",
        "5:21: [data] importance[2]: expected a finite number of at least 0, got -3"},
       {"[data]\nimportance = [1, 2, inf]",
        "5:21: [data] importance[2]: expected a finite number of at least 0, got inf"},
       {"[data]\nimportance = [1, [2], 3]",
        "5:18: [data] importance[1]: expected a finite number of at least 0, got an array of 1"},
       {"[data]\nimportance = [[1, 2, 3], [1, 2, 3]]",
        "5:14: [data] importance: expected 1 rows (n_instances), got 2"},
       {"n_instances = 2\n[data]\nimportance = [[1, 2, 3], [1, 2]]",
        "6:26: [data] importance[1]: expected 3 numbers (n_features), got 2"},
       {"n_instances = 2\n[data]\nimportance = [[1, 2, 3], 4]",
        "6:26: [data] importance[1]: expected an array, got 4"},
       {"n_instances = 2\n[data]\nimportance = [[1, 2, 3],\n [1, 2, -1]]",
        "7:9: [data] importance[1][2]: expected a finite number of at least 0, got -1"},
       {"[data]\nimportance = 1e39",
        "5:14: [data] importance: expected a finite number of at least 0, got 1e+39"},
       {"[data]\nimportance = { power = 1e30 }",
        "5:14: [data] importance: expected a rule whose every value is a finite number of at least "
        "0, got "
        "inf for feature 2"},
       {"[data]\nimportance = { geometric = [0, 1] }",
        "5:29: [data] importance geometric[0]: expected a finite number above 0, got 0"},
       {"[data]\nimportance = { linear = [1] }",
        "5:25: [data] importance linear: expected 2 numbers (first and last), got 1"},
       {"[data]\nimportance = { linear = 1 }", "5:25: [data] importance linear: expected an array, got 1"},
       {"[data]\nimportance = { exponential = 1 }",
        "5:16: [data] importance: unknown key `exponential`; known: geometric, linear, power, power_law"},
       {"[data]\nimportance = { linaer = [1, 2] }",
        "5:16: [data] importance: unknown key `linaer`; did you mean `linear`?"},
       {"[data]\nfeature_probability = { geometrc = [1, 0.5] }",
        "5:25: [data] feature_probability: unknown key `geometrc`; did you mean `geometric`?"},
       {"[data]\nimportance = {}",
        "5:14: [data] importance: expected { geometric = [first, last] }, { linear = [first, last] }, "
        "{ power = ratio } or { power_law = [first, exponent] }, got a table of 0 keys"},
       {"[data]\nimportance = { power = 1, linear = [1, 1] }",
        "5:14: [data] importance: expected { geometric = [first, last] }, { linear = [first, last] }, "
        "{ power = ratio } or { power_law = [first, exponent] }, got a table of 2 keys"},
       {"[data]\nimportance = 'high'",
        "5:14: [data] importance: expected a number, an array of numbers, an array of arrays, { "
        "geometric = "
        "[first, last] }, { linear = [first, last] }, { power = ratio } or { power_law = [first, exponent] "
        "}, got \"high\""}});
}

TEST(ExperimentRefuses, Keys) {
  expect_refused(
      {{"n_instanses = 4", "4:1: [model]: unknown key `n_instanses`; did you mean `n_instances`?"},
       {"steps = 4", "4:1: [model]: unknown key `steps`; it belongs in [train]"},
       {"name = 'x'", "4:1: [model]: unknown key `name`; it belongs at the top, above the tables"},
       {"colour = 4",
        "4:1: [model]: unknown key `colour`; known: kind, n_features, n_hidden, n_instances, init"},
       {"[data]\nsparsity = 0.9",
        "5:1: [data]: unknown key `sparsity`; here it is `feature_probability = 1 - sparsity`"},
       {"[data]\nS = 0.9", "5:1: [data]: unknown key `S`; here it is `feature_probability = 1 - S`"},
       {"[train]\nlearning_rate = 0.9", "5:1: [train]: unknown key `learning_rate`; here it is `lr`"},
       {"[train]\nstep = 4", "5:1: [train]: unknown key `step`; did you mean `steps`?"},
       {"[training]\nsteps = 4", "4:2: unknown table [training]; known: [model], [data], [train], [record]"},
       {"[trian]\nsteps = 4", "4:2: unknown table [trian]; did you mean [train]?"},
       {"[data.importance.rule]\npower = 1",
        "4:18: [data] importance: unknown key `rule`; known: geometric, linear, power, power_law"},
       {"[[train]]\nsteps = 4", "4:1: [train]: expected a table, got an array of 1"}});
}

TEST(Experiment, RefusesWhatStandsAtTheTop) {
  EXPECT_EQ(message("nmae = 'x'\n" + std::string(kSmall)),
            "intro.toml:1:1: unknown key `nmae`; did you mean `name`?");
  EXPECT_EQ(message("steps = 5\n" + std::string(kSmall)),
            "intro.toml:1:1: unknown key `steps`; it belongs in [train]");
  EXPECT_EQ(message("name = 5\n" + std::string(kSmall)), "intro.toml:1:8: name: expected a string, got 5");
  EXPECT_EQ(message("train = 5\n" + std::string(kSmall)), "intro.toml:1:9: [train]: expected a table, got 5");
}

TEST(Experiment, RefusesMissingSizesAtTheirTable) {
  EXPECT_EQ(message("\n\n[model]\nn_hidden = 2"),
            "intro.toml:3:1: [model] n_features: expected a whole number above 0, got nothing");
  EXPECT_EQ(message("\n[model]\nn_features = 2"),
            "intro.toml:2:1: [model] n_hidden: expected a whole number above 0, got nothing");
  EXPECT_EQ(message(""), "intro.toml:1:1: [model] n_features: expected a whole number above 0, got nothing");
  EXPECT_EQ(message("", {"n_hidden=3"}),
            "intro.toml:1:1: [model] n_features: expected a whole number above 0, got nothing");
}

TEST(Experiment, RefusesWhatIsNotToml) {
  EXPECT_PRED2(starts_with, message("[model]\nn_features = \nn_hidden = 2"), "intro.toml:2:14: not TOML: ");
  EXPECT_PRED2(starts_with, message("[model]\nn_features = 1\nn_features = 2"), "intro.toml:3:");
  EXPECT_PRED2(starts_with, message("[model"), "intro.toml:1:7: not TOML: ");
  EXPECT_PRED2(starts_with, message("name = \"\xFF\""), "intro.toml:1:");
  EXPECT_PRED2(starts_with, message(std::string("name = \"\0\"", 10)), "intro.toml:1:");
  for (const char* text : {"[model]\nn_features = ", "a = '''\n\n", "\x01", "x = [1,\n2"}) {
    EXPECT_EQ(message(text).find('\n'), std::string::npos);
  }
}

TEST(Experiment, RefusesWhatDoesNotFitInMemory) {
  const std::string text = "[model]\nn_features = 1000000\nn_hidden = 1000000\n";
  EXPECT_PRED2(starts_with, message(text),
               "intro.toml:1:1: [model]: expected an experiment that fits in the ");
  EXPECT_PRED2(contains, message(text), " of memory that this process may use, got one that needs 109 TiB (");
  EXPECT_PRED2(contains, message(text), "n_features 1000000 x n_hidden 1000000");
  // Rules are not expanded first, nor do sizes wrap around.
  const std::string rules =
      "[data]\nimportance = { power = 0.9 }\nfeature_probability = { linear = [1, 0.5] }\n";
  EXPECT_PRED2(
      contains,
      message("[model]\nn_features = 2147483647\nn_hidden = 2147483647\nn_instances = 2147483647\n" + rules),
      "memory");
  EXPECT_PRED2(starts_with, message(kSmall, {"seed=1", "n_instances=2000000000"}),
               "n_instances=2000000000: [model] n_instances: expected an experiment that fits");
  EXPECT_PRED2(starts_with, message(kSmall, {"restarts=16777215", "steps=4000000000", "every=1"}),
               "restarts=");
}

TEST(Experiment, OverridesReplaceWhatTheFileSays) {
  const std::string text = std::string(kSmall) + "[train]\nsteps = 5\nseed = 1\n";
  const Experiment e = parse(text, {"train.steps=6", "seed=2", "lr = 1", "data.importance={power=0.9}",
                                    "schedule=cosine", "name=my run", "steps=7", "init={normal=2}"});
  EXPECT_EQ(e.train.steps, 7);
  EXPECT_EQ(e.train.seed, 2U);
  EXPECT_EQ(e.train.lr, 1.0);
  EXPECT_EQ(e.train.schedule, Schedule::kCosine);
  EXPECT_EQ(e.data.importance, Values(Power{0.9}));
  EXPECT_EQ(e.model.init.std, 2);
  EXPECT_EQ(e.name, "my run");
  EXPECT_EQ(parse(text, {"name=\"5\""}).name, "5");
  EXPECT_EQ(parse(text, {"name=a=b # c"}).name, "a=b # c");
  EXPECT_EQ(parse(text, {"name="}).name, "");
  EXPECT_EQ(parse(text, {"name=1\ntrain.steps = 3"}).name, "1\ntrain.steps = 3");
  EXPECT_EQ(parse(text, {"name=1\ntrain.steps = 3"}).train.steps, 5);
}

TEST(Experiment, BadOverridesAreNamed) {
  const auto refused = [](const std::string& override) { return message(kSmall, {override}); };
  EXPECT_EQ(refused("train.steps=abc"),
            "train.steps=abc: [train] steps: expected a whole number above 0, got \"abc\"");
  EXPECT_EQ(refused("steps=0"), "steps=0: [train] steps: expected a whole number above 0, got 0");
  EXPECT_EQ(refused("importance=[1, 2, -1]"),
            "importance=[1, 2, -1]: [data] importance[2]: expected a finite number of at least 0, got -1");
  EXPECT_EQ(refused("importance={power=-1}"),
            "importance={power=-1}: [data] importance power: expected a finite number of at least 0, got -1");
  EXPECT_EQ(refused("steps"), "steps: expected KEY=VALUE");
  EXPECT_EQ(refused("sets=[{corelated=[0,1]}]"),
            "sets=[{corelated=[0,1]}]: [data] sets[0]: unknown key `corelated`; did you mean `correlated`?");
  EXPECT_EQ(refused("importance={linaer=[1,2]}"),
            "importance={linaer=[1,2]}: [data] importance: unknown key `linaer`; did you mean `linear`?");
  EXPECT_EQ(refused("train.step=1"), "train.step=1: unknown key `train.step`; did you mean `train.steps`?");
  EXPECT_EQ(refused("step=1"), "step=1: unknown key `step`; did you mean `steps`?");
  EXPECT_EQ(refused("model.steps=1"),
            "model.steps=1: unknown key `model.steps`; did you mean `train.steps`?");
  EXPECT_EQ(refused("data.sparsity=0.9"),
            "data.sparsity=0.9: unknown key `data.sparsity`; here it is `feature_probability = 1 - "
            "sparsity`");
  EXPECT_EQ(refused("S=0.9"), "S=0.9: unknown key `S`; here it is `feature_probability = 1 - S`");
  EXPECT_EQ(refused("=1"), "=1: expected KEY=VALUE");
  EXPECT_EQ(refused(" = 1"), " = 1: expected KEY=VALUE");
  EXPECT_PRED2(starts_with, refused("importance=[1, 2"), "importance=[1, 2: not a TOML value: ");
  EXPECT_EQ(refused("steps=1\n2"),
            "steps=1\\u000A2: [train] steps: expected a whole number above 0, got "
            "\"1\\u000A2\"");
  // What the file says may be at fault because of an override.
  EXPECT_EQ(message(std::string(kSmall) + "[data]\nimportance = [1, 2, 3]\n", {"n_features=4"}),
            "intro.toml:5:14: [data] importance: expected 4 numbers (n_features), got 3");
  EXPECT_EQ(message("train = 5\n" + std::string(kSmall), {"steps=4"}),
            "intro.toml:1:9: [train]: expected a table, got 5");
}

}  // namespace
}  // namespace superpose
