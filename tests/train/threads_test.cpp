// What the headers say about threads. ThreadSanitizer (preset tsan) finds what contradicts them.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "superpose/models/apply.h"
#include "superpose/train/history.h"
#include "superpose/train/trainer.h"

namespace superpose {
namespace {

constexpr Shape kShape{.n_instances = 4, .n_features = 5, .n_hidden = 2};

Ensemble ensemble() {
  return {.shape = kShape,
          .data = FeatureDistribution(std::vector<float>(20, 0.3F), 5),
          .importance = std::vector<float>(20, 1.0F)};
}

std::vector<float> trained(int threads, const BatchSource& source = {}) {
  Ensemble what = ensemble();
  what.source = source;
  Trainer trainer(std::move(what), {.steps = 60, .batch_size = 70, .seed = 3}, threads);
  History history;
  trainer.observe(7, [&](const Observation& seen) { history.record_with_parameters(seen); });
  trainer.run();
  std::vector<float> all = trainer.result().loss;
  all.insert(all.end(), history.loss.begin(), history.loss.end());
  return all;
}

TEST(Threads, TrainersDoNotShareAnything) {
  const std::vector<float> expected = trained(1);
  std::vector<std::vector<float>> losses(3);
  std::vector<std::thread> threads;
  for (auto& loss : losses) threads.emplace_back([&loss] { loss = trained(2); });
  for (std::thread& thread : threads) thread.join();
  for (const auto& loss : losses) EXPECT_EQ(loss, expected);
}

TEST(Threads, AnotherMayAskToStopAndLookAtWhatNeverChanges) {
  Trainer trainer(ensemble(), {.steps = 0xFFFFFFFF, .batch_size = 64}, 2);
  std::atomic<std::int64_t> seen = -1;
  trainer.observe(50, [&](const Observation& now) { seen = now.step; });
  StopSource stop;
  bool finished = true;
  std::thread training([&, token = stop.get_token()] { finished = trainer.run(token); });
  while (seen < 200) {
    EXPECT_EQ(trainer.ensemble().shape, kShape);
    EXPECT_EQ(trainer.ensemble().data.marginal_probability().size(), 20U);
    EXPECT_EQ(trainer.options().batch_size, 64);
    EXPECT_EQ(trainer.members().size(), 4);
    EXPECT_FALSE(stop.stop_requested());
  }
  stop.request_stop();
  training.join();
  EXPECT_FALSE(finished);
  EXPECT_GT(trainer.state().step, 200) << "the state belongs to this thread now";
}

TEST(Threads, CallbacksComeFromTheOneThatTrains) {
  Ensemble what = ensemble();
  std::vector<std::thread::id> callers;
  const auto note = [&] { callers.push_back(std::this_thread::get_id()); };
  what.data = {};
  what.source.fill = [&](const BatchRequest&, const Batch& batch) {
    std::ranges::fill(batch.x, 0.5F);
    note();
  };
  Trainer trainer(std::move(what), {.steps = 20, .batch_size = 64}, 3);
  trainer.observe(1, [&](const Observation&) { note(); });
  trainer.look_up(note);
  std::thread::id expected;
  std::thread training([&] {
    expected = std::this_thread::get_id();
    static_cast<void>(trainer.finish());
  });
  training.join();
  EXPECT_GE(callers.size(), 60U);
  EXPECT_EQ(std::ranges::count(callers, expected), std::ssize(callers));
}

TEST(Threads, TrainersMayShareASourceThatIsSafe) {
  std::atomic<int> calls = 0;
  const BatchSource source{.fill = [&](const BatchRequest& request, const Batch& batch) {
    ++calls;
    std::ranges::fill(batch.x, static_cast<float>(request.step % 7) / 7);
  }};
  const std::vector<float> expected = trained(1, source);
  std::vector<float> other;
  std::thread thread([&] { other = trained(2, source); });
  const std::vector<float> own = trained(2, source);
  thread.join();
  EXPECT_EQ(own, expected);
  EXPECT_EQ(other, expected);
  EXPECT_EQ(calls, 3 * (60 + 64)) << "steps and batches of the evaluation";
}

TEST(Threads, SeveralMayReadOneModel) {
  Trainer trainer(ensemble(), {.steps = 20, .batch_size = 64}, 1);
  trainer.run();
  const Model& model = trainer.state().model;
  const std::vector<float> x(3 * 20, 0.5F);
  std::vector<std::vector<float>> outputs(3, std::vector<float>(x.size()));
  std::vector<std::thread> threads;
  for (auto& output : outputs) threads.emplace_back([&] { apply(model, x, output); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(outputs[0], outputs[1]);
  EXPECT_EQ(outputs[0], outputs[2]);
}

}  // namespace
}  // namespace superpose
