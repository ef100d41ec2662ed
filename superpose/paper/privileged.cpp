#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "superpose/analysis/inhibition.h"
#include "superpose/analysis/neurons.h"
#include "superpose/paper/entries.h"
#include "superpose/paper/predicates.h"

namespace superpose::paper {
namespace {

constexpr const char* kPrivileged = R"(name = "privileged-basis"

[model]
kind        = "relu_hidden"
n_features  = 10
n_hidden    = 5
n_instances = 7

[data]
feature_probability = [0.75, 0.35, 0.15, 0.1, 0.06, 0.02, 0.01]
importance          = { power = 0.75 }

[train]
steps      = 3000
batch_size = 1024
lr         = 3e-3
schedule   = "linear"
restarts   = 1000
)";

constexpr const char* kAbsolute = R"(name = "absolute-value"

[model]
kind        = "absolute_value"
n_features  = 100
n_hidden    = 40
n_instances = 7

[data]
feature_probability = [1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001]
importance          = { power = 0.8 }
values              = "signed"

[train]
steps      = 10000
batch_size = 1024
lr         = 3e-3
schedule   = "linear"
)";

/// The neurons of each density, the densest first.
struct Level {
  double density;
  bool finite;  // its loss
  NeuronCounts neurons;
  std::vector<AsymmetricNeuron> asymmetric;  // of models with two matrices

  /// Of the neurons that do something; NaN where none does or the model has diverged.
  [[nodiscard]] double monosemantic_share() const {
    const auto alive = neurons.monosemantic + neurons.polysemantic;
    return alive == 0 || !finite ? NAN
                                 : static_cast<double>(neurons.monosemantic) / static_cast<double>(alive);
  }
};

/// Trains the experiment with other random numbers than the picture's. Empty when stopped.
std::vector<Level> train_levels(const ClaimsRequest& request) {
  TrainOptions options = request.experiment.train;
  options.seed += 1;
  Trainer trainer(request.experiment.ensemble(), options, request.threads);
  const auto trained = trainer.finish(request.stop);
  if (!trained) return {};
  const Shape& shape = trained->model.shape();
  const auto probability = request.experiment.feature_probability();
  std::vector<Level> levels;
  for (std::int64_t i = 0; i < shape.n_instances; ++i) {
    levels.push_back(
        {.density = static_cast<double>(probability[static_cast<std::size_t>(i) * shape.features()]),
         .finite = std::isfinite(trained->loss[static_cast<std::size_t>(i)]),
         .neurons = count_neurons(trained->model.W(i), shape.n_hidden),
         .asymmetric = parts(trained->model.kind()).tied
                           ? std::vector<AsymmetricNeuron>()
                           : asymmetric_neurons(trained->model.W(i), trained->model.W2(i), shape.n_hidden)});
  }
  std::ranges::sort(levels, std::greater(), &Level::density);
  return levels;
}

/// How many times the share of monosemantic neurons rises from a density to the next sparser one; one that is
/// not a number counts as a rise.
std::int64_t rises(const std::vector<Level>& levels) {
  std::int64_t count = 0;
  for (std::size_t i = 1; i < levels.size(); ++i)
    count += levels[i].monosemantic_share() <= levels[i - 1].monosemantic_share() ? 0 : 1;
  return count;
}

std::vector<Claim> measure_privileged(const ClaimsRequest& request) {
  const auto& model = request.experiment.model;
  if (model.kind != ModelKind::kReluHidden || model.shape.n_instances < 2) return {};
  const auto levels = train_levels(request);
  if (levels.empty()) return {};
  const auto hidden = model.shape.n_hidden;
  const std::string kept = fmt::format("the best of {} restarts", request.experiment.train.restarts);
  const auto monosemantic = [](const Level& level) {
    return static_cast<double>(level.neurons.monosemantic);
  };
  const Level& dense = levels.front();
  const Level& sparse = levels.back();
  return {{.claim = fmt::format("dense (p = {:.3g}): every neuron is monosemantic", dense.density),
           .expected = fmt::format("{} neurons, in {}", hidden, kept),
           .measured = monosemantic(dense),
           .holds = dense.finite && dense.neurons.monosemantic == hidden,
           .seeds = 1},
          {.claim = "their share falls as features get sparser",
           .expected = "it rises from one density to the next at most once",
           .measured = static_cast<double>(rises(levels)),
           .holds = rises(levels) <= 1 && monosemantic(sparse) < monosemantic(dense),
           .seeds = model.shape.n_instances},
          {.claim = fmt::format("sparse (p = {:.3g}): no neuron is monosemantic", sparse.density),
           .expected = fmt::format("0 of those alive, in {}", kept),
           .measured = monosemantic(sparse),
           .holds = sparse.monosemantic_share() == 0,
           .seeds = 1}};
}

/// Whether the paper's motif is found, and is one: that what is asymmetric is inhibited, too.
std::vector<Claim> inhibition_claims(const std::vector<Level>& levels) {
  std::int64_t inhibited = 0, all = 0;
  for (const Level& level : levels) {
    for (const AsymmetricNeuron& neuron : level.asymmetric) {
      ++all;
      inhibited += neuron.is_inhibited() ? 1 : 0;
    }
  }
  const double share = all == 0 ? NAN : static_cast<double>(inhibited) / static_cast<double>(all);
  return {
      {.claim = "asymmetric superposition with inhibition occurs",
       .expected = "at least 1 neuron, of all models",
       .measured = static_cast<double>(inhibited),
       .holds = inhibited >= 1,
       .seeds = std::ssize(levels)},
      {.claim = "where superposition is asymmetric, other neurons take half of the cross-talk back or more",
       .expected = fmt::format("at least {} of the asymmetric neurons", kNearlyAlways),
       .measured = share,
       .holds = share >= kNearlyAlways,
       .seeds = std::ssize(levels)}};
}

std::vector<Claim> measure_absolute(const ClaimsRequest& request) {
  const auto& model = request.experiment.model;
  if (model.kind != ModelKind::kAbsoluteValue || model.shape.n_instances < 2) return {};

  // Three features with two neurons each: |x| = ReLU(x) + ReLU(-x), without loss.
  Experiment three = request.experiment;
  three.model.shape = {.n_instances = 1, .n_features = 3, .n_hidden = 6};
  three.data.feature_probability = 1.0;
  three.data.importance = 1.0;
  three.train.restarts = 10;
  three.train.seed += 1;
  Trainer trainer(three.ensemble(), three.train, request.threads);
  const auto trained = trainer.finish(request.stop);
  if (!trained) return {};
  const auto loss = static_cast<double>(trained->loss.front());
  constexpr double kNoLoss = 1e-4;

  const auto levels = train_levels(request);
  if (levels.empty()) return {};
  constexpr double kMuch = 0.8, kLittle = 0.2;
  const double dense = levels.front().monosemantic_share();
  const double sparse = levels.back().monosemantic_share();
  std::vector<Claim> claims = {
      {.claim =
           "with two neurons a feature the absolute value is computed without loss: 3 features, 6 neurons",
       .expected = fmt::format("a loss of at most {}", kNoLoss),
       .measured = loss,
       .holds = loss <= kNoLoss,
       .seeds = three.train.restarts},
      {.claim =
           fmt::format("dense (p = {:.3g}): nearly all neurons are monosemantic", levels.front().density),
       .expected = fmt::format("at least {} of those alive", kMuch),
       .measured = dense,
       .holds = dense >= kMuch,
       .seeds = 1},
      {.claim = fmt::format("sparse (p = {:.3g}): hardly any is", levels.back().density),
       .expected = fmt::format("at most {} of those alive", kLittle),
       .measured = sparse,
       .holds = sparse <= kLittle,
       .seeds = 1},
      {.claim = "their share falls as features get sparser",
       .expected = "it rises from one density to the next at most once",
       .measured = static_cast<double>(rises(levels)),
       .holds = rises(levels) <= 1 && sparse < dense,
       .seeds = std::ssize(levels)}};
  std::ranges::move(inhibition_claims(levels), std::back_inserter(claims));
  return claims;
}

}  // namespace

CatalogueEntry privileged_basis() {
  return {.name = "privileged-basis",
          .summary = "a ReLU on the hidden layer: neurons that answer to one feature, then to several",
          .toml = kPrivileged,
          .quick = {"train.restarts=20"},
          .companions = {},
          .figures = {"neurons"},
          .measure = measure_privileged};
}

CatalogueEntry absolute_value() {
  return {.name = "absolute-value",
          .summary =
              "computing |x| of a hundred features with forty neurons, in superposition where they are rare",
          .toml = kAbsolute,
          .quick = {"model.n_features=40", "model.n_hidden=16", "train.steps=2000"},
          .companions = {},
          .figures = {"neurons", "inhibition"},
          .measure = measure_absolute};
}

}  // namespace superpose::paper
