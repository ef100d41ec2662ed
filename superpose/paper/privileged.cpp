#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "superpose/analysis/inhibition.h"
#include "superpose/analysis/neurons.h"
#include "superpose/core/order_statistics.h"
#include "superpose/paper/best_ofs.h"
#include "superpose/paper/entries.h"
#include "superpose/paper/predicates.h"
#include "superpose/paper/privileged.h"

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

/// The number of independent best-ofs of privileged-basis. (absolute-value shows one model for each density.)
constexpr std::int64_t kSeries = 4, kQuickSeries = 3;

/// The neurons of one model.
struct Neurons {
  double density;
  bool is_finite;  // whether its loss is
  NeuronCounts counts;
  std::vector<AsymmetricNeuron> asymmetric;  // empty for models with one matrix

  [[nodiscard]] double alive() const {
    return static_cast<double>(counts.monosemantic + counts.polysemantic);
  }
  [[nodiscard]] double monosemantic() const {
    return is_finite ? static_cast<double>(counts.monosemantic) : NAN;
  }
  /// The share of monosemantic neurons among those alive. NaN when none is alive or the model has diverged.
  [[nodiscard]] double monosemantic_share() const {
    return share(counts.monosemantic, counts.monosemantic + counts.polysemantic, is_finite);
  }
};

/// One model for each density, the best of its restarts; the densest first.
using Series = std::vector<Neurons>;

/// Trains several independent series. returns: (repetitions) series; nothing when stopped.
std::optional<std::vector<Series>> train_series(const ClaimsRequest& request, std::int64_t repetitions) {
  const auto best_ofs = train_best_ofs(request, repetitions);
  if (!best_ofs) return std::nullopt;
  const auto instances = densest_first(request.experiment);
  const Model& model = best_ofs->trained.model;
  const std::int64_t n_hidden = model.shape().n_hidden;
  std::vector<Series> all;
  for (std::int64_t repetition = 0; repetition < repetitions; ++repetition) {
    Series& series = all.emplace_back();
    for (const std::int64_t i : instances) {
      const std::int64_t kept = best_ofs->at(repetition, i);
      series.push_back({.density = density(request.experiment, i),
                        .is_finite = std::isfinite(best_ofs->loss(repetition, i)),
                        .counts = count_neurons(model.W(kept), n_hidden),
                        .asymmetric = parts(model.kind()).tied
                                          ? std::vector<AsymmetricNeuron>()
                                          : asymmetric_neurons(model.W(kept), model.W2(kept), n_hidden)});
    }
  }
  return all;
}

/// How many times the share of monosemantic neurons rises from a density to the next sparser one. A change
/// from or to a share that is NaN counts as a rise. returns: NaN when a model has diverged.
double rises(const Series& series) {
  std::int64_t count = 0;
  for (std::size_t i = 1; i < series.size(); ++i)
    count += series[i].monosemantic_share() <= series[i - 1].monosemantic_share() ? 0 : 1;
  return std::ranges::all_of(series, &Neurons::is_finite) ? static_cast<double>(count) : NAN;
}

constexpr const char* kShareFalls = "their share falls as features get sparser";
constexpr const char* kRise = "rise from one density to the next";

/// That the share falls from one end to the other, too. fall: by how much.
Criterion and_falls(const Criterion& criterion, double fall) {
  return criterion.and_also(fall, above(0, "in all, from the densest to the sparsest"));
}

Claims privileged_claims(const std::vector<Series>& all, std::int64_t n_hidden, std::int64_t restarts) {
  std::vector<double> dense, sparse, risen, fall, alive;
  for (const Series& series : all) {
    dense.push_back(series.front().monosemantic());
    sparse.push_back(series.back().monosemantic());
    risen.push_back(rises(series));
    fall.push_back(dense.back() - sparse.back());
    alive.push_back(series.back().alive());
  }
  const std::string kept = fmt::format(", in the median of models that are each the best of {}", restarts);
  return {median_claim(
              fmt::format("dense (p = {:.3g}): every neuron is monosemantic", all.front().front().density),
              exactly(static_cast<double>(n_hidden), "neurons" + kept), dense),
          median_claim(kShareFalls,
                       and_falls(at_most(1, fmt::format("{}, in the median", kRise)), smallest(fall)), risen),
          median_claim(
              fmt::format("sparse (p = {:.3g}): no neuron is monosemantic", all.front().back().density),
              exactly(0, "neurons" + kept).and_also(smallest(alive), at_least(1, "alive in each")), sparse)};
}

std::optional<Claims> measure_privileged(const ClaimsRequest& request) {
  const auto& model = request.experiment.model;
  if (model.kind != ModelKind::kReluHidden || model.shape.n_instances < 2) return Claims();
  const auto all = train_series(request, request.quick ? kQuickSeries : kSeries);
  if (!all) return std::nullopt;
  return privileged_claims(*all, model.shape.n_hidden, request.experiment.train.restarts);
}

/// Claims that three features with two neurons each have no loss, since |x| = ReLU(x) + ReLU(-x). returns:
/// nothing when stopped.
std::optional<Claim> without_loss_claim(const ClaimsRequest& request) {
  Experiment three = request.experiment;
  three.model.shape = {.n_instances = 1, .n_features = 3, .n_hidden = 6};
  three.data.feature_probability = 1.0;
  three.data.importance = 1.0;
  three.train.restarts = 10;
  three.train.seed += 1;
  Trainer trainer(three.ensemble(), three.train, request.threads);
  const auto trained = trainer.finish(request.stop);
  if (!trained) return std::nullopt;
  constexpr double kNoLoss = 1e-4;
  return Claim{
      .claim =
          "with two neurons a feature the absolute value is computed without loss: 3 features, 6 neurons",
      .criterion = at_most(kNoLoss, ", the loss"),
      .measured = static_cast<double>(trained->loss.front()),
      .seeds = three.train.restarts};
}

Claims absolute_claims(const Series& series) {
  constexpr double kMuch = 0.8, kLittle = 0.2;
  const Neurons &dense = series.front(), &sparse = series.back();
  const double fall = dense.monosemantic_share() - sparse.monosemantic_share();
  return {{.claim = fmt::format("dense (p = {:.3g}): nearly all neurons are monosemantic", dense.density),
           .criterion = at_least(kMuch, "of those alive"),
           .measured = dense.monosemantic_share(),
           .seeds = 1},
          {.claim = fmt::format("sparse (p = {:.3g}): hardly any is", sparse.density),
           .criterion = at_most(kLittle, "of those alive"),
           .measured = sparse.monosemantic_share(),
           .seeds = 1},
          {.claim = kShareFalls,
           .criterion = and_falls(at_most(1, kRise), fall),
           .measured = rises(series),
           .seeds = std::ssize(series)}};
}

std::optional<Claims> measure_absolute(const ClaimsRequest& request) {
  const auto& model = request.experiment.model;
  if (model.kind != ModelKind::kAbsoluteValue || model.shape.n_instances < 2) return Claims();
  auto without_loss = without_loss_claim(request);
  if (!without_loss) return std::nullopt;
  const auto series = train_series(request, /*repetitions=*/1);
  if (!series) return std::nullopt;
  Claims claims = {*std::move(without_loss)};
  std::ranges::move(absolute_claims(series->front()), std::back_inserter(claims));
  std::vector<std::vector<AsymmetricNeuron>> asymmetric;
  for (const Neurons& neurons : series->front()) asymmetric.push_back(neurons.asymmetric);
  const bool finite = std::ranges::all_of(series->front(), &Neurons::is_finite);
  std::ranges::move(inhibition_claims(asymmetric, finite), std::back_inserter(claims));
  return claims;
}

}  // namespace

Claims inhibition_claims(std::span<const std::vector<AsymmetricNeuron>> models, bool finite) {
  std::int64_t inhibited = 0, all = 0;
  for (const auto& asymmetric : models) {
    all += std::ssize(asymmetric);
    inhibited += std::ranges::count_if(asymmetric, &AsymmetricNeuron::is_inhibited);
  }
  return {
      {.claim = "asymmetric superposition with inhibition occurs",
       .criterion = at_least(1, "neuron, of all models"),
       .measured = finite ? static_cast<double>(inhibited) : NAN,
       .seeds = std::ssize(models)},
      {.claim = "where superposition is asymmetric, other neurons take half of the cross-talk back or more",
       .criterion = at_least(kNearlyAlways, "of the asymmetric neurons"),
       .measured = share(inhibited, all, finite),
       .seeds = std::ssize(models),
       .without_number = finite ? kNothingToMeasure : kDiverged}};
}

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
