#include "superpose/paper/collapse.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/core/order_statistics.h"
#include "superpose/paper/entries.h"
#include "superpose/paper/plane.h"
#include "superpose/paper/predicates.h"

namespace superpose::paper {
namespace {

constexpr const char* kToml = R"(name = "collapse"

[model]
kind        = "relu_output"
n_features  = 6
n_hidden    = 2
n_instances = 16

[data]
feature_probability = { geometric = [0.75, 0.01] }
sets = [ { correlated = [0, 1] }, { correlated = [2, 3] }, { correlated = [4, 5] } ]

[train]
steps      = 10000
batch_size = 1024
lr         = 3e-3
schedule   = "linear"
restarts   = 16
)";
constexpr std::int64_t kPairs = 3;

/// What one density came to.
struct Level {
  double p;
  int collapsed;  // pairs
  bool partners_are_neighbours;
  double loss;
  std::vector<double> collapsed_norms;
};

std::vector<Level> measure_levels(const Trainer& trainer, const TrainedModel& trained) {
  const auto probability = trainer.ensemble().data.marginal_probability();
  const Shape& shape = trained.model.shape();
  std::vector<Level> levels;
  for (std::int64_t i = 0; i < shape.n_instances; ++i) {
    const auto W = trained.model.W(i);
    const Plane model(W);
    Level level{.p = static_cast<double>(probability[static_cast<std::size_t>(i) * shape.features()]),
                .collapsed = collapsed_pairs(W),
                .partners_are_neighbours = model.partners_are_neighbours(),
                .loss = static_cast<double>(trained.loss[static_cast<std::size_t>(i)]),
                .collapsed_norms = {}};
    for (std::size_t f = 0; f < model.features(); f += 2) {
      if (collapsed_pairs(W.subspan(2 * f, 4)) == 1)
        level.collapsed_norms.insert(level.collapsed_norms.end(), {model.norm(f), model.norm(f + 1)});
    }
    levels.push_back(std::move(level));
  }
  std::ranges::sort(levels, {}, [](const Level& level) { return -level.p; });
  return levels;
}

std::vector<Claim> measure(const ClaimsRequest& request) {
  const Experiment& experiment = request.experiment;
  const auto entry = collapse();
  // The claims are about this.
  const Experiment own = parse_experiment({.text = entry.toml, .overrides = {}});
  if (experiment.model.kind != ModelKind::kReluOutput || experiment.model.shape.n_features != 2 * kPairs ||
      experiment.model.shape.n_hidden != 2 || experiment.data.distribution != own.data.distribution ||
      experiment.model.shape.n_instances < 4)
    return {};
  TrainOptions options = experiment.train;
  options.seed += 1;  // other trainings than the picture's
  Trainer trainer(experiment.ensemble(), options, request.threads);
  const auto trained = trainer.finish(request.stop);
  if (!trained) return {};
  const auto levels = measure_levels(trainer, *trained);
  const Level& densest = levels.front();
  const Level& sparsest = levels.back();
  const std::string kept = fmt::format(", in the best of {} restarts", options.restarts);
  const bool from_none_to_all = densest.collapsed == kPairs && sparsest.collapsed == 0 &&
                                std::ranges::any_of(levels, [](const Level& level) {
                                  return 0 < level.collapsed && level.collapsed < kPairs;
                                });

  std::int64_t risings = 0;
  for (std::size_t i = 1; i < levels.size(); ++i) risings += levels[i].collapsed > levels[i - 1].collapsed;
  std::vector<double> norms;
  for (const Level& level : levels) {
    // Denser features are shrunk: they are predicted by their mean in part.
    if (level.p < 0.4) norms.insert(norms.end(), level.collapsed_norms.begin(), level.collapsed_norms.end());
  }
  const double norm = median(norms);
  constexpr double kHalf = 0.70710678118654752;  // 1 / sqrt(2)
  const double dense_ratio = densest.loss / pca_loss(densest.p, kPairs, 2);
  const double sparse_ratio = sparsest.loss / pca_loss(sparsest.p, kPairs, 2);
  const auto at = [](const Level& level) { return fmt::format("p = {:.2g}", level.p); };
  return {
      {.claim = fmt::format("sparse ({}): a hexagon, partners side by side, no pair collapsed", at(sparsest)),
       .expected = "1: it is" + kept,
       .measured = sparsest.partners_are_neighbours && sparsest.collapsed == 0 ? 1.0 : 0.0,
       .holds = sparsest.partners_are_neighbours && sparsest.collapsed == 0,
       .seeds = 1},
      {.claim = fmt::format("dense ({}): every pair has collapsed onto one direction", at(densest)),
       .expected = fmt::format("{} pairs{}", kPairs, kept),
       .measured = static_cast<double>(densest.collapsed),
       .holds = densest.collapsed == kPairs,
       .seeds = 1},
      {.claim = "in between they collapse one after the other",
       .expected = "all at the densest, none at the sparsest, some in between; from one density to the next "
                   "sparser one "
                   "at most once more",
       .measured = static_cast<double>(risings),
       .holds = from_none_to_all && risings <= 1,
       .seeds = std::ssize(levels)},
      {.claim = "a collapsed pair is represented as (a + b) / sqrt(2): each feature's norm is 0.707",
       .expected = "within 0.05, in the median where p < 0.4",
       .measured = norm,
       .holds = std::abs(norm - kHalf) <= 0.05,
       .seeds = std::ssize(levels)},
      {.claim = fmt::format("dense ({}): the loss is that of PCA", at(densest)),
       .expected = "0.95 to 1.05 of it",
       .measured = dense_ratio,
       .holds = std::abs(dense_ratio - 1) <= 0.05,
       .seeds = 1},
      {.claim = fmt::format("sparse ({}): superposition does better than PCA", at(sparsest)),
       .expected = "at most half its loss",
       .measured = sparse_ratio,
       .holds = sparse_ratio <= 0.5,
       .seeds = 1}};
}

}  // namespace

int collapsed_pairs(std::span<const float> W) {
  const Plane model(W);
  int count = 0;
  for (std::size_t f = 0; f + 1 < model.features(); f += 2) {
    const double a = model.norm(f), b = model.norm(f + 1);
    const bool alike = std::min(a, b) > 0.8 * std::max(a, b) && std::min(a, b) > 0.25;
    count += alike && model.cosine(f, f + 1) > kCollapsedCosine ? 1 : 0;
  }
  return count;
}

double pca_loss(double p, std::int64_t pairs, std::int64_t n_hidden) {
  if (n_hidden > pairs) {
    throw InvalidRequest(
        fmt::format("n_hidden: expected at most the number of pairs, {}, got {}", pairs, n_hidden));
  }
  const double variance = p / 3 - p * p / 4;
  const double covariance = (p - p * p) / 4;
  const auto kept = static_cast<double>(n_hidden);
  const auto features = static_cast<double>(2 * pairs);
  return (features * variance - kept * (variance + covariance)) / features;
}

CatalogueEntry collapse() {
  return {.name = "collapse",
          .summary =
              "three correlated pairs in the plane: from a hexagon, sparse, to one direction a pair, dense",
          .toml = kToml,
          .quick = {"model.n_instances=8", "train.steps=3000", "train.restarts=8"},
          .companions = {},
          .figures = {"sets"},
          .measure = measure};
}

}  // namespace superpose::paper
