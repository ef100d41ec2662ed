#include "superpose/run/phase_grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <span>
#include <string>
#include <utility>

#include "superpose/core/error.h"

namespace superpose::run {

PhaseGrid::PhaseGrid(const Experiment& experiment) : n_hidden(experiment.model.shape.n_hidden) {
  const Shape& shape = experiment.model.shape;
  const auto refuse = [](std::string expected, std::string got) {
    throw InvalidRequest({.key = "phase diagram", .expected = std::move(expected), .got = std::move(got)});
  };
  if (experiment.model.kind != ModelKind::kReluOutput)
    refuse("models of kind \"relu_output\"", fmt::format("\"{}\"", name(experiment.model.kind)));
  if (n_hidden > 2 || shape.n_features != n_hidden + 1) {
    refuse("2 features in 1 dimension or 3 in 2", fmt::format("{} in {}", shape.n_features, n_hidden));
  }

  const auto probability = experiment.feature_probability();
  const auto importance = experiment.importance();
  std::vector<double> p, r;
  for (std::size_t i = 0; i < shape.instances(); ++i) {
    const auto own = shape.row(std::span(probability), i);
    if (std::ranges::any_of(own, [&](float value) { return value != own.front(); }))
      refuse("one feature_probability for all features of an instance",
             fmt::format("several in instance {}", i));
    const auto weights = shape.row(std::span(importance), i);
    if (std::ranges::any_of(weights.first(weights.size() - 1), [](float value) { return value != 1; }))
      refuse("importance 1 for all features but the last", fmt::format("another in instance {}", i));
    if (!(weights.back() > 0))
      refuse("an importance above 0 for the last feature",
             fmt::format("{} in instance {}", weights.back(), i));
    p.push_back(static_cast<double>(own.front()));
    r.push_back(static_cast<double>(weights.back()));
  }
  const auto distinct = [](std::vector<double> values, auto order) {
    std::ranges::sort(values, order);
    const auto repeated = std::ranges::unique(values);
    values.erase(repeated.begin(), repeated.end());
    return values;
  };
  density = distinct(p, std::greater());
  relative_importance = distinct(r, std::less());

  const std::size_t none = shape.instances();
  instances_.assign(density.size() * relative_importance.size(), none);
  for (std::size_t i = 0; i < shape.instances(); ++i) {
    const auto column = std::ranges::lower_bound(density, p[i], std::greater()) - density.begin();
    const auto row = std::ranges::lower_bound(relative_importance, r[i]) - relative_importance.begin();
    instances_[static_cast<std::size_t>(row) * density.size() + static_cast<std::size_t>(column)] = i;
  }
  if (std::ranges::find(instances_, none) != instances_.end())
    refuse(fmt::format("an instance for each of {} densities x {} importances", density.size(),
                       relative_importance.size()),
           fmt::format("{} instances", shape.n_instances));
}

}  // namespace superpose::run
