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
namespace {

[[noreturn]] void refuse_phase(std::string expected, std::string got, std::string hint = "") {
  throw InvalidRequest({.key = "phase diagram",
                        .expected = std::move(expected),
                        .got = std::move(got),
                        .hint = std::move(hint)});
}

/// Refuses values, and says what those of a phase diagram are.
[[noreturn]] void refuse_values(std::string expected, std::string got) {
  refuse_phase(
      std::move(expected), std::move(got),
      "it has feature_probability (n_instances), importance (n_instances, n_features) with rows [1, ..., 1, "
      "r], and an instance for every pair of a probability and an r");
}

}  // namespace

PhaseGrid::PhaseGrid(const Experiment& experiment) : n_hidden(experiment.model.shape.n_hidden) {
  const Shape& shape = experiment.model.shape;
  if (experiment.model.kind != ModelKind::kReluOutput)
    refuse_phase("models of kind \"relu_output\"", fmt::format("\"{}\"", name(experiment.model.kind)));
  if (n_hidden > 2 || shape.n_features != n_hidden + 1) {
    refuse_phase("2 features in 1 dimension or 3 in 2", fmt::format("{} in {}", shape.n_features, n_hidden));
  }

  const auto probability = experiment.feature_probability();
  const auto importance = experiment.importance();
  std::vector<double> p, r;
  for (std::size_t i = 0; i < shape.instances(); ++i) {
    const auto own = shape.row(std::span(probability), i);
    if (std::ranges::any_of(own, [&](float value) { return value != own.front(); }))
      refuse_values("one feature_probability for all features of an instance",
                    fmt::format("several in instance {}", i));
    const auto weights = shape.row(std::span(importance), i);
    if (std::ranges::any_of(weights.first(weights.size() - 1), [](float value) { return value != 1; }))
      refuse_values("importance 1 for all features but the last", fmt::format("another in instance {}", i));
    if (!(weights.back() > 0))
      refuse_values("an importance above 0 for the last feature",
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
    refuse_values(fmt::format("an instance for each of {} densities x {} importances", density.size(),
                              relative_importance.size()),
                  fmt::format("{} instances", shape.n_instances));
}

}  // namespace superpose::run
