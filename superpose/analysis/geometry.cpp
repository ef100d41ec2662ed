#include "superpose/analysis/geometry.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "superpose/analysis/metrics.h"
#include "superpose/core/error.h"
#include "superpose/core/shape.h"

namespace superpose {
namespace {

std::int64_t count_rows(std::size_t weights, std::int64_t n_hidden) {
  if (n_hidden <= 0 || weights % static_cast<std::size_t>(n_hidden) != 0) {
    throw InvalidRequest({.key = "W",
                          .expected = fmt::format("rows of n_hidden = {}", n_hidden),
                          .got = fmt::format("{} numbers", weights)});
  }
  return Shape::of_weights(weights, n_hidden).n_features;
}

/// Whether the value is within the tolerance of the expected one.
bool close(double value, double expected) {
  return std::abs(value - expected) <= kPolygonTolerance * expected;
}

}  // namespace

Geometry::Geometry(std::span<const float> W, std::int64_t n_hidden)
    : n_hidden_(n_hidden),
      n_features_(count_rows(W.size(), n_hidden)),
      W_(W.begin(), W.end()),
      gram_(gram(W, {.n_instances = 1, .n_features = n_features_, .n_hidden = n_hidden})) {
  for (std::int64_t f = 0; f < n_features_; ++f) {
    if (!(norm(f) > kRepresentedNorm)) continue;
    represented_.push_back(f);
    double overlap = 0;
    for (std::int64_t g = 0; g < n_features_; ++g) {
      if (g != f) overlap += dot(f, g) * dot(f, g);
    }
    if (overlap / dot(f, f) > kSuperposition) in_superposition_.push_back(f);
  }
}

double Geometry::dot(std::int64_t f, std::int64_t g) const {
  return gram_[static_cast<std::size_t>(f * n_features_ + g)];
}

double Geometry::norm(std::int64_t f) const {
  return std::sqrt(dot(f, f));
}

double Geometry::largest_cosine() const {
  double largest = 0;
  for (const auto f : represented_) {
    for (const auto g : represented_) {
      if (f != g) largest = std::max(largest, std::abs(cosine(f, g)));
    }
  }
  return largest;
}

std::vector<std::pair<std::int64_t, std::int64_t>> Geometry::antipodal_pairs() const {
  std::vector<std::pair<std::int64_t, std::int64_t>> pairs;
  for (const auto f : represented_) {
    for (const auto g : represented_) {
      if (f < g && cosine(f, g) < kAntipodalCosine) pairs.emplace_back(f, g);
    }
  }
  return pairs;
}

bool Geometry::is_regular_polygon() const {
  const std::size_t k = represented_.size();
  if (n_hidden_ != 2 || k < 3) return false;

  std::vector<double> angles, lengths;
  for (const auto f : represented_) {
    const auto at = static_cast<std::size_t>(2 * f);
    angles.push_back(std::atan2(W_[at + 1], W_[at]));
    lengths.push_back(norm(f));
  }
  const double mean_length = std::accumulate(lengths.begin(), lengths.end(), 0.0) / static_cast<double>(k);
  if (!std::ranges::all_of(lengths, [&](double length) { return close(length, mean_length); })) return false;

  constexpr double kTurn = 2 * std::numbers::pi;
  std::ranges::sort(angles);
  angles.push_back(angles.front() + kTurn);
  for (std::size_t i = 0; i < k; ++i) {
    if (!close(angles[i + 1] - angles[i], kTurn / static_cast<double>(k))) return false;
  }
  return true;
}

}  // namespace superpose
