#include "superpose/data/independent_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "superpose/core/error.h"
#include "superpose/core/floating_point.h"
#include "superpose/core/portable_math.h"
#include "superpose/core/random.h"

namespace superpose {
IndependentFeatures::IndependentFeatures(std::vector<float> feature_probability, std::int64_t n_features,
                                         const IndependentOptions& options)
    : options_(options), probability_(std::move(feature_probability)) {
  const StandardFloatingPoint mode;
  if (n_features <= 0)
    throw InvalidRequest(
        {.key = "n_features", .expected = "a number above 0", .got = fmt::to_string(n_features)});
  const auto numbers = static_cast<std::int64_t>(probability_.size());
  shape_ = {.n_instances = numbers / n_features, .n_features = n_features};
  if (shape_.n_instances * n_features != numbers) {
    throw InvalidRequest({.key = "feature_probability",
                          .expected = fmt::format("rows of {} numbers", n_features),
                          .got = fmt::format("{} in all", numbers)});
  }
  last_active_.reserve(probability_.size());
  scale_.reserve(probability_.size());
  gap_scale_.reserve(shape_.instances());
  const std::span<const float> rows(probability_);
  for (std::size_t i = 0; i < shape_.instances(); ++i) add_row(shape_.row(rows, i));
}

void IndependentFeatures::add_row(std::span<const float> probability) {
  for (const float p : probability) {
    if (!(p >= kLeastProbability && p <= 1)) {
      throw InvalidRequest(
          {.key = "feature_probability", .expected = "numbers from 1e-06 to 1", .got = fmt::to_string(p)});
    }
  }
  const float most = std::ranges::max(probability);
  const bool by_gaps =
      options_.by_gaps && most <= most_gap_probability(n_features()) && n_features() <= kMostGapFeatures;
  const auto largest = static_cast<double>(most);
  gap_scale_.push_back(by_gaps ? static_cast<float>(-1 / portable::log1p(-largest)) : 0.0F);
  for (const float p : probability) {
    const double p_of_word = static_cast<double>(p) / (by_gaps ? largest : 1);
    const double threshold = std::round(p_of_word * 0x1p31);
    last_active_.push_back(static_cast<std::int32_t>(threshold - 1));
    auto scale = static_cast<float>(1 / threshold);
    if (static_cast<float>(last_active_.back()) * scale > 1)
      scale = std::nextafter(scale, 0.0F);  // where both were rounded up
    scale_.push_back(scale);
  }
}

float IndependentFeatures::gap_scale(std::int64_t instance) const {
  return gap_scale_[static_cast<std::size_t>(instance)];
}

std::span<const std::int32_t> IndependentFeatures::last_active(std::int64_t instance) const {
  return shape_.row(std::span(last_active_), instance);
}

std::span<const float> IndependentFeatures::scale(std::int64_t instance) const {
  return shape_.row(std::span(scale_), instance);
}

std::vector<float> IndependentFeatures::batch(philox::Key key, std::uint32_t instance, std::uint32_t step,
                                              std::size_t n_samples) const {
  const std::size_t n = shape_.features();
  const auto last = last_active(instance);
  const auto scales = scale(instance);
  std::vector<float> x(n_samples * n);
  const auto decide = [&](std::size_t trial, std::uint32_t word) {
    const auto u = static_cast<std::int32_t>(word >> 1);
    const std::size_t f = trial % n;
    const float size = static_cast<float>(u) * scales[f];
    const float value = options_.is_signed && word % 2 == 1 ? -size : size;
    x[trial] = u <= last[f] ? value : 0.0F;
  };

  if (gap_scale(instance) == 0) {
    for (std::size_t trial = 0; trial < x.size(); ++trial) {
      decide(trial, sample_word(key, instance, step, static_cast<std::uint32_t>(trial / n),
                                static_cast<std::uint32_t>(trial % n)));
    }
    return x;
  }
  const std::size_t block_trials = gap_block_samples(n) * n;
  for (std::size_t begin = 0; begin < x.size(); begin += block_trials) {
    const std::size_t end = std::min(begin + block_trials, x.size());
    const auto block = static_cast<std::uint32_t>(begin / block_trials);
    std::size_t trial = begin;
    for (std::uint32_t event = 0;; ++event, ++trial) {
      const auto [counter, gap_word, value_word] = gap_address(instance, step, block, event);
      const auto words = philox::generate(counter, key);
      trial += static_cast<std::size_t>(exponential(static_cast<std::int32_t>(words[gap_word] >> 1)) *
                                        gap_scale(instance));
      if (trial >= end) break;
      decide(trial, words[value_word]);
    }
  }
  return x;
}

}  // namespace superpose
