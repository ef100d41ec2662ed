#include "superpose/analysis/polytope_census.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <set>

#include "superpose/analysis/metrics.h"
#include "superpose/core/portable_math.h"

namespace superpose {

void PolytopeCensus::add(std::span<const float> W, std::int64_t n_hidden) {
  std::set<Polytope> seen;
  for (const Component& component : components(W, n_hidden)) {
    const auto size = std::ssize(component.features);
    represented_ += size;
    counts_[component.shape.polytope].features += size;
    seen.insert(component.shape.polytope);
  }
  for (const Polytope polytope : seen) ++counts_[polytope].models;
  const Shape shape{.n_instances = 1, .n_features = std::ssize(W) / n_hidden, .n_hidden = n_hidden};
  dimensions_per_feature_.push_back(superpose::dimensions_per_feature(W, shape).front());
  capacity_.push_back(superpose::capacity(W, shape).front());
}

std::int64_t PolytopeCensus::features_in(Polytope polytope) const {
  const auto found = counts_.find(polytope);
  return found == counts_.end() ? 0 : found->second.features;
}

std::int64_t PolytopeCensus::models_with(Polytope polytope) const {
  const auto found = counts_.find(polytope);
  return found == counts_.end() ? 0 : found->second.models;
}

double PolytopeCensus::share_in(Polytope polytope) const {
  if (represented_ == 0) return 0;
  return static_cast<double>(features_in(polytope)) / static_cast<double>(represented_);
}

std::span<const PolytopeCensus> longest_plateau(std::span<const PolytopeCensus> levels, double value,
                                                double tolerance) {
  const auto sticks = [&](const PolytopeCensus& level) {
    return std::ranges::all_of(level.dimensions_per_feature(),
                               [&](double D) { return std::abs(D - value) <= tolerance; });
  };
  std::span<const PolytopeCensus> longest;
  for (std::size_t begin = 0; begin < levels.size(); ++begin) {
    std::size_t end = begin;
    while (end < levels.size() && sticks(levels[end])) ++end;
    if (end - begin > longest.size()) longest = levels.subspan(begin, end - begin);
  }
  return longest;
}

std::optional<double> mean_density(std::span<const PolytopeCensus> levels, Polytope polytope) {
  double sum = 0, count = 0;
  for (const PolytopeCensus& level : levels) {
    const auto features = static_cast<double>(level.features_in(polytope));
    sum += features * portable::log(level.density());
    count += features;
  }
  if (count == 0) return std::nullopt;
  return portable::exp(sum / count);
}

}  // namespace superpose
