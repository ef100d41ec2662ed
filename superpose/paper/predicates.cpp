#include "superpose/paper/predicates.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <iterator>
#include <numeric>
#include <utility>

namespace superpose::paper {
namespace {

/// Features count as orthogonal up to this |cosine|: within 6 degrees of a right angle.
constexpr double kOrthogonalCosine = 0.1;

bool contains(std::span<const std::int64_t> features, std::int64_t feature) {
  return std::ranges::find(features, feature) != features.end();
}

/// The importances of the represented features: those in superposition, and those with a dimension of their
/// own.
struct Importances {
  std::vector<double> shared, own;
};
Importances by_superposition(const TrainedInstance& model, std::span<const float> importance) {
  Importances result;
  for (const auto f : model.geometry.represented()) {
    auto& list = contains(model.geometry.in_superposition(), f) ? result.shared : result.own;
    list.push_back(static_cast<double>(importance[static_cast<std::size_t>(f)]));
  }
  return result;
}

double mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Some rows of a (n_instances, n_features) table.
std::vector<float> rows(const std::vector<float>& table, std::span<const UniformInstance> instances,
                        const Shape& shape) {
  std::vector<float> result;
  for (const UniformInstance& one : instances) {
    std::ranges::copy(shape.row(std::span(table), one.instance), std::back_inserter(result));
  }
  return result;
}

}  // namespace

std::vector<UniformInstance> uniform_instances(const Experiment& experiment) {
  const Shape& shape = experiment.model.shape;
  const auto table = experiment.feature_probability();
  std::vector<UniformInstance> result;
  for (std::int64_t i = 0; i < shape.n_instances; ++i) {
    const auto own = shape.row(std::span(table), i);
    if (std::ranges::adjacent_find(own, std::not_equal_to()) == own.end()) {
      result.push_back({.instance = i, .feature_probability = static_cast<double>(own.front())});
    }
  }
  std::ranges::sort(result, {}, [](const UniformInstance& one) {
    return std::pair(-one.feature_probability, one.instance);
  });
  return result;
}

std::vector<float> importance_of(const Experiment& experiment, std::int64_t instance) {
  const UniformInstance one{.instance = instance, .feature_probability = 1};
  return rows(experiment.importance(), {&one, 1}, experiment.model.shape);
}

std::optional<std::vector<TrainedInstance>> train_over_seeds(const ClaimsRequest& request,
                                                             const SeedsRequest& what) {
  const Experiment& experiment = request.experiment;
  Shape shape = experiment.model.shape;
  std::vector<float> probability;
  for (const UniformInstance& one : what.instances)
    probability.insert(probability.end(), shape.features(), static_cast<float>(one.feature_probability));
  auto importance = rows(experiment.importance(), what.instances, shape);
  shape.n_instances = std::ssize(what.instances);

  TrainOptions options = experiment.train;
  options.restarts = what.seeds;
  Trainer trainer(
      {.kind = what.kind,
       .shape = shape,
       .init = experiment.model.init,
       .data = FeatureDistribution(std::move(probability), shape.n_features, experiment.data.distribution),
       .importance = std::move(importance)},
      options, request.threads);
  if (!trainer.run(request.stop)) return std::nullopt;

  const Model& model = trainer.state().model;
  std::vector<TrainedInstance> result;
  for (std::int64_t i = 0; i < model.shape().n_instances; ++i) {
    const auto b_final = model.b_final(i);
    result.push_back({.geometry = Geometry(model.W(i), shape.n_hidden),
                      .b_final = {b_final.begin(), b_final.end()},
                      .is_finite = is_finite(model, i)});
  }
  return result;
}

std::optional<std::vector<std::int64_t>> most_important(std::span<const float> importance,
                                                        std::int64_t count) {
  if (count <= 0 || count >= std::ssize(importance)) return std::nullopt;
  std::vector<std::int64_t> features(importance.size());
  std::iota(features.begin(), features.end(), 0);
  const auto of = [&](std::int64_t f) { return importance[static_cast<std::size_t>(f)]; };
  std::ranges::sort(features, std::greater(), of);
  const auto first_left = features.begin() + count;
  if (of(*first_left) == of(*std::prev(first_left))) return std::nullopt;
  features.erase(first_left, features.end());
  std::ranges::sort(features);
  return features;
}

bool is_finite(const Model& model, std::int64_t instance) {
  const auto finite = [](std::span<const float> values) {
    return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
  };
  return finite(model.W(instance)) && finite(model.b_final(instance)) &&
         (parts(model.kind()).tied || finite(model.W2(instance)));
}

double share(std::int64_t count, std::int64_t all, bool all_finite) {
  return all_finite && all > 0 ? static_cast<double>(count) / static_cast<double>(all) : NAN;
}

Claim share_claim(std::string claim, std::span<const TrainedInstance> models, const Predicate& predicate,
                  double least) {
  const auto count = std::ranges::count_if(models, predicate);
  const bool all_finite = std::ranges::all_of(models, &TrainedInstance::is_finite);
  return {.claim = std::move(claim),
          .criterion = at_least(least, "of the models"),
          .measured = share(count, std::ssize(models), all_finite),
          .seeds = std::ssize(models)};
}

bool keeps_exactly(const TrainedInstance& model, std::span<const std::int64_t> features) {
  return std::ranges::equal(model.geometry.represented(), features) &&
         model.geometry.largest_cosine() <= kOrthogonalCosine;
}

bool is_two_digons_and_one_dropped(const TrainedInstance& model) {
  const auto& represented = model.geometry.represented();
  return std::ssize(represented) == 4 && std::ssize(model.b_final) == 5 &&
         superposition_is_antipodal(model) && std::ssize(model.geometry.antipodal_pairs()) == 2;
}

bool is_pentagon(const TrainedInstance& model) {
  return std::ssize(model.b_final) == 5 && std::ssize(model.geometry.represented()) == 5 &&
         model.geometry.is_regular_polygon();
}

double bias_deviation(const TrainedInstance& model, double feature_probability) {
  double largest = 0;
  for (std::size_t f = 0; f < model.b_final.size(); ++f) {
    const bool kept = contains(model.geometry.represented(), static_cast<std::int64_t>(f));
    const double ideal = kept ? 0 : feature_probability / 2;
    const double deviation = std::abs(static_cast<double>(model.b_final[f]) - ideal);
    if (std::isnan(deviation) || deviation > largest) largest = deviation;
  }
  return largest;
}

bool has_superposition(const TrainedInstance& model) {
  return !model.geometry.in_superposition().empty();
}

bool superposition_is_antipodal(const TrainedInstance& model) {
  const auto pairs = model.geometry.antipodal_pairs();
  return has_superposition(model) && std::ranges::all_of(model.geometry.in_superposition(), [&](auto f) {
           return std::ranges::count_if(pairs,
                                        [&](auto pair) { return pair.first == f || pair.second == f; }) == 1;
         });
}

bool less_important_on_average(const TrainedInstance& model, std::span<const float> importance) {
  const auto [shared, own] = by_superposition(model, importance);
  return !shared.empty() && !own.empty() && mean(shared) < mean(own);
}

bool each_less_important(const TrainedInstance& model, std::span<const float> importance) {
  const auto [shared, own] = by_superposition(model, importance);
  return !shared.empty() && !own.empty() && std::ranges::max(shared) < std::ranges::min(own);
}

bool all_represented_in_superposition(const TrainedInstance& model) {
  return has_superposition(model) && model.geometry.in_superposition() == model.geometry.represented();
}

bool represented_biases_are_negative(const TrainedInstance& model) {
  const auto& represented = model.geometry.represented();
  return !represented.empty() && std::ranges::all_of(represented, [&](auto f) {
    return model.b_final[static_cast<std::size_t>(f)] < 0;
  });
}

}  // namespace superpose::paper
