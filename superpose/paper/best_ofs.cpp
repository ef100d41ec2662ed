#include "superpose/paper/best_ofs.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <numeric>
#include <utility>

#include "superpose/core/order_statistics.h"

namespace superpose::paper {
namespace {

/// Copies of a (n_instances, n_features) table, one below the other, in the form that an experiment takes.
std::vector<std::vector<double>> repeated(const std::vector<float>& table, const Shape& shape,
                                          std::int64_t repetitions) {
  std::vector<std::vector<double>> rows;
  for (std::int64_t repetition = 0; repetition < repetitions; ++repetition) {
    for (auto row = table.begin(); row != table.end(); row += shape.n_features)
      rows.emplace_back(row, row + shape.n_features);
  }
  return rows;
}

}  // namespace

std::optional<BestOfs> train_best_ofs(const ClaimsRequest& request, std::int64_t repetitions) {
  Experiment experiment = request.experiment;
  const Shape shape = experiment.model.shape;
  experiment.data.feature_probability = repeated(experiment.feature_probability(), shape, repetitions);
  experiment.data.importance = repeated(request.experiment.importance(), shape, repetitions);
  experiment.model.shape.n_instances *= repetitions;
  experiment.train.seed += 1;  // so that the claims rest on other trainings than the picture
  Trainer trainer(experiment.ensemble(), experiment.train, request.threads);
  auto trained = trainer.finish(request.stop);
  if (!trained) return std::nullopt;
  return BestOfs{
      .trained = *std::move(trained), .n_instances = shape.n_instances, .repetitions = repetitions};
}

double density(const Experiment& experiment, std::int64_t instance) {
  const auto at = experiment.model.shape.first_feature(instance);
  return static_cast<double>(experiment.distribution().marginal_probability()[at]);
}

std::vector<std::int64_t> densest_first(const Experiment& experiment) {
  std::vector<std::int64_t> instances(experiment.model.shape.instances());
  std::iota(instances.begin(), instances.end(), 0);
  std::ranges::sort(instances, {}, [&](std::int64_t i) { return std::pair(-density(experiment, i), i); });
  return instances;
}

Claim median_claim(std::string claim, const Criterion& criterion, const std::vector<double>& of_each) {
  return {.claim = std::move(claim),
          .criterion = criterion,
          .measured = median(of_each),
          .seeds = std::ssize(of_each),
          .spread = Spread{.lowest = smallest(of_each), .highest = largest(of_each)}};
}

}  // namespace superpose::paper
