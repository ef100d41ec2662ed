// What every back end must do, on every instruction set or device that this machine has.

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <tuple>

#include "superpose/core/error.h"
#include "superpose/kernels/backend.h"
#include "tests/bits.h"
#include "tests/kernels/bits.h"
#include "tests/kernels/cases.h"

namespace superpose::kernels {
namespace {

constexpr std::uint32_t kStep = 5;

/// A back end, and one of its targets.
struct Machine {
  const BackEnd* back_end = nullptr;
  std::string target;

  [[nodiscard]] std::string name() const { return std::string(back_end->name()) + "_" + target; }
};

std::vector<Machine> machines() {
  std::vector<Machine> all;
  for (const BackEnd* back_end : back_ends()) {
    for (const std::string& target : back_end->targets()) all.push_back({back_end, target});
  }
  return all;
}

/// A case's member in a session of its own.
struct Trained : CaseMember {
  Trained(const Machine& the_machine, const Case& c) : CaseMember(c), machine(the_machine) {
    session = open(step);
  }

  [[nodiscard]] std::unique_ptr<Session> open(const Step& the_step) {
    return machine.back_end->open({.step = the_step,
                                   .batch_size = batch,
                                   .evaluation_batch_size = batch,
                                   .members = {member()},
                                   .parameters = parameters(),
                                   .threads = 1,
                                   .target = machine.target});
  }

  /// From now on samples are given, with targets or without.
  void expect_given(bool with_targets) {
    Step given = step;
    if (with_targets) given.target = Target::kGiven;
    session.reset();
    session = open(given);
  }

  void advance(std::uint32_t first, std::span<const Update> updates, const GivenSamples& given = {}) {
    session->advance({.first_step = first, .updates = updates, .given = given});
    session->parameters();
  }
  /// returns: the last step's loss.
  float advance_with_loss(std::uint32_t first, std::span<const Update> updates,
                          const GivenSamples& given = {}) {
    float loss = -1;
    session->advance({.first_step = first, .updates = updates, .loss = std::span(&loss, 1), .given = given});
    session->parameters();
    return loss;
  }
  double evaluate(std::uint32_t n_batches, const GivenSamples& given = {}) {
    return session->evaluate({.n_batches = n_batches, .given = given}, {}).value().front();
  }

  Machine machine;
  std::unique_ptr<Session> session;
};

void expect_same_bits(const Trained& a, const Trained& b) {
  EXPECT_EQ(a.W, b.W);
  EXPECT_EQ(a.W2, b.W2);
  EXPECT_EQ(a.b, b.b);
  EXPECT_EQ(a.moments, b.moments);
}

/// The gradient that kGradientOnly has left in the first moments, against the reference's.
void expect_gradient(const Trained& got, const reference::Gradient& expected) {
  double scale = 1e-30;
  const std::vector<double> gradient = flat(expected.dW, expected.dW2, expected.db);
  for (const double g : gradient) scale = std::max(scale, std::abs(g));
  for (std::size_t i = 0; i < gradient.size(); ++i)
    EXPECT_NEAR(got.moments[i], gradient[i], 2e-5 * scale) << "parameter " << i;
}

class Conformance : public testing::TestWithParam<std::tuple<Machine, Case>> {
 protected:
  [[nodiscard]] static Trained trained() { return {std::get<0>(GetParam()), std::get<1>(GetParam())}; }
};

TEST_P(Conformance, GradientAndLossAreTheReferences) {
  Trained f = trained();
  const auto expected = reference::gradient(f.reference_model(), f.samples(kStep), f.reference_importance());
  const float loss = f.advance_with_loss(kStep, std::vector{kGradientOnly});
  EXPECT_NEAR(loss, expected.loss, 2e-6 * expected.loss);
  expect_gradient(f, expected);
}

TEST_P(Conformance, SeveralStepsFollowTheReference) {
  Trained f = trained();
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
  f.advance(0, updates);
  // Adam divides by the gradient's size: where a gradient is rounding error alone, its step is not
  // determined. That moves a parameter by up to four steps of 1e-2; allow it for one in a hundred.
  std::size_t off = 0;
  const reference::Autoencoder end = f.reference_model();
  const std::vector<double> got = flat(end.W, end.W2, end.b_final);
  for (std::size_t i = 0; i < got.size(); ++i) off += std::abs(got[i] - parameter[i]) > 1e-5 ? 1U : 0U;
  EXPECT_LE(off, parameter.size() / 100);
}

// What is measured along the way must not change what is trained, nor where a run is cut.
TEST_P(Conformance, StretchesAreOneRunWithLossOrWithout) {
  const std::vector updates{adam(1), adam(2), adam(3)};
  Trained whole = trained();
  whole.advance(0, updates);
  for (const bool with_loss : {false, true}) {
    Trained cut = trained();
    if (with_loss) {
      cut.advance_with_loss(0, std::span(updates).first(1));
    } else {
      cut.advance(0, std::span(updates).first(1));
    }
    cut.advance_with_loss(1, std::span(updates).subspan(1));
    expect_same_bits(whole, cut);
  }
}

TEST_P(Conformance, EvaluationIsTheMeanOfItsBatches) {
  Trained f = trained();
  double expected = 0;
  for (std::uint32_t step = 0; step < 3; ++step) {
    expected += reference::gradient(f.reference_model(), f.samples(step), f.reference_importance()).loss / 3;
  }
  EXPECT_NEAR(f.evaluate(3), expected, 2e-6 * expected);
}

TEST_P(Conformance, TakesTheSamplesAndTargetsThatItIsGiven) {
  for (const bool with_targets : {false, true}) {
    Trained f = trained();
    const GivenTable table(f, kStep);
    f.expect_given(with_targets);
    reference::Autoencoder model = f.reference_model();
    if (with_targets) model.step.target = Target::kGiven;
    const auto expected =
        reference::gradient(model, f.samples(kStep), f.reference_importance(), table.targets(f));
    const GivenSamples given = table.view(with_targets);
    EXPECT_NEAR(f.evaluate(1, given), expected.loss, 2e-6 * expected.loss);
    const float loss = f.advance_with_loss(kStep, std::vector{kGradientOnly}, given);
    EXPECT_NEAR(loss, expected.loss, 2e-6 * expected.loss);
    expect_gradient(f, expected);
  }
}

// Not on the tested machine's other instruction sets, of which it may have none, but on every machine.
TEST_P(Conformance, GivesTheBitsOfEveryMachine) {
  const auto& [machine, c] = GetParam();
  if (!is_fused(machine.target)) GTEST_SKIP() << "two roundings for a product and a sum";
  Trained f = trained();
  const float loss = f.advance_with_loss(0, std::vector{adam(1), adam(2), adam(3)});
  const double evaluated = f.evaluate(2);
  Bits bits;
  for (const auto* values : {&f.W, &f.W2, &f.b, &f.moments}) bits.add(*values);
  bits.add(std::vector{loss, static_cast<float>(evaluated)});
  f.expect_given(true);
  f.advance(0, std::vector{adam(1)}, GivenTable(f, kStep).view(true));
  for (const auto* values : {&f.W, &f.W2, &f.b}) bits.add(*values);
  EXPECT_EQ(bits.value(), expected_bits(name_of(c)))
      << "    {\"" << name_of(c) << "\", 0x" << std::hex << bits.value() << "},";
}

INSTANTIATE_TEST_SUITE_P(Machines, Conformance,
                         testing::Combine(testing::ValuesIn(machines()), testing::ValuesIn(kCases)),
                         [](const auto& machine_and_case) {
                           return std::get<0>(machine_and_case.param).name() + "_" +
                                  name_of(std::get<1>(machine_and_case.param));
                         });

/// What does not depend on the case.
class BackEnds : public testing::TestWithParam<Machine> {};

/// Members of one case with different importances.
struct Neighbours {
  explicit Neighbours(const Case& c, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      CaseMember& member = members.emplace_back(c);
      for (float& importance : member.importance) importance *= 1.0F + static_cast<float>(i);
    }
    for (const CaseMember& member : members) {
      W.insert(W.end(), member.W.begin(), member.W.end());
      W2.insert(W2.end(), member.W2.begin(), member.W2.end());
      b.insert(b.end(), member.b.begin(), member.b.end());
      moments.insert(moments.end(), member.moments.begin(), member.moments.end());
    }
  }

  [[nodiscard]] Parameters parameters() {
    return {.W = W.data(), .W2 = W2.data(), .b_final = b.data(), .moments = moments.data()};
  }
  [[nodiscard]] std::unique_ptr<Session> open(const Machine& machine, int threads) {
    std::vector<Member> described;
    for (const CaseMember& member : members) described.push_back(member.member());
    return machine.back_end->open({.step = members.front().step,
                                   .batch_size = members.front().batch,
                                   .evaluation_batch_size = members.front().batch,
                                   .members = described,
                                   .parameters = parameters(),
                                   .threads = threads,
                                   .target = machine.target});
  }

  std::vector<CaseMember> members;
  std::vector<float> W, W2, b, moments;
};

constexpr Case kSmall = {5, 2, 130, true, 0.5F, 0, false, 0.5, {.tied = false}};

TEST_P(BackEnds, MembersDependOnThemselvesAlone) {
  const std::vector<Update> updates{adam(1), adam(2), adam(3)};
  for (const std::size_t count : {2U, 7U, 200U}) {
    for (const int threads : {1, 2, 3}) {
      Neighbours all(kSmall, count);
      std::vector<float> loss(count);
      const auto session = all.open(GetParam(), threads);
      session->advance({.first_step = 0, .updates = updates, .loss = loss});
      session->parameters();
      const auto evaluated = session->evaluate({.n_batches = 2}, {}).value();
      for (const std::size_t i : {std::size_t{0}, std::size_t{1}, count - 1}) {
        Trained alone(GetParam(), kSmall);
        for (float& importance : alone.importance) importance *= 1.0F + static_cast<float>(i);
        EXPECT_EQ(alone.advance_with_loss(0, updates), loss[i]);
        EXPECT_EQ(alone.evaluate(2), evaluated[i]);
        EXPECT_TRUE(std::ranges::equal(alone.W, std::span(all.W).subspan(i * 10, 10)));
        EXPECT_TRUE(std::ranges::equal(alone.W2, std::span(all.W2).subspan(i * 10, 10)));
        EXPECT_TRUE(std::ranges::equal(alone.b, std::span(all.b).subspan(i * 5, 5)));
        EXPECT_TRUE(std::ranges::equal(alone.moments, std::span(all.moments).subspan(i * 50, 50)));
      }
    }
  }
}

// Given samples go another way than sparse drawn ones, which here need less memory.
TEST_P(BackEnds, DrawsSamplesAndIsGivenThemInTurn) {
  for (const Case& c : {Case{64, 64, 64, true, 0.005F}, Case{100, 20, 1024, true, 0.01F}}) {
    Trained in_turn(GetParam(), c), given_only(GetParam(), c);
    const GivenTable table(in_turn, 0);
    EXPECT_GT(in_turn.evaluate(1), 0);
    for (Trained* f : {&in_turn, &given_only}) {
      f->advance(0, std::vector{adam(1)}, table.view(false));
      EXPECT_GT(f->evaluate(1, table.view(false)), 0);
    }
    expect_same_bits(in_turn, given_only);
  }
}

TEST_P(BackEnds, GoesOnFromOtherArrays) {
  const std::vector<Update> updates{adam(1), adam(2)};
  Trained whole(GetParam(), kSmall), moved(GetParam(), kSmall);
  whole.advance(0, updates);
  moved.advance(0, std::span(updates).first(1));
  CaseMember other(kSmall);
  other.W = moved.W;
  other.W2 = moved.W2;
  other.b = moved.b;
  other.moments = moved.moments;
  moved.session->set_parameters(other.parameters());
  moved.advance(1, std::span(updates).subspan(1));
  EXPECT_EQ(moved.session->parameters().W, other.W.data());
  EXPECT_EQ(whole.W, other.W);
  EXPECT_EQ(whole.moments, other.moments);
  EXPECT_NE(whole.W, moved.W) << "the arrays before are left alone";
}

TEST_P(BackEnds, EvaluatesUntilAskedToStop) {
  Neighbours all(kSmall, 4);
  const auto session = all.open(GetParam(), 2);
  StopSource stop;
  int looks = 0;
  EXPECT_TRUE(session->evaluate({}, {.stop = stop.get_token(), .look = [&] { ++looks; }}));
  EXPECT_GT(looks, 0);
  EXPECT_FALSE(session->evaluate({}, {.stop = stop.get_token(), .look = [&] { stop.request_stop(); }}));
  EXPECT_THROW(static_cast<void>(session->evaluate({}, {.look = [] { throw std::runtime_error("look"); }})),
               std::runtime_error);
}

TEST_P(BackEnds, RefusesWhatItCannotDo) {
  Step step = CaseMember(kSmall).step;
  const auto open = [&](const Step& asked) {
    return GetParam().back_end->open({.step = asked, .target = GetParam().target});
  };
  EXPECT_NO_THROW(static_cast<void>(open(step)));
  step.hidden = Activation::kGelu;
  EXPECT_THROW(static_cast<void>(open(step)), InvalidRequest);
  step.hidden = Activation::kIdentity;
  step.loss_exponent = 4;
  EXPECT_THROW(static_cast<void>(open(step)), InvalidRequest);
  EXPECT_THROW(static_cast<void>(GetParam().back_end->open({.target = "MMX"})), InvalidRequest);
}

TEST_P(BackEnds, SaysTheMostThatAMemberTakes) {
  for (const Case& c : kCases) {
    Trained f(GetParam(), c);
    const Most most = GetParam().back_end->most(f.step, f.batch);
    EXPECT_GT(most.scratch_bytes, 0) << name_of(c);
    EXPECT_LE(f.session->step_seconds(), most.step_seconds) << name_of(c);
  }
}

TEST_P(BackEnds, WhatIsNotFiniteIsNotHidden) {
  const auto expect_shown = [](Trained& f) {
    EXPECT_FALSE(std::isfinite(f.evaluate(1)));
    EXPECT_FALSE(std::isfinite(f.advance_with_loss(0, std::vector{adam(1)})));
  };
  for (const bool relu : {true, false}) {
    for (const Case& c : {Case{5, 2, 64, relu},                                      // in lanes
                          Case{5, 2, 64, relu, 0.01F},                               // samples are skipped
                          Case{267, 47, 512, relu, 0.001F, -0.25F, false, 0.02}}) {  // outputs one by one
      Trained nan(GetParam(), c);
      nan.W[3] = std::numeric_limits<float>::quiet_NaN();
      expect_shown(nan);
    }
    Trained large(GetParam(), {5, 2, 64, relu});
    std::ranges::fill(large.W, 1e30F);
    expect_shown(large);
  }
}

INSTANTIATE_TEST_SUITE_P(Machines, BackEnds, testing::ValuesIn(machines()),
                         [](const auto& machine) { return machine.param.name(); });

TEST(BackEnd, ThatIsAbsentSaysSo) {
  int absent = 0;
  for (const BackEnd* back_end : back_ends()) {
    if (!back_end->targets().empty()) continue;
    ++absent;
    try {
      static_cast<void>(back_end->open({}));
      FAIL() << back_end->name();
    } catch (const InvalidRequest& error) {
      EXPECT_NE(std::string(error.what()).find("got " + std::string(back_end->name())), std::string::npos);
    }
  }
  EXPECT_EQ(absent, 1) << "the graphics processor's";
  EXPECT_FALSE(cpu_back_end().targets().empty());
}

}  // namespace
}  // namespace superpose::kernels
