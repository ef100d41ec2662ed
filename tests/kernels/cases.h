#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "superpose/core/activation.h"
#include "superpose/core/random.h"
#include "superpose/data/feature_distribution.h"
#include "superpose/kernels/backend.h"
#include "superpose/kernels/reference_step.h"
#include "superpose/models/model.h"

/// Members of all shapes, kinds and samples, for tests of a step.
namespace superpose::kernels {

/// How a case differs from x' = ReLU(W W^T x + b_final), with or without the ReLU.
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
  double std = 0.5;    ///< standard deviation of the weights
  Variant variant = {};
};

/// Every rule, a set inside a set, and a last feature in no set.
inline std::vector<FeatureSet> sets_of(const Case& c) {
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

inline constexpr Variant kReluHidden = {.hidden = Activation::kRelu};
inline constexpr Variant kAbsoluteValue = {
    .tied = false, .hidden = Activation::kRelu, .absolute_target = true, .is_signed = true};

inline constexpr Case kCases[] = {
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
    // Shapes with a kernel of their own, and blocks of every size.
    {2, 1, 130},
    {3, 2, 130},
    {4, 2, 130},
    {6, 2, 130},
    {6, 3, 130},
    {20, 5, 100, true, 0.03F},
    {2, 7, 33},
    {13, 11, 130, false},
    {3, 31, 16},
    // Drawn by gaps, with the samples that have an active feature in lanes.
    {1, 1, 1024, true, 0.001F},
    {5, 2, 1024, true, 0.05F},
    {5, 2, 65, true, 0.1F, 0.2F, true},
    {3, 2, 130, false, 0.01F},
    {20, 5, 2500, true, 0.1F},
    {20, 5, 15, true, 0.05F, 0, true},
    {33, 2, 1, true, 0.01F},
    {4000, 1, 100, true, 0.01F},
    // Drawn by gaps, through W W^T.
    {100, 20, 1024, true, 0.05F},
    {80, 20, 700, true, 0.14F, -0.1F, true},
    {131, 7, 1200, false, 0.02F},
    {97, 33, 900, true, 0.1F, 0.3F},
    {200, 20, 1024, true, 0.01F, 0.1F},
    // Drawn by gaps, through W W^T, and backward by way of the outputs that have a gradient.
    {200, 20, 1024, true, 0.005F, -0.3F, false, 0.05},
    {150, 70, 700, true, 0.002F, -0.2F, true, 0.02},
    {267, 47, 2535, true, 0.001F, -0.25F, false, 0.02},
    {321, 9, 1000, true, 0.001F},
    // Signed values, in each way of drawing and of computing.
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

inline std::string name_of(const Case& c) {
  return std::to_string(c.n_features) + "to" + std::to_string(c.n_hidden) + "_batch" +
         std::to_string(c.batch_size) + (c.relu ? "_relu" : "_linear") + "_permille" +
         std::to_string(static_cast<int>(1000 * c.probability)) + (c.bias == 0 ? "" : "_bias") +
         (c.mixed ? "_mixed" : "") + (c.variant.tied ? "" : "_untied") +
         (c.variant.hidden == Activation::kRelu ? "_hidden" : "") + (c.variant.gelu ? "_gelu" : "") +
         (c.variant.absolute_target ? "_absolute" : "") + (c.variant.is_signed ? "_signed" : "") +
         (c.variant.sets ? "_sets" : "");
}

/// The numbers of one member: its parameters, its importances, its samples.
struct CaseMember {
  /// Of instance 3 of 4.
  static constexpr std::uint32_t kInstance = 3;

  explicit CaseMember(const Case& c)
      : step{.n_features = c.n_features,
             .n_hidden = c.n_hidden,
             .tied = c.variant.tied,
             .hidden = c.variant.hidden,
             .output = output(c),
             .target = c.variant.absolute_target ? Target::kAbsolute : Target::kInput},
        batch(c.batch_size),
        data(probabilities(c), static_cast<std::int64_t>(c.n_features),
             {.is_signed = c.variant.is_signed, .sets = sets_of(c)}),
        W(step.matrix()),
        W2(step.weights() - step.matrix()),
        b(c.n_features),
        moments(2 * step.parameters()),
        importance(c.n_features) {
    initialise(W, c.std, {.seed = 7, .instance = kInstance});
    initialise(W2, c.std, {.seed = 7, .instance = kInstance, .matrix = 1});
    initialise(b, 0.1, {.seed = 8, .instance = kInstance});
    for (float& value : b) value += c.bias;
    for (std::size_t f = 0; f < c.n_features; ++f) importance[f] = 1.0F / static_cast<float>(f + 1);
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
  static philox::Key key() { return stream_key(42, Stream::kTraining); }

  [[nodiscard]] Parameters parameters() {
    return {.W = W.data(), .W2 = W2.data(), .b_final = b.data(), .moments = moments.data()};
  }
  [[nodiscard]] DrawnSamples drawn() const {
    return {.instance = kInstance,
            .last_active = data.leaves().last_active(kInstance).data(),
            .scale = data.leaves().scale(kInstance).data(),
            .gap_scale = data.leaves().gap_scale(kInstance),
            .signed_values = data.is_signed(),
            .decisions = data.decisions(kInstance),
            .n_slots = data.n_slots(),
            .slot = data.slots().data()};
  }
  /// Trained and evaluated on the same stream.
  [[nodiscard]] Member member() const {
    return {
        .importance = importance.data(), .drawn = drawn(), .training_key = key(), .evaluation_key = key()};
  }

  /// The batch of a step as data/ specifies it.
  [[nodiscard]] std::vector<double> samples(std::uint32_t number) const {
    const auto x = data.batch(key(), kInstance, number, batch);
    return {x.begin(), x.end()};
  }
  [[nodiscard]] reference::Autoencoder reference_model() const {
    return {.step = step,
            .W = {W.begin(), W.end()},
            .W2 = {W2.begin(), W2.end()},
            .b_final = {b.begin(), b.end()}};
  }
  [[nodiscard]] std::vector<double> reference_importance() const {
    return {importance.begin(), importance.end()};
  }

  Step step;
  std::size_t batch;
  FeatureDistribution data;
  std::vector<float> W, W2, b, moments, importance;
};

/// The samples of a step, and other numbers as targets. Both are rows of a wider table.
struct GivenTable {
  GivenTable(const CaseMember& member, std::uint32_t step);

  [[nodiscard]] GivenSamples view(bool with_targets) const {
    return {.x = x.data(), .target = with_targets ? target.data() : nullptr, .stride = stride};
  }
  /// (batch, n_features)
  [[nodiscard]] std::vector<double> targets(const CaseMember& member) const;

  std::size_t stride;
  std::vector<float> x, target;  ///< (batch, stride)
};

/// An update that leaves the parameters alone and puts the gradient into the first moments.
inline constexpr Update kGradientOnly{.rule = Update::Rule::kMomentum};

/// The t-th step of Adam.
Update adam(int t);

/// Three lists, one after the other.
std::vector<double> flat(std::vector<double> first, const std::vector<double>& second,
                         const std::vector<double>& third);

}  // namespace superpose::kernels
