#include "superpose/kernels/engine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "superpose/core/aligned_buffer.h"
#include "superpose/core/error.h"
#include "superpose/core/random.h"
#include "superpose/data/feature_distribution.h"
#include "superpose/kernels/cpu/path.h"
#include "superpose/kernels/reference_step.h"
#include "superpose/models/model.h"

namespace superpose::kernels {
namespace {

constexpr std::uint32_t kStep = 5;

/// What sets an instance apart from x' = ReLU(W W^T x + b_final), or the same without the ReLU.
struct Variant {
  bool tied = true;
  Activation hidden = Activation::kIdentity;
  bool gelu = false;
  bool absolute_target = false;
  bool is_signed = false;
  bool sets = false;  ///< see sets_of
};

struct Case {
  std::size_t n_features, n_hidden, batch_size;
  bool relu = true;
  float probability = 0.5F;
  float bias = 0;
  bool mixed = false;  ///< every third feature is half as probable
  double std = 0.5;    ///< of the weights
  Variant variant = {};
};

/// Every rule, a set in a set, and the last feature in none.
std::vector<FeatureSet> sets_of(const Case& c) {
  using Rule = FeatureSet::Rule;
  if (!c.variant.sets) return {};
  std::vector<FeatureSet> sets(3);
  sets[0].rule = Rule::kCorrelated;
  sets[1].rule = Rule::kAnticorrelated;
  sets[2].rule = Rule::kExactly;
  for (std::size_t f = 0; f + 1 < c.n_features; ++f)
    sets[f % 3].members.push_back(
        {.feature = static_cast<std::int64_t>(f), .probability = f % 2 == 0 ? 1 : 0.5});
  sets[2].count = std::min<std::int64_t>(2, std::ssize(sets[2].members));
  sets[1].members.push_back(std::move(sets[0]));
  sets[1].members.back().probability = 0.75;
  sets.erase(sets.begin());
  return sets;
}

/// One instance with random parameters, its engine's view, and the same for the reference.
struct Fixture {
  explicit Fixture(const Case& c)
      : n(c.n_features),
        m(c.n_hidden),
        batch(c.batch_size),
        data(probabilities(c), static_cast<std::int64_t>(n),
             {.is_signed = c.variant.is_signed, .sets = sets_of(c)}),
        W(n * m),
        W2(c.variant.tied ? 0 : n * m),
        b(n),
        moments(2 * (W.size() + W2.size() + n)),
        importance(n) {
    initialise(W, c.std, {.seed = 7, .instance = 3});
    initialise(W2, c.std, {.seed = 7, .instance = 3, .matrix = 1});
    initialise(b, 0.1, {.seed = 8, .instance = 3});
    for (float& value : b) value += c.bias;
    for (std::size_t f = 0; f < n; ++f) importance[f] = 1.0F / static_cast<float>(f + 1);
    instance = {.n_features = n,
                .n_hidden = m,
                .batch_size = batch,
                .tied = c.variant.tied,
                .hidden = c.variant.hidden,
                .output = output(c),
                .absolute_target = c.variant.absolute_target,
                .key = stream_key(42, Stream::kTraining),
                .id = 3,
                .last_active = data.leaves().last_active(3).data(),
                .scale = data.leaves().scale(3).data(),
                .gap_scale = data.leaves().gap_scale(3),
                .signed_values = data.is_signed(),
                .decisions = data.decisions(3),
                .n_slots = data.n_slots(),
                .slot = data.slots().data(),
                .importance = importance.data()};
    scratch = AlignedBuffer<float>(scratch_floats(instance));
    // What the engine reads of it, it has written.
    std::ranges::fill(scratch.span(), std::numeric_limits<float>::quiet_NaN());
  }

  static Activation output(const Case& c) {
    if (c.variant.gelu) return Activation::kGelu;
    return c.relu ? Activation::kRelu : Activation::kIdentity;
  }

  static std::vector<float> probabilities(const Case& c) {
    std::vector<float> p(c.n_features * 4, c.probability);
    for (std::size_t i = 0; c.mixed && i < p.size(); i += 3) p[i] *= 0.5F;
    return p;
  }

  Parameters parameters() {
    return {.W = W.data(), .W2 = W2.data(), .b_final = b.data(), .moments = moments.data()};
  }
  double loss(std::uint32_t n_batches) {
    return evaluate(instance, {.W = W.data(), .W2 = W2.data(), .b_final = b.data()}, n_batches,
                    scratch.span());
  }

  /// The batch of a step, as data/ specifies it.
  std::vector<double> samples(std::uint32_t step) const {
    const auto x = data.batch(instance.key, instance.id, step, batch);
    return {x.begin(), x.end()};
  }

  reference::Autoencoder reference_model() const {
    return {.n_features = n,
            .n_hidden = m,
            .hidden = instance.hidden,
            .output = instance.output,
            .absolute_target = instance.absolute_target,
            .W = {W.begin(), W.end()},
            .W2 = {W2.begin(), W2.end()},
            .b_final = {b.begin(), b.end()}};
  }
  std::vector<double> reference_importance() const { return {importance.begin(), importance.end()}; }

  /// From now on the instance's samples are those of a step, and its targets, if wanted, some other numbers:
  /// rows of a wider table each.
  void give(std::uint32_t step, bool targets) {
    const std::size_t stride = n + 3;
    const auto x = data.batch(instance.key, instance.id, step, batch);
    given.assign(batch * stride, std::numeric_limits<float>::quiet_NaN());
    given_target.assign(given.size(), std::numeric_limits<float>::quiet_NaN());
    for (std::size_t s = 0; s < batch; ++s) {
      for (std::size_t f = 0; f < n; ++f) {
        given[s * stride + f] = x[s * n + f];
        given_target[s * stride + f] = 0.25F + 0.5F * x[s * n + (f + 1) % n];
      }
    }
    instance.x = given.data();
    instance.target = targets ? given_target.data() : nullptr;
    instance.x_stride = stride;
    scratch = AlignedBuffer<float>(scratch_floats(instance));
    std::ranges::fill(scratch.span(), std::numeric_limits<float>::quiet_NaN());
  }
  /// (batch, n_features)
  std::vector<double> targets() const {
    std::vector<double> result;
    for (std::size_t s = 0; s < batch; ++s) {
      const auto row = std::span(given_target).subspan(s * instance.x_stride, n);
      result.insert(result.end(), row.begin(), row.end());
    }
    return result;
  }

  std::size_t n, m, batch;
  FeatureDistribution data;
  std::vector<float> W, W2, b, moments, importance, given, given_target;
  AlignedBuffer<float> scratch;
  Instance instance;
};

/// Three lists, one after the other.
std::vector<double> flat(std::vector<double> first, const std::vector<double>& second,
                         const std::vector<double>& third) {
  first.insert(first.end(), second.begin(), second.end());
  first.insert(first.end(), third.begin(), third.end());
  return first;
}

/// An update that leaves the parameters alone and puts the gradient into the first moments.
constexpr Update kGradientOnly{.rule = Update::Rule::kMomentum};

constexpr Update adam(int t) {
  const double correction1 = 1 - std::pow(0.9, t), correction2 = 1 - std::pow(0.999, t);
  return {.decay = 1 - 1e-3F,
          .step_size = static_cast<float>(1e-2 / correction1),
          .beta1 = 0.9F,
          .beta2 = 0.999F,
          .one_minus_beta1 = 0.1F,
          .one_minus_beta2 = 0.001F,
          .correction2 = static_cast<float>(1 / std::sqrt(correction2)),
          .eps = 1e-8F};
}

class Engine : public testing::TestWithParam<std::tuple<std::string, Case>> {
 protected:
  const ForcedTarget target{std::get<0>(GetParam())};
  Fixture f{std::get<1>(GetParam())};
};

TEST_P(Engine, GradientAndLossAreTheReferences) {
  float loss = -1;
  train(f.instance, f.parameters(), kStep, std::vector{kGradientOnly}, &loss, f.scratch.span());
  const auto expected = reference::gradient(f.reference_model(), f.samples(kStep), f.reference_importance());

  EXPECT_NEAR(loss, expected.loss, 2e-6 * expected.loss);
  double scale = 1e-30;
  const std::vector<double> gradient = flat(expected.dW, expected.dW2, expected.db);
  for (const double g : gradient) scale = std::max(scale, std::abs(g));
  for (std::size_t i = 0; i < gradient.size(); ++i)
    EXPECT_NEAR(f.moments[i], gradient[i], 2e-5 * scale) << "parameter " << i;
}

TEST_P(Engine, SeveralStepsFollowTheReference) {
  reference::Autoencoder expected = f.reference_model();
  std::vector<double> parameter = flat(expected.W, expected.W2, expected.b_final);
  std::vector<double> m(parameter.size()), v(parameter.size());
  std::vector<Update> updates;
  for (int t = 1; t <= 4; ++t) {
    updates.push_back(adam(t));
    auto next = parameter.begin();
    for (auto* part : {&expected.W, &expected.W2, &expected.b_final}) {
      const auto size = static_cast<std::ptrdiff_t>(part->size());
      std::copy_n(next, size, part->begin());
      next += size;
    }
    const auto g =
        reference::gradient(expected, f.samples(static_cast<std::uint32_t>(t - 1)), f.reference_importance());
    reference::update(updates.back(), flat(g.dW, g.dW2, g.db), parameter, m, v);
  }
  train(f.instance, f.parameters(), 0, updates, nullptr, f.scratch.span());
  // Adam divides by the gradient's size: where a gradient is rounding error alone, its step is not
  // determined. That moves a parameter by up to four steps of 1e-2; allow it for one in a hundred.
  std::size_t off = 0;
  const reference::Autoencoder trained = f.reference_model();
  const std::vector<double> got = flat(trained.W, trained.W2, trained.b_final);
  for (std::size_t i = 0; i < got.size(); ++i) off += std::abs(got[i] - parameter[i]) > 1e-5 ? 1U : 0U;
  EXPECT_LE(off, parameter.size() / 100);
}

// What is measured along the way must not change what is trained.
TEST_P(Engine, RecordingTheLossChangesNothing) {
  Fixture recorded{std::get<1>(GetParam())};
  const std::vector updates{adam(1), adam(2)};
  train(f.instance, f.parameters(), 0, updates, nullptr, f.scratch.span());
  float loss = 0;
  train(recorded.instance, recorded.parameters(), 0, std::span(updates).first(1), &loss,
        recorded.scratch.span());
  train(recorded.instance, recorded.parameters(), 1, std::span(updates).subspan(1), &loss,
        recorded.scratch.span());
  EXPECT_EQ(f.W, recorded.W);
  EXPECT_EQ(f.W2, recorded.W2);
  EXPECT_EQ(f.b, recorded.b);
}

TEST_P(Engine, StretchesAreOneRun) {
  Fixture split{std::get<1>(GetParam())};
  const std::vector updates{adam(1), adam(2), adam(3)};
  train(f.instance, f.parameters(), 0, updates, nullptr, f.scratch.span());
  train(split.instance, split.parameters(), 0, std::span(updates).first(1), nullptr, split.scratch.span());
  float loss = 0;
  train(split.instance, split.parameters(), 1, std::span(updates).subspan(1), &loss, split.scratch.span());
  EXPECT_EQ(f.W, split.W);
  EXPECT_EQ(f.W2, split.W2);
  EXPECT_EQ(f.b, split.b);
  EXPECT_EQ(f.moments, split.moments);
}

TEST_P(Engine, EvaluationIsTheMeanOfItsBatches) {
  const double loss = f.loss(3);
  double expected = 0;
  for (std::uint32_t step = 0; step < 3; ++step) {
    expected += reference::gradient(f.reference_model(), f.samples(step), f.reference_importance()).loss / 3;
  }
  EXPECT_NEAR(loss, expected, 2e-6 * expected);
}

TEST_P(Engine, TakesTheSamplesAndTargetsItIsGiven) {
  for (const bool with_targets : {false, true}) {
    Fixture given{std::get<1>(GetParam())};
    const auto x = given.samples(kStep);
    given.give(kStep, with_targets);
    const auto expected = reference::gradient(given.reference_model(), x, given.reference_importance(),
                                              with_targets ? given.targets() : std::vector<double>{});
    EXPECT_NEAR(given.loss(1), expected.loss, 2e-6 * expected.loss);
    float loss = -1;
    train(given.instance, given.parameters(), kStep, std::vector{kGradientOnly}, &loss, given.scratch.span());
    EXPECT_NEAR(loss, expected.loss, 2e-6 * expected.loss);
    double scale = 1e-30;
    const std::vector<double> gradient = flat(expected.dW, expected.dW2, expected.db);
    for (const double g : gradient) scale = std::max(scale, std::abs(g));
    for (std::size_t i = 0; i < gradient.size(); ++i)
      EXPECT_NEAR(given.moments[i], gradient[i], 2e-5 * scale) << "parameter " << i;
  }
}

TEST_P(Engine, DrawnSamplesThatAreGivenMakeTheSameBits) {
  if (choose_path(f.instance) != Path::kDense) return;  // drawn by gaps: other samples
  Fixture given{std::get<1>(GetParam())};
  float loss = 0, given_loss = 0;
  for (std::uint32_t step = 0; step < 3; ++step) {
    const std::vector update{adam(static_cast<int>(step) + 1)};
    train(f.instance, f.parameters(), step, update, &loss, f.scratch.span());
    given.give(step, false);
    train(given.instance, given.parameters(), step, update, &given_loss, given.scratch.span());
  }
  EXPECT_EQ(f.W, given.W);
  EXPECT_EQ(f.W2, given.W2);
  EXPECT_EQ(f.b, given.b);
  EXPECT_EQ(loss, given_loss);
}

constexpr Variant kReluHidden = {.hidden = Activation::kRelu};
constexpr Variant kAbsoluteValue = {
    .tied = false, .hidden = Activation::kRelu, .absolute_target = true, .is_signed = true};

constexpr Case kCases[] = {
    {1, 1, 1, true, 1.0F},
    {1, 1, 15},
    {1, 1, 1024},
    {5, 2, 1},
    {5, 2, 15},
    {5, 2, 1024},
    {5, 2, 64, false},
    {5, 2, 65, false},
    {17, 3, 1},
    {17, 3, 15},
    {17, 3, 1024, false},
    {100, 20, 1, true},
    {100, 20, 15},
    {100, 20, 1024, true, 0.1F},
    // The other shapes with a kernel of their own, and blocks of every size.
    {2, 1, 130},
    {3, 2, 130},
    {4, 2, 130},
    {6, 2, 130},
    {6, 3, 130},
    {20, 5, 100, true, 0.03F},
    {2, 7, 33},
    {13, 11, 130, false},
    {3, 31, 16},
    // By gaps, the samples with an active feature in lanes.
    {1, 1, 1024, true, 0.001F},
    {5, 2, 1024, true, 0.05F},
    {5, 2, 65, true, 0.1F, 0.2F, true},
    {3, 2, 130, false, 0.01F},
    {20, 5, 2500, true, 0.1F},
    {20, 5, 15, true, 0.05F, 0, true},
    {33, 2, 1, true, 0.01F},
    {4000, 1, 100, true, 0.01F},
    // By gaps, through W W^T.
    {100, 20, 1024, true, 0.05F},
    {80, 20, 700, true, 0.14F, -0.1F, true},
    {131, 7, 1200, false, 0.02F},
    {97, 33, 900, true, 0.1F, 0.3F},
    {200, 20, 1024, true, 0.01F, 0.1F},
    // The same, backward by the outputs that have a gradient.
    {200, 20, 1024, true, 0.005F, -0.3F, false, 0.05},
    {150, 70, 700, true, 0.002F, -0.2F, true, 0.02},
    {267, 47, 2535, true, 0.001F, -0.25F, false, 0.02},
    {321, 9, 1000, true, 0.001F},
    // Signed values, each way of drawing and computing.
    {5, 2, 130, true, 0.5F, 0, true, 0.5, {.is_signed = true}},
    {20, 5, 130, true, 1.0F, 0, false, 0.5, {.is_signed = true}},
    {20, 5, 1024, true, 0.05F, 0, true, 0.5, {.is_signed = true}},
    {100, 20, 1024, true, 0.05F, 0, false, 0.5, {.is_signed = true}},
    // Sets of features.
    {9, 3, 1, true, 0.5F, 0, false, 0.5, {.sets = true}},
    {9, 3, 130, true, 0.5F, 0, false, 0.5, {.sets = true}},
    {6, 2, 130, true, 0.9F, 0, false, 0.5, {.sets = true}},
    {40, 7, 1024, true, 0.03F, 0.1F, false, 0.5, {.sets = true}},
    {20, 5, 100, true, 1.0F, 0, false, 0.5, {.is_signed = true, .sets = true}},
    // Other kinds, dense and by gaps.
    {10, 5, 130, true, 0.5F, 0, false, 0.5, kReluHidden},
    {5, 2, 1024, true, 0.05F, 0.1F, false, 0.5, kReluHidden},
    {100, 20, 300, true, 0.02F, 0.1F, true, 0.5, kReluHidden},
    {7, 3, 65, false, 0.5F, 0, false, 0.5, {.tied = false}},
    {100, 20, 1024, true, 0.3F, 0, false, 0.5, {.tied = false}},
    {20, 5, 700, true, 0.05F, 0.1F, true, 0.5, {.tied = false}},
    {3, 6, 130, true, 1.0F, 0, false, 0.5, kAbsoluteValue},
    {100, 40, 200, true, 0.03F, 0, false, 0.5, kAbsoluteValue},
    {5, 2, 130, true, 0.5F, 0, false, 0.5, {.gelu = true}},
    {33, 7, 1024, true, 0.05F, -0.2F, true, 0.5, {.gelu = true}},
};

std::string case_name(const testing::TestParamInfo<std::tuple<std::string, Case>>& info) {
  const Case& c = std::get<1>(info.param);
  return std::get<0>(info.param) + "_" + std::to_string(c.n_features) + "to" + std::to_string(c.n_hidden) +
         "_batch" + std::to_string(c.batch_size) + (c.relu ? "_relu" : "_linear") + "_permille" +
         std::to_string(static_cast<int>(1000 * c.probability)) + (c.variant.tied ? "" : "_untied") +
         (c.variant.hidden == Activation::kRelu ? "_hidden" : "") + (c.variant.gelu ? "_gelu" : "") +
         (c.variant.absolute_target ? "_absolute" : "") + (c.variant.is_signed ? "_signed" : "") +
         (c.variant.sets ? "_sets" : "");
}

INSTANTIATE_TEST_SUITE_P(Targets, Engine,
                         testing::Combine(testing::ValuesIn(supported_targets()), testing::ValuesIn(kCases)),
                         case_name);

std::vector<std::string> targets_with_fused_multiply_add() {
  std::vector<std::string> fused;
  for (const auto& name : supported_targets()) {
    if (name.starts_with("AVX") || name.starts_with("NEON")) fused.push_back(name);
  }
  return fused;
}

TEST(EngineTargets, GiveTheSameBitsOfSamplesThatAreGiven) {
  for (const Case& c : kCases) {
    std::vector<Fixture> trained;
    for (const std::string& name : targets_with_fused_multiply_add()) {
      const ForcedTarget target(name);
      Fixture& fixture = trained.emplace_back(c);
      for (const bool with_targets : {false, true}) {
        fixture.give(kStep, with_targets);
        train(fixture.instance, fixture.parameters(), 0, std::vector{adam(1)}, nullptr,
              fixture.scratch.span());
      }
      EXPECT_EQ(trained.front().W, fixture.W) << name;
      EXPECT_EQ(trained.front().W2, fixture.W2) << name;
      EXPECT_EQ(trained.front().b, fixture.b) << name;
    }
  }
}

TEST(EngineTargets, GiveTheSameBitsWhereThereIsFusedMultiplyAdd) {
  const std::vector updates{adam(1), adam(2), adam(3)};
  const std::vector<std::string> fused = targets_with_fused_multiply_add();
  if (fused.size() < 2) GTEST_SKIP() << "one instruction set with fused multiply-add on this machine";
  for (const Case& c : kCases) {
    Fixture first(c);
    float first_loss = 0;
    double first_evaluation = 0;
    {
      const ForcedTarget target(fused.front());
      train(first.instance, first.parameters(), 0, updates, &first_loss, first.scratch.span());
      first_evaluation = first.loss(2);
    }
    for (std::size_t i = 1; i < fused.size(); ++i) {
      const ForcedTarget target(fused[i]);
      Fixture other(c);
      float loss = 0;
      train(other.instance, other.parameters(), 0, updates, &loss, other.scratch.span());
      EXPECT_EQ(first.W, other.W) << fused[i];
      EXPECT_EQ(first.W2, other.W2) << fused[i];
      EXPECT_EQ(first.b, other.b) << fused[i];
      EXPECT_EQ(first.moments, other.moments) << fused[i];
      EXPECT_EQ(first_loss, loss) << fused[i];
      EXPECT_EQ(first_evaluation, other.loss(2));
    }
  }
}

/// The path of a shape whose features all have that probability.
Path path_of(const Case& c) {
  return choose_path(Fixture(c).instance);
}

TEST(EnginePath, IsTheOneThatSparsityPaysFor) {
  EXPECT_EQ(path_of({5, 2, 1024, true, 1.0F}), Path::kDense);
  EXPECT_EQ(path_of({5, 2, 1024, true, 0.05F}), Path::kCompact);
  EXPECT_EQ(path_of({20, 5, 1024, true, 0.1F}), Path::kCompact);
  EXPECT_EQ(path_of({100, 20, 1024, true, 0.2F}), Path::kDense);
  EXPECT_EQ(path_of({100, 20, 1024, true, 0.1F}), Path::kGram);
  EXPECT_EQ(path_of({400, 30, 1024, true, 0.01F}), Path::kGram);
  EXPECT_EQ(path_of({400, 30, 8, true, 0.01F}), Path::kCompact) << "too few samples for W W^T";
}

TEST(EnginePath, CostsLessWhereLessIsActive) {
  for (const std::size_t n : {5U, 20U, 100U, 400U}) {
    const std::size_t m = n / 5 + 1;
    double previous = step_cycles(Fixture({n, m, 1024, true, 1.0F}).instance);
    for (const float p : {0.05F, 0.01F, 0.001F}) {
      const double cycles = step_cycles(Fixture({n, m, 1024, true, p}).instance);
      EXPECT_LT(cycles, previous) << n << ", p = " << p;
      previous = cycles;
    }
  }
}

TEST(EngineTargets, AnUnknownOneIsRefused) {
  EXPECT_THROW(ForcedTarget("MMX"), InvalidRequest);
}

TEST(EngineNumbers, WhatIsNotFiniteIsNotHidden) {
  for (const bool relu : {true, false}) {
    Fixture f({.n_features = 5, .n_hidden = 2, .batch_size = 64, .relu = relu});
    f.W[3] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_TRUE(std::isnan(f.loss(1)));
    float loss = 0;
    train(f.instance, f.parameters(), 0, std::vector{adam(1)}, &loss, f.scratch.span());
    EXPECT_TRUE(std::isnan(loss));
    Fixture large({.n_features = 5, .n_hidden = 2, .batch_size = 64, .relu = relu});
    std::fill(large.W.begin(), large.W.end(), 1e30F);
    for (const auto& target :
         supported_targets()) {  // where samples are skipped, and outputs visited one by one
      for (const Case& c :
           {Case{5, 2, 64, relu, 0.01F}, Case{267, 47, 512, relu, 0.001F, -0.25F, false, 0.02}}) {
        const ForcedTarget forced(target);
        Fixture sparse(c);
        sparse.W[3] = std::numeric_limits<float>::quiet_NaN();
        EXPECT_TRUE(std::isnan(sparse.loss(1)));
        train(sparse.instance, sparse.parameters(), 0, std::vector{adam(1)}, &loss, sparse.scratch.span());
        EXPECT_TRUE(std::isnan(loss));
      }
    }
    EXPECT_FALSE(std::isfinite(large.loss(1)));
  }
}

}  // namespace
}  // namespace superpose::kernels
