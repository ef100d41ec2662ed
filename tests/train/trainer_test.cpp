#include "superpose/train/trainer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cfenv>
#include <cmath>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/data/values.h"
#include "superpose/kernels/backend.h"
#include "superpose/train/history.h"
#include "tests/core/flushed_denormals.h"
#include "tests/message_of.h"

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

/// The CPU's, and how often it was asked for a session.
class CountingBackEnd final : public kernels::BackEnd {
 public:
  [[nodiscard]] std::string_view name() const override { return "counting"; }
  [[nodiscard]] std::vector<std::string> targets() const override { return cpu_.targets(); }
  [[nodiscard]] std::unique_ptr<kernels::Session> open(kernels::SessionOptions options) const override {
    ++sessions;
    return cpu_.open(std::move(options));
  }
  [[nodiscard]] kernels::Most most(const kernels::Step& step, std::size_t batch_size) const override {
    const kernels::Most most = cpu_.most(step, batch_size);
    return {.step_seconds = 2 * most.step_seconds, .scratch_bytes = 3 * most.scratch_bytes};
  }

  mutable int sessions = 0;

 private:
  const kernels::BackEnd& cpu_ = kernels::cpu_back_end();
};

TEST(Trainer, TakesItsStepsOnTheBackEndThatItIsGiven) {
  const TrainOptions options{.steps = 20, .batch_size = 32};
  const CountingBackEnd counting;
  Trainer trainer(intro(), options, 1, {}, counting), by_default(intro(), options, 1);
  EXPECT_EQ(counting.sessions, 1);
  trainer.run();
  by_default.run();
  EXPECT_EQ(parameters(trainer.state().model, 10), parameters(by_default.state().model, 10));
  const Shape shape = intro().shape;
  EXPECT_EQ(most_step_seconds(shape, 32, counting), 2 * most_step_seconds(shape, 32));
  EXPECT_EQ(most_scratch_bytes(ModelKind::kReluOutput, shape, 32, counting),
            3 * most_scratch_bytes(ModelKind::kReluOutput, shape, 32));
}

TEST(Trainer, SaysThatItsBackEndIsNotThere) {
  const kernels::BackEnd& gpu = kernels::gpu_back_end();
  if (!gpu.targets().empty()) GTEST_SKIP() << "this machine has one";
  EXPECT_THROW(Trainer(intro(), {.steps = 1}, 1, {}, gpu), InvalidRequest);
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

// Importances down to 1e-45, and a momentum that dies away: denormal numbers throughout.
TEST(Trainer, GivesTheSameBitsWhereTheCallerFlushesDenormals) {
  const auto train = [](int threads) {
    Ensemble ensemble = intro(4);
    ensemble.importance = expand(Geometric{1e-30, 1e-45}, Axis::kFeatures, 4, 5);
    Trainer trainer(std::move(ensemble),
                    {.steps = 200, .batch_size = 32, .lr = 1e-2, .optimizer = {.kind = OptimizerKind::kSgd}},
                    threads);
    trainer.run();
    return std::pair(trainer.state(), trainer.evaluate());
  };
  const auto [state, loss] = train(1);
  const auto moments = state.moments.span();
  EXPECT_TRUE(std::ranges::any_of(moments, [](float m) { return std::fpclassify(m) == FP_SUBNORMAL; }));
  for (const int threads : {1, 3}) {
    const FlushedDenormals flushed;
    const auto [other, other_loss] = train(threads);
    EXPECT_TRUE(std::ranges::equal(std::as_bytes(moments), std::as_bytes(other.moments.span())));
    EXPECT_EQ(parameters(state.model, 4), parameters(other.model, 4));
    EXPECT_TRUE(std::ranges::equal(std::as_bytes(std::span(loss)), std::as_bytes(std::span(other_loss))));
  }
}

TEST(Trainer, CallsTheCallersCodeInTheCallersFloatingPointMode) {
  std::vector<double> rates;
  const auto train = [&] {
    rates.clear();
    std::vector<int> modes;
    Ensemble ensemble = intro(1);
    ensemble.source.fill = [&](const BatchRequest&, const Batch& batch) {
      std::ranges::fill(batch.x, 0.5F);
      modes.push_back(std::fegetround());
    };
    Trainer trainer(std::move(ensemble), {.steps = 6, .batch_size = 4, .schedule = Schedule::kCosine},
                    /*threads=*/1);
    trainer.observe(1, [&](const Observation& seen) {
      rates.push_back(seen.lr);
      modes.push_back(std::fegetround());
    });
    trainer.run();
    return modes;
  };
  train();
  const std::vector<double> expected = rates;
  if (std::fesetround(FE_DOWNWARD) != 0) GTEST_SKIP() << "this machine rounds to nearest only";
  const std::vector<int> modes = train();
  std::fesetround(FE_TONEAREST);
  EXPECT_EQ(modes, std::vector<int>(12, FE_DOWNWARD));
  EXPECT_EQ(rates, expected);
}

TEST(Trainer, FinishesWithTheResult) {
  const TrainOptions options{.steps = 20, .batch_size = 16, .restarts = 2};
  Trainer one(intro(3), options, 2), other(intro(3), options, 2);
  const auto trained = one.finish(StopSource().get_token());
  ASSERT_TRUE(trained);
  other.run();
  EXPECT_EQ(trained->loss, other.result().loss);
  EXPECT_EQ(parameters(trained->model, 3), parameters(other.result().model, 3));
}

TEST(Trainer, StopsBeforeTheLossesToo) {
  StopSource stop;
  stop.request_stop();
  Trainer trainer(intro(3), {.steps = 20, .batch_size = 16}, 2);
  EXPECT_FALSE(trainer.finish(stop.get_token()));
  EXPECT_EQ(trainer.state().step, 0);

  StopSource late;
  trainer.observe(1, [&](const Observation& observation) {
    if (observation.step + 1 == observation.steps) late.request_stop();
  });
  EXPECT_FALSE(trainer.finish(late.get_token()));
  EXPECT_EQ(trainer.state().step, 20) << "only the losses are missing";
  EXPECT_FALSE(trainer.evaluate(late.get_token()));
  EXPECT_FALSE(trainer.result(late.get_token()));
  EXPECT_TRUE(trainer.finish());
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

  StopSource stop;
  Trainer first(intro(3), options, 1);
  first.observe(13, [&](const Observation& o) {
    if (o.step == 13) stop.request_stop();
  });
  EXPECT_FALSE(first.run(stop.get_token()));
  EXPECT_EQ(first.state().step, 14);

  Trainer second(intro(3), options, 2);
  second.restore(first.state());
  EXPECT_TRUE(second.run());
  EXPECT_EQ(parameters(whole.state().model, 3), parameters(second.state().model, 3));

  Trainer other(intro(2), options, 1);
  EXPECT_THROW(other.restore(first.state()), InvalidRequest);
}

TEST(Trainer, RunsUntilAStep) {
  const TrainOptions options{.steps = 40, .batch_size = 32, .lr = 1e-2, .schedule = Schedule::kCosine};
  Trainer whole(intro(3), options, 1), cut(intro(3), options, 2);
  whole.run();
  std::vector<std::int64_t> seen;
  cut.observe(10, [&](const Observation& o) { seen.push_back(o.step); });
  for (const std::int64_t until : {0, 1, 10, 11, 12, 33, 20, 39, 1000}) {
    EXPECT_TRUE(cut.run_until(until));
    EXPECT_LE(cut.state().step, std::max<std::int64_t>(until, 33)) << "not further";
  }
  EXPECT_EQ(cut.state().step, 40);
  EXPECT_EQ(seen, (std::vector<std::int64_t>{0, 10, 20, 30, 39}));
  EXPECT_EQ(parameters(whole.state().model, 3), parameters(cut.state().model, 3));
}

/// Whether two histories have the same bits.
void expect_same(const History& a, const History& b) {
  EXPECT_EQ(a.step, b.step);
  EXPECT_EQ(a.lr, b.lr);
  EXPECT_EQ(a.loss, b.loss);
  ASSERT_EQ(a.models.size(), b.models.size());
  for (std::size_t row = 0; row < a.models.size(); ++row) {
    const std::int64_t members = a.models[row].shape().n_instances;
    EXPECT_EQ(parameters(a.models[row], members), parameters(b.models[row], members));
  }
}

// A member is an instance and a restart: parts need not end where an instance does.
TEST(Trainer, PartsJoinedGiveTheBitsOfTheWhole) {
  const TrainOptions options{
      .steps = 60, .batch_size = 48, .lr = 3e-2, .schedule = Schedule::kLinear, .seed = 4, .restarts = 3};
  const auto train = [&](Trainer& trainer, History& history) {
    trainer.observe(25, [&](const Observation& o) { history.record_with_parameters(o); });
    trainer.run();
    return trainer.evaluate();
  };
  Trainer whole(intro(5), options, 2);
  History history;
  const std::vector<float> losses = train(whole, history);

  std::vector<TrainerState> states;
  std::vector<History> histories;
  std::vector<float> joined_losses;
  for (const MemberRange members : {MemberRange{0, 4}, MemberRange{4, 5}, MemberRange{5, 15}}) {
    Trainer part(intro(5), options, 1, members);
    EXPECT_EQ(part.members(), members);
    const std::vector<float> of_part = train(part, histories.emplace_back());
    joined_losses.insert(joined_losses.end(), of_part.begin(), of_part.end());
    states.push_back(part.state());
  }
  const TrainerState joined =
      join_members(std::vector<const TrainerState*>{&states[0], &states[1], &states[2]});
  EXPECT_EQ(joined.step, 60);
  EXPECT_EQ(parameters(whole.state().model, 15), parameters(joined.model, 15));
  EXPECT_TRUE(std::ranges::equal(whole.state().moments.span(), joined.moments.span()));
  EXPECT_EQ(losses, joined_losses);
  expect_same(history,
              join_histories(std::vector<const History*>{&histories[0], &histories[1], &histories[2]}));

  const TrainedModel result = whole.result();
  const TrainedModel kept = keep_best_restarts(joined.model, joined_losses, options.restarts);
  EXPECT_EQ(result.loss, kept.loss);
  EXPECT_EQ(result.kept_restart, kept.kept_restart);
  EXPECT_EQ(result.restart_loss, kept.restart_loss);
  EXPECT_EQ(parameters(result.model, 5), parameters(kept.model, 5));
}

TEST(Trainer, PartsOfWholeInstancesHaveAResult) {
  const TrainOptions options{.steps = 20, .batch_size = 16, .restarts = 2};
  Trainer whole(intro(4), options, 2);
  const auto all = whole.finish();
  Trainer part(intro(4), options, 1, MemberRange{4, 8});
  const auto last = part.finish();
  ASSERT_TRUE(all && last);
  EXPECT_EQ(last->loss, std::vector<float>(all->loss.begin() + 2, all->loss.end()));
  EXPECT_TRUE(std::ranges::equal(last->model.W(0), all->model.W(2)));

  Trainer odd(intro(4), options, 1, MemberRange{1, 4});
  EXPECT_THROW(static_cast<void>(odd.result()), InvalidRequest);
  for (const MemberRange wrong : {MemberRange{-1, 2}, MemberRange{2, 2}, MemberRange{0, 9}})
    EXPECT_THROW(Trainer(intro(4), options, 1, wrong), InvalidRequest);
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

/// What a trainer says of its arguments.
std::string complaint(const Ensemble& ensemble, const TrainOptions& options = {}, int threads = 1) {
  return message_of<InvalidRequest>([&] { const Trainer trainer(ensemble, options, threads); });
}

TEST(Trainer, SaysWhatIsWrongWithTheEnsemble) {
  Ensemble wrong = intro(2);
  wrong.shape.n_hidden = 0;
  EXPECT_EQ(complaint(wrong), "n_hidden: expected a whole number above 0, got 0");
  wrong = intro(2);
  wrong.shape.n_features = 4;
  EXPECT_EQ(complaint(wrong), "feature_probability: expected a table of 2 x 4, got 2 x 5");
  wrong = intro(2);
  wrong.data = {};
  EXPECT_EQ(complaint(wrong), "feature_probability: expected a table of 2 x 5, got 0 x 0");
  wrong = intro(2);
  wrong.importance.pop_back();
  EXPECT_EQ(complaint(wrong), "importance: expected a table of 2 x 5, got 9 numbers");
  wrong = intro(2);
  wrong.importance[7] = std::nanf("");
  EXPECT_EQ(complaint(wrong),
            "importance: expected finite numbers of at least 0, got nan (instance 1, feature 2)");
  wrong = intro(2);
  wrong.init.std = -0.5;
  EXPECT_EQ(complaint(wrong), "init: expected a finite number of at least 0, got -0.5");
}

TEST(Trainer, SaysWhatIsWrongWithTheOptions) {
  const auto of_options = [](const TrainOptions& options) { return complaint(intro(2), options); };
  const auto of_optimizer = [&](const OptimizerOptions& optimizer) {
    return of_options({.optimizer = optimizer});
  };
  const double inf = std::numeric_limits<double>::infinity();
  EXPECT_EQ(of_options({.steps = 0}), "steps: expected a whole number from 1 to 4294967295, got 0");
  EXPECT_EQ(of_options({.batch_size = 0}), "batch_size: expected a whole number above 0, got 0");
  EXPECT_EQ(of_options({.restarts = 0}), "restarts: expected a whole number from 1 to 16777215, got 0");
  EXPECT_EQ(of_options({.lr = -1}), "lr: expected a finite number of at least 0, got -1");
  EXPECT_EQ(of_options({.lr = std::nan("")}), "lr: expected a finite number of at least 0, got nan");
  EXPECT_EQ(of_options({.lr = inf}), "lr: expected a finite number of at least 0, got inf");
  EXPECT_EQ(of_optimizer({.weight_decay = -5}),
            "weight_decay: expected a finite number of at least 0, got -5");
  EXPECT_EQ(of_optimizer({.beta1 = 2}), "beta1: expected a number of at least 0 and below 1, got 2");
  EXPECT_EQ(of_optimizer({.beta2 = 1}), "beta2: expected a number of at least 0 and below 1, got 1");
  EXPECT_EQ(of_optimizer({.eps = 0}), "eps: expected a finite number above 0, got 0");
  EXPECT_EQ(of_optimizer({.kind = OptimizerKind::kSgd, .momentum = -0.1}),
            "momentum: expected a number of at least 0 and below 1, got -0.1");
  EXPECT_EQ(complaint(intro(2), {}, -3), "threads: expected a whole number of at least 0, got -3");
  const std::string accepted = "(nothing thrown)";
  EXPECT_EQ(of_options({.lr = 0}), accepted);
  EXPECT_EQ(of_optimizer({.momentum = 2}), accepted) << "AdamW has no momentum";
  EXPECT_EQ(of_optimizer({.kind = OptimizerKind::kSgd, .beta1 = 2, .eps = 0}), accepted);
}

TEST(Trainer, RefusesAnObserverThatIsNoFunction) {
  Trainer trainer(intro(2), {.steps = 1}, 1);
  EXPECT_EQ(message_of<InvalidRequest>([&] { trainer.observe(1, {}); }),
            "observe: expected a function, got none");
}

}  // namespace
}  // namespace superpose
