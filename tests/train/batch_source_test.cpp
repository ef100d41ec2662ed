#include "superpose/train/batch_source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/core/random.h"
#include "superpose/train/trainer.h"
#include "tests/message_of.h"

namespace superpose {
namespace {

constexpr Shape kShape{.n_instances = 3, .n_features = 4, .n_hidden = 2};
constexpr TrainOptions kOptions{.steps = 40, .batch_size = 70, .lr = 1e-2, .seed = 5};

/// All features are active: the engine draws a word for each.
FeatureDistribution dense() {
  return {std::vector<float>(12, 1.0F), 4};
}

Ensemble ensemble(BatchSource source = {}) {
  return {.kind = ModelKind::kReluOutput,
          .shape = kShape,
          .data = dense(),
          .importance = std::vector<float>(12, 1.0F),
          .source = std::move(source)};
}

/// What the engine would draw.
void draw(const BatchRequest& request, const Batch& batch) {
  const FeatureDistribution data = dense();
  const auto stream = request.evaluation ? Stream::kEvaluation : Stream::kTraining;
  const auto n = static_cast<std::size_t>(request.batch_size);
  for (std::uint32_t i = 0; i < 3; ++i) {
    const auto x =
        data.batch(stream_key(kOptions.seed, stream), i, static_cast<std::uint32_t>(request.step), n);
    for (std::size_t s = 0; s < n; ++s)
      std::copy_n(x.begin() + static_cast<std::ptrdiff_t>(s * 4), 4,
                  batch.x.begin() + static_cast<std::ptrdiff_t>((s * 3 + i) * 4));
  }
}

std::vector<float> parameters(const Trainer& trainer) {
  const Model& model = trainer.state().model;
  std::vector<float> all(model.W().begin(), model.W().end());
  all.insert(all.end(), model.b_final().begin(), model.b_final().end());
  return all;
}

TEST(BatchSource, ThatDrawsAsTheEngineDoesGivesTheSameBits) {
  Trainer sampled(ensemble(), kOptions, 1);
  sampled.run();
  for (const int threads : {1, 2, 3}) {
    Trainer given(ensemble({.fill = draw}), kOptions, threads);
    given.run();
    EXPECT_EQ(parameters(sampled), parameters(given)) << threads << " threads";
    const auto expected = sampled.evaluate(), loss = given.evaluate();
    for (std::size_t i = 0; i < loss.size(); ++i) EXPECT_NEAR(loss[i], expected[i], 1e-6F * expected[i]);
  }
}

TEST(BatchSource, IsAskedOnceAStepWhateverTheRestarts) {
  std::vector<std::int64_t> steps;
  TrainOptions options = kOptions;
  options.restarts = 3;
  Trainer trainer(ensemble({.fill =
                                [&](const BatchRequest& request, const Batch& batch) {
                                  EXPECT_EQ(batch.x.size(), 70U * 12);
                                  EXPECT_TRUE(batch.target.empty());
                                  steps.push_back(request.step);
                                  draw(request, batch);
                                }}),
                  options, 2);
  trainer.run();
  ASSERT_EQ(steps.size(), 40U);
  for (std::size_t i = 0; i < steps.size(); ++i) EXPECT_EQ(steps[i], static_cast<std::int64_t>(i));
}

TEST(BatchSource, MayGiveTargets) {
  // Every output is to be its neighbour's input: no instance of tied weights and 2 dimensions can, but the
  // biases can be right on average.
  const BatchSource source{.fill =
                               [](const BatchRequest& request, const Batch& batch) {
                                 draw(request, batch);
                                 std::ranges::fill(batch.target, 0.75F);
                               },
                           .gives_targets = true};
  TrainOptions options = kOptions;
  options.steps = 1500;
  options.optimizer.weight_decay = 0;
  Trainer trainer(ensemble(source), options, 1);
  trainer.run();
  for (const float loss : trainer.evaluate()) EXPECT_LT(loss, 1e-3F);
  for (const float b : trainer.state().model.b_final()) EXPECT_NEAR(b, 0.75F, 0.1F);
}

TEST(BatchSource, StoppedAndResumedGivesTheSameBits) {
  Trainer whole(ensemble({.fill = draw}), kOptions, 2);
  whole.run();
  Trainer first(ensemble({.fill = draw}), kOptions, 1);
  EXPECT_TRUE(first.run_until(17));
  EXPECT_EQ(first.state().step, 17);
  Trainer second(ensemble({.fill = draw}), kOptions, 2);
  second.restore(first.state());
  EXPECT_TRUE(second.run());
  EXPECT_EQ(parameters(whole), parameters(second));
}

TEST(BatchSource, ThatThrowsLeavesTheStepsBefore) {
  const BatchSource source{.fill = [](const BatchRequest& request, const Batch& batch) {
    if (request.step == 9) throw std::runtime_error("no more data");
    draw(request, batch);
  }};
  Trainer trainer(ensemble(source), kOptions, 2);
  EXPECT_THROW(trainer.run(), std::runtime_error);
  EXPECT_EQ(trainer.state().step, 9);
  TrainOptions short_options = kOptions;
  short_options.steps = 9;
  Trainer nine(ensemble(), short_options, 1);
  nine.run();
  EXPECT_EQ(parameters(nine), parameters(trainer));
}

TEST(BatchSource, NeedsNoDistribution) {
  Ensemble without = ensemble({.fill = draw});
  without.data = {};
  Trainer with(ensemble({.fill = draw}), kOptions, 2), alone(without, kOptions, 2);
  with.run();
  alone.run();
  EXPECT_EQ(parameters(with), parameters(alone));
  EXPECT_EQ(with.evaluate(), alone.evaluate());
}

TEST(BatchSource, MustGiveFiniteNumbers) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  // What is said when this number of the batch of step 9, or of that evaluation batch, is not finite.
  const auto complaint = [](float number, std::size_t at, bool of_target, bool evaluation) {
    const BatchSource source{.fill =
                                 [=](const BatchRequest& request, const Batch& batch) {
                                   draw(request, batch);
                                   std::ranges::fill(batch.target, 0.75F);
                                   if (request.step != 9 || request.evaluation != evaluation) return;
                                   (of_target ? batch.target : batch.x)[at] = number;
                                 },
                             .gives_targets = true};
    Trainer trainer(ensemble(source), kOptions, 1);
    const std::string message = message_of<InvalidRequest>([&] {
      trainer.run();
      static_cast<void>(trainer.evaluate());
    });
    EXPECT_EQ(trainer.state().step, evaluation || std::isfinite(number) ? 40 : 9)
        << "the steps before are there";
    return message;
  };
  EXPECT_EQ(complaint(std::nanf(""), 2 * 12 + 1 * 4 + 3, false, false),
            "source's x: expected finite numbers, got nan (step 9, sample 2, instance 1, feature 3)");
  EXPECT_EQ(complaint(-kInf, 69 * 12 + 11, false, false),
            "source's x: expected finite numbers, got -inf (step 9, sample 69, instance 2, feature 3)");
  EXPECT_EQ(complaint(kInf, 0, true, false),
            "source's target: expected finite numbers, got inf (step 9, sample 0, instance 0, feature 0)");
  EXPECT_EQ(complaint(std::nanf(""), 1023 * 12, false, true),
            "source's x: expected finite numbers, got nan (evaluation batch 9, sample 1023, instance 0, "
            "feature 0)");
  EXPECT_EQ(complaint(-std::numeric_limits<float>::max(), 5, false, false), "(nothing thrown)");
}

TEST(Trainer, TakesFactorsOnTheLearningRate) {
  std::vector<double> linear;
  for (std::int64_t step = 0; step < kOptions.steps; ++step)
    linear.push_back(schedule_factor(Schedule::kLinear, step, kOptions.steps));
  Trainer scaled(ensemble(), kOptions, 1);
  scaled.scale_lr(linear);
  scaled.run();
  TrainOptions options = kOptions;
  options.schedule = Schedule::kLinear;
  Trainer scheduled(ensemble(), options, 1);
  scheduled.run();
  EXPECT_EQ(parameters(scaled), parameters(scheduled));

  EXPECT_THROW(scaled.scale_lr({1.0}), InvalidRequest);
  linear[3] = std::nan("");
  EXPECT_THROW(scaled.scale_lr(linear), InvalidRequest);
}

TEST(Trainer, IsEndedByWhatItsLookThrows) {
  Trainer trainer(ensemble(), kOptions, 2);
  int looks = 0;
  trainer.look_up([&] { throw std::runtime_error("interrupted"); });
  EXPECT_THROW(trainer.run(), std::runtime_error);
  EXPECT_EQ(trainer.state().step, 0);
  EXPECT_THROW(static_cast<void>(trainer.evaluate()), std::runtime_error);
  trainer.look_up([&] { ++looks; });
  EXPECT_TRUE(trainer.run());
  const int while_training = looks;
  EXPECT_GT(while_training, 0);
  static_cast<void>(trainer.evaluate());
  EXPECT_GT(looks, while_training);
}

}  // namespace
}  // namespace superpose
