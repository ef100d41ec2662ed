#include "superpose/train/trainer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

#include "superpose/core/error.h"
#include "superpose/data/values.h"

namespace superpose {
namespace {

/// The intro experiment's ensemble: 5 features in 2 dimensions, from dense to sparse.
Ensemble intro(std::int64_t n_instances = 10) {
  auto probability = expand(Geometric{1.0, 0.05}, Axis::kInstances, 10, 5);
  probability.resize(static_cast<std::size_t>(n_instances) * 5);
  return {.kind = ModelKind::kReluOutput,
          .shape = {.n_instances = n_instances, .n_features = 5, .n_hidden = 2},
          .data = FeatureDistribution(probability, 5),
          .importance = expand(Power{0.9}, Axis::kFeatures, n_instances, 5)};
}

/// W and b_final of the first n instances.
std::vector<float> parameters(const Model& model, std::int64_t n) {
  std::vector<float> all;
  for (std::int64_t i = 0; i < n; ++i) {
    all.insert(all.end(), model.W(i).begin(), model.W(i).end());
    all.insert(all.end(), model.b_final(i).begin(), model.b_final(i).end());
  }
  return all;
}

TEST(Trainer, GivesTheSameBitsForAnyNumberOfThreads) {
  const TrainOptions options{.steps = 120, .batch_size = 70, .seed = 9, .restarts = 2};
  Trainer one(intro(), options, 1);
  one.run();
  for (const int threads : {2, 3, 7}) {
    Trainer other(intro(), options, threads);
    other.run();
    EXPECT_EQ(parameters(one.state().model, 20), parameters(other.state().model, 20))
        << threads << " threads";
    EXPECT_EQ(one.evaluate(), other.evaluate()) << threads << " threads";
  }
}

TEST(Trainer, FinishesWithTheResult) {
  const TrainOptions options{.steps = 20, .batch_size = 16, .restarts = 2};
  Trainer one(intro(3), options, 2), other(intro(3), options, 2);
  const std::atomic<bool> stop = false;
  const auto trained = one.finish(&stop);
  ASSERT_TRUE(trained);
  other.run();
  EXPECT_EQ(trained->loss, other.result().loss);
  EXPECT_EQ(parameters(trained->model, 3), parameters(other.result().model, 3));
}

TEST(Trainer, StopsBeforeTheLossesToo) {
  std::atomic<bool> stop = true;
  Trainer trainer(intro(3), {.steps = 20, .batch_size = 16}, 2);
  EXPECT_FALSE(trainer.finish(&stop));
  EXPECT_EQ(trainer.state().step, 0);

  stop = false;
  trainer.observe(1,
                  [&](const Observation& observation) { stop = observation.step + 1 == observation.steps; });
  EXPECT_FALSE(trainer.finish(&stop));
  EXPECT_EQ(trainer.state().step, 20) << "only the losses are missing";
  stop = false;
  EXPECT_TRUE(trainer.finish(&stop));
}

TEST(Trainer, NeighboursDoNotMatter) {
  const TrainOptions options{.steps = 50, .batch_size = 64};
  Trainer all(intro(10), options, 2);
  Trainer few(intro(3), options, 2);
  all.run();
  few.run();
  EXPECT_EQ(parameters(all.state().model, 3), parameters(few.state().model, 3));
}

TEST(Trainer, ObserversDoNotMatterAndSeeTheirSteps) {
  const TrainOptions options{.steps = 25, .batch_size = 32, .lr = 0.5, .schedule = Schedule::kLinear};
  Trainer silent(intro(2), options, 1);
  silent.run();

  Trainer watched(intro(2), options, 1);
  std::vector<std::int64_t> tens, sevens;
  std::vector<double> rates;
  watched.observe(10, [&](const Observation& o) {
    tens.push_back(o.step);
    rates.push_back(o.lr);
    EXPECT_EQ(o.steps, 25);
    EXPECT_EQ(o.loss.size(), 2U);
    EXPECT_EQ(&o.model, &watched.state().model);
    EXPECT_EQ(watched.state().step, o.step + 1);
  });
  watched.observe(7, [&](const Observation& o) { sevens.push_back(o.step); });
  EXPECT_TRUE(watched.run());
  EXPECT_EQ(tens, (std::vector<std::int64_t>{0, 10, 20, 24}));
  EXPECT_EQ(sevens, (std::vector<std::int64_t>{0, 7, 14, 21, 24}));
  EXPECT_DOUBLE_EQ(rates[1], 0.5 * (1 - 10.0 / 25));
  EXPECT_EQ(parameters(silent.state().model, 2), parameters(watched.state().model, 2));
  EXPECT_THROW(watched.observe(0, [](const Observation&) {}), InvalidRequest);
}

TEST(Trainer, MeasuresTheLossForThoseWhoWantIt) {
  Trainer trainer(intro(2), {.steps = 20, .batch_size = 32}, 1);
  std::vector<std::int64_t> with, without;
  trainer.observe(6, [](const Observation& o) { EXPECT_EQ(o.loss.size(), 2U); });
  trainer.observe(
      4, [&](const Observation& o) { (o.loss.empty() ? without : with).push_back(o.step); }, false);
  trainer.run();
  EXPECT_EQ(with, (std::vector<std::int64_t>{0, 12, 19}));
  EXPECT_EQ(without, (std::vector<std::int64_t>{4, 8, 16}));
}

TEST(Trainer, StopsAndGoesOnToTheSameBits) {
  const TrainOptions options{.steps = 40, .batch_size = 32};
  Trainer whole(intro(3), options, 1);
  whole.run();

  std::atomic<bool> stop = false;
  Trainer first(intro(3), options, 1);
  first.observe(13, [&](const Observation& o) { stop = o.step == 13; });
  EXPECT_FALSE(first.run(&stop));
  EXPECT_EQ(first.state().step, 14);

  Trainer second(intro(3), options, 2);
  second.restore(first.state());
  EXPECT_TRUE(second.run());
  EXPECT_EQ(parameters(whole.state().model, 3), parameters(second.state().model, 3));

  Trainer other(intro(2), options, 1);
  EXPECT_THROW(other.restore(first.state()), InvalidRequest);
}

TEST(Trainer, KeepsTheBestRestart) {
  Trainer trainer(intro(10), {.steps = 60, .batch_size = 64, .lr = 3e-2, .restarts = 5}, 2);
  trainer.run();
  const auto losses = trainer.evaluate();
  const TrainedModel result = trainer.result();
  ASSERT_EQ(losses.size(), 50U);
  for (std::int64_t i = 0; i < 10; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const auto first = losses.begin() + i * 5;
    EXPECT_EQ(result.loss[at], *std::min_element(first, first + 5));
    EXPECT_EQ(result.loss[at], *(first + result.kept_restart[at]));
    EXPECT_TRUE(
        std::ranges::equal(result.model.W(i), trainer.state().model.W(i * 5 + result.kept_restart[at])));
  }
  EXPECT_NE(std::ranges::count(result.kept_restart, 0), 10) << "some other restart must win sometimes";
}

TEST(Trainer, TheFirstRestartIsTheRunWithoutRestarts) {
  Trainer single(intro(2), {.steps = 20, .batch_size = 64}, 1);
  Trainer several(intro(2), {.steps = 20, .batch_size = 64, .restarts = 3}, 1);
  single.run();
  several.run();
  EXPECT_TRUE(std::ranges::equal(single.state().model.W(1), several.state().model.W(3)));
  EXPECT_FALSE(std::ranges::equal(several.state().model.W(3), several.state().model.W(4)));
}

TEST(Trainer, ARestartThatIsNotFiniteNeverWins) {
  Trainer trainer(intro(2), {.steps = 2, .batch_size = 16, .restarts = 3}, 1);
  trainer.run();
  TrainerState broken = trainer.state();
  broken.model.W(0)[0] = std::numeric_limits<float>::quiet_NaN();
  for (std::int64_t member = 3; member < 6; ++member)
    broken.model.W(member)[0] = std::numeric_limits<float>::infinity();
  trainer.restore(broken);
  const TrainedModel result = trainer.result();
  EXPECT_NE(result.kept_restart[0], 0);
  EXPECT_TRUE(std::isfinite(result.loss[0]));
  EXPECT_FALSE(std::isfinite(result.loss[1])) << "reported, where no restart is finite";
}

// [P]: the linear model's loss, a sum over features there and a mean here.
TEST(Trainer, LinearModelReachesItsMinimum) {
  constexpr int n = 20, m = 5;
  const auto importance = expand(Power{0.7}, Axis::kFeatures, 1, n);
  Trainer trainer({.kind = ModelKind::kLinear,
                   .shape = {.n_instances = 1, .n_features = n, .n_hidden = m},
                   .data = FeatureDistribution(std::vector<float>(n, 1.0F), n),
                   .importance = importance},
                  {.steps = 10000}, 1);
  trainer.run();
  double minimum = 0;
  for (std::size_t i = m; i < n; ++i) minimum += (1.0 / 3 - 1.0 / 4) * static_cast<double>(importance[i]) / n;
  const double loss = static_cast<double>(trainer.result().loss[0]);
  EXPECT_NEAR(loss, minimum, 0.01 * minimum);
}

TEST(Trainer, SaysWhatIsWrongWithItsArguments) {
  EXPECT_THROW(Trainer(intro(2), {.steps = 0}), InvalidRequest);
  EXPECT_THROW(Trainer(intro(2), {.batch_size = 0}), InvalidRequest);
  EXPECT_THROW(Trainer(intro(2), {.restarts = 0}), InvalidRequest);
  Ensemble short_importance = intro(2);
  short_importance.importance.pop_back();
  EXPECT_THROW(Trainer(short_importance, {}), InvalidRequest);
  Ensemble other_data = intro(2);
  other_data.shape.n_features = 4;
  try {
    Trainer trainer(other_data, {});
    FAIL();
  } catch (const InvalidRequest& error) {
    EXPECT_STREQ(error.what(), "feature_probability: expected a table of 2 x 4, got 2 x 5");
  }
}

}  // namespace
}  // namespace superpose
