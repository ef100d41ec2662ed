#include "superpose/data/independent_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "superpose/core/error.h"
#include "superpose/core/random.h"

namespace superpose {

IndependentFeatures::IndependentFeatures(std::vector<float> feature_probability, std::int64_t n_features)
    : n_features_(n_features), probability_(std::move(feature_probability)) {
  if (n_features <= 0)
    throw InvalidRequest(fmt::format("n_features: expected a number above 0, got {}", n_features));
  const auto numbers = static_cast<std::int64_t>(probability_.size());
  n_instances_ = numbers / n_features;
  if (n_instances_ * n_features != numbers) {
    throw InvalidRequest(
        fmt::format("feature_probability: expected rows of {} numbers, got {} in all", n_features, numbers));
  }
  last_active_.reserve(probability_.size());
  scale_.reserve(probability_.size());
  for (const float p : probability_) {
    if (!(p >= kLeastProbability && p <= 1)) {
      throw InvalidRequest(fmt::format("feature_probability: expected numbers from 1e-06 to 1, got {}", p));
    }
    const double threshold = std::round(static_cast<double>(p) * 0x1p31);
    last_active_.push_back(static_cast<std::int32_t>(threshold - 1));
    auto scale = static_cast<float>(1 / threshold);
    if (static_cast<float>(last_active_.back()) * scale > 1)
      scale = std::nextafter(scale, 0.0F);  // both rounded up
    scale_.push_back(scale);
  }
}

std::span<const std::int32_t> IndependentFeatures::last_active(std::int64_t instance) const {
  const auto n = static_cast<std::size_t>(n_features_);
  return std::span(last_active_).subspan(static_cast<std::size_t>(instance) * n, n);
}

std::span<const float> IndependentFeatures::scale(std::int64_t instance) const {
  const auto n = static_cast<std::size_t>(n_features_);
  return std::span(scale_).subspan(static_cast<std::size_t>(instance) * n, n);
}

void IndependentFeatures::sample(philox::Key key, std::uint32_t instance, std::uint32_t step,
                                 std::uint32_t sample, std::span<float> x) const {
  const auto last = last_active(instance);
  const auto scales = scale(instance);
  for (std::uint32_t f = 0; f < x.size(); ++f) {
    const auto u = static_cast<std::int32_t>(sample_word(key, instance, step, sample, f) >> 1);
    x[f] = u <= last[f] ? static_cast<float>(u) * scales[f] : 0.0F;
  }
}

}  // namespace superpose
