#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "superpose/run/table.h"

namespace superpose::figures {

/// A column of a sweep's table.
template <class T>
run::Column column(std::string name, run::Cells<T> cells, run::Column::Role role) {
  return {.name = std::move(name), .role = role, .cells = std::move(cells)};
}

/// The table of a sweep of n_hidden = 1, 2, 3, lr = 0.001, 0.01, 0.1 and seed = 0, 1, an instance a point.
/// The loss is 1 / n_hidden + lr, and 10 more with the second seed.
inline run::Table example_sweep() {
  using Role = run::Column::Role;
  run::Cells<std::int64_t> point, hidden, seed, instance, represented;
  run::Cells<double> lr, probability, loss;
  run::Cells<std::string> outcome;
  for (const std::int64_t n : {1, 2, 3}) {
    for (const double rate : {0.001, 0.01, 0.1}) {
      for (const std::int64_t s : {0, 1}) {
        point.emplace_back(static_cast<std::int64_t>(point.size()));
        hidden.emplace_back(n);
        lr.emplace_back(rate);
        seed.emplace_back(s);
        instance.emplace_back(0);
        probability.emplace_back(0.5);
        loss.emplace_back(1 / static_cast<double>(n) + rate + 10 * static_cast<double>(s));
        represented.emplace_back(n + 1);
        outcome.emplace_back("digon");
      }
    }
  }
  return {.columns = {column("point", point, Role::kPlace), column("model.n_hidden", hidden, Role::kSwept),
                      column("train.lr", lr, Role::kSwept), column("train.seed", seed, Role::kSwept),
                      column("instance", instance, Role::kPlace),
                      column("feature_probability", probability, Role::kMeasured),
                      column("loss", loss, Role::kMeasured),
                      column("represented", represented, Role::kMeasured),
                      column("outcome", outcome, Role::kMeasured)}};
}

}  // namespace superpose::figures
