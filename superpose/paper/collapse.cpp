#include "superpose/paper/collapse.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <numbers>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/core/order_statistics.h"
#include "superpose/paper/best_ofs.h"
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

constexpr std::int64_t kSeries = 10, kQuickSeries = 3;

/// From this density on, models predict features partly by their mean, which shrinks the weights.
constexpr double kDenseFrom = 0.4;
constexpr double kInverseRootTwo = 1 / std::numbers::sqrt2;
constexpr double kNormTolerance = 0.05, kLossTolerance = 0.05;

/// The pairs of one model.
struct Pairs {
  double p;  // the probability that a feature is active
  bool is_finite;
  int collapsed;  // number of collapsed pairs
  bool partners_are_neighbours;
  double loss_over_pca;
  std::vector<double> collapsed_norms;  // norms of both features of each collapsed pair

  [[nodiscard]] bool are_a_hexagon() const { return partners_are_neighbours && collapsed == 0; }
};

/// One model for each density, the best of its restarts; the densest first.
using Series = std::vector<Pairs>;

std::vector<double> collapsed_norms(std::span<const float> W) {
  const Plane model(W);
  std::vector<double> norms;
  for (std::size_t f = 0; f < model.features(); f += 2) {
    if (collapsed_pairs(W.subspan(2 * f, 4)) == 1)
      norms.insert(norms.end(), {model.norm(f), model.norm(f + 1)});
  }
  return norms;
}

std::vector<Series> measure_series(const Experiment& experiment, const BestOfs& best_ofs) {
  const auto instances = densest_first(experiment);
  std::vector<Series> all;
  for (std::int64_t repetition = 0; repetition < best_ofs.repetitions; ++repetition) {
    Series& series = all.emplace_back();
    for (const std::int64_t i : instances) {
      const auto W = best_ofs.trained.model.W(best_ofs.at(repetition, i));
      const double p = density(experiment, i), loss = best_ofs.loss(repetition, i);
      series.push_back({.p = p,
                        .is_finite = std::isfinite(loss),
                        .collapsed = collapsed_pairs(W),
                        .partners_are_neighbours = Plane(W).partners_are_neighbours(),
                        .loss_over_pca = loss / pca_loss(p, kPairs, 2),
                        .collapsed_norms = collapsed_norms(W)});
    }
  }
  return all;
}

/// How many times the number of collapsed pairs rises from one density to the next sparser one.
std::int64_t rises(const Series& series) {
  std::int64_t count = 0;
  for (std::size_t i = 1; i < series.size(); ++i)
    count += series[i].collapsed > series[i - 1].collapsed ? 1 : 0;
  return count;
}

/// Whether all pairs have collapsed at the highest density, none at the lowest and some in between, and the
/// number of collapsed pairs rises at most once on the way from dense to sparse.
bool collapse_one_after_the_other(const Series& series) {
  const bool some_in_between = std::ranges::any_of(
      series, [](const Pairs& pairs) { return 0 < pairs.collapsed && pairs.collapsed < kPairs; });
  return series.front().collapsed == kPairs && series.back().collapsed == 0 && some_in_between &&
         rises(series) <= 1;
}

/// What all claims are measured on.
struct Measured {
  std::vector<Series> series;
  std::int64_t restarts;

  [[nodiscard]] const Pairs& densest() const { return series.front().front(); }
  [[nodiscard]] const Pairs& sparsest() const { return series.front().back(); }
};

std::string at(const Pairs& pairs) {
  return fmt::format("p = {:.2g}", pairs.p);
}

/// Claims something of most series: measures the share of them for which the predicate is true.
template <class Predicate>
Claim share_of_models(std::string claim, const Measured& measured, const Predicate& predicate) {
  std::int64_t count = 0;
  bool all_finite = true;
  for (const Series& series : measured.series) {
    count += predicate(series) ? 1 : 0;
    all_finite = all_finite && std::ranges::all_of(series, &Pairs::is_finite);
  }
  const std::int64_t models = std::ssize(measured.series);
  return {
      .claim = std::move(claim),
      .criterion = at_least(kNearlyAlways, fmt::format("of them, each the best of {}", measured.restarts)),
      .measured = share(count, models, all_finite),
      .seeds = models};
}

Claim norm_claim(const Measured& measured) {
  std::vector<double> of_each;
  for (const Series& series : measured.series) {
    std::vector<double> norms;
    for (const Pairs& pairs : series) {
      if (!pairs.is_finite) norms.push_back(NAN);
      if (pairs.p < kDenseFrom)
        norms.insert(norms.end(), pairs.collapsed_norms.begin(), pairs.collapsed_norms.end());
    }
    of_each.push_back(median(norms));
  }
  return median_claim(
      "a collapsed pair is represented as (a + b) / sqrt(2): each feature's norm is 0.707",
      within(kInverseRootTwo, kNormTolerance, fmt::format(", in the median where p < {}", kDenseFrom)),
      of_each);
}

/// Claims something of a loss in units of PCA's loss: that of the model that `pick` takes from each series.
template <class Pick>
Claim loss_claim(std::string claim, const Criterion& criterion, const Measured& measured, const Pick& pick) {
  std::vector<double> of_each;
  for (const Series& series : measured.series) of_each.push_back(pick(series).loss_over_pca);
  return median_claim(std::move(claim), criterion, of_each);
}

Claims make_claims(const Measured& measured) {
  const auto dense = [](const Series& series) -> const Pairs& { return series.front(); };
  const auto sparse = [](const Series& series) -> const Pairs& { return series.back(); };
  return {share_of_models(fmt::format("sparse ({}): a hexagon, partners side by side, no pair collapsed",
                                      at(measured.sparsest())),
                          measured, [&](const Series& series) { return sparse(series).are_a_hexagon(); }),
          share_of_models(
              fmt::format("dense ({}): every pair has collapsed onto one direction", at(measured.densest())),
              measured, [&](const Series& series) { return dense(series).collapsed == kPairs; }),
          share_of_models(
              "in between they collapse one after the other: from one density to the next sparser one "
              "their number falls or stays, but for one rise at most",
              measured, collapse_one_after_the_other),
          norm_claim(measured),
          loss_claim(fmt::format("dense ({}): the loss is that of PCA", at(measured.densest())),
                     within(1, kLossTolerance, "times it, in the median"), measured, dense),
          loss_claim(fmt::format("sparse ({}): superposition does better than PCA", at(measured.sparsest())),
                     at_most(0.5, "of its loss, in the median"), measured, sparse)};
}

/// Whether the claims are about this experiment: it has the entry's pairs, two dimensions, and four densities
/// or more.
bool is_about(const Experiment& experiment) {
  const auto entry = collapse();
  const Experiment own = parse_experiment({.text = entry.toml, .overrides = {}});
  const Shape& shape = experiment.model.shape;
  return experiment.model.kind == ModelKind::kReluOutput && shape.n_features == 2 * kPairs &&
         shape.n_hidden == 2 && experiment.data.distribution == own.data.distribution &&
         shape.n_instances >= 4;
}

std::optional<Claims> measure(const ClaimsRequest& request) {
  if (!is_about(request.experiment)) return Claims();
  const auto best_ofs = train_best_ofs(request, request.quick ? kQuickSeries : kSeries);
  if (!best_ofs) return std::nullopt;
  return make_claims({.series = measure_series(request.experiment, *best_ofs),
                      .restarts = request.experiment.train.restarts});
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
    throw InvalidRequest({.key = "n_hidden",
                          .expected = fmt::format("at most the number of pairs, {}", pairs),
                          .got = fmt::to_string(n_hidden)});
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
