#include "superpose/analysis/inhibition.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <optional>

#include "superpose/analysis/neurons.h"
#include "superpose/core/error.h"

namespace superpose {
namespace {

/// Both matrices of an instance, by feature and neuron.
class Weights {
 public:
  Weights(std::span<const float> W1, std::span<const float> W2, std::int64_t n_hidden)
      : W1_(W1), W2_(W2), hidden_(static_cast<std::size_t>(n_hidden)) {}

  [[nodiscard]] std::size_t features() const { return W1_.size() / hidden_; }
  [[nodiscard]] std::size_t neurons() const { return hidden_; }
  [[nodiscard]] double in(std::size_t f, std::size_t h) const {
    return static_cast<double>(W1_[f * hidden_ + h]);
  }
  [[nodiscard]] double out(std::size_t f, std::size_t h) const {
    return static_cast<double>(W2_[f * hidden_ + h]);
  }

 private:
  std::span<const float> W1_, W2_;
  std::size_t hidden_;
};

/// The two features with the largest |input weights| of a neuron.
std::pair<std::size_t, std::size_t> largest_two(const Weights& weights, std::size_t h) {
  std::size_t first = 0, second = 1;
  const auto size = [&](std::size_t f) { return std::abs(weights.in(f, h)); };
  if (size(second) > size(first)) std::swap(first, second);
  for (std::size_t f = 2; f < weights.features(); ++f) {
    if (size(f) > size(first)) {
      second = first;
      first = f;
    } else if (size(f) > size(second)) {
      second = f;
    }
  }
  return {first, second};
}

std::optional<AsymmetricNeuron> examine(const Weights& weights, std::size_t h) {
  const auto [loud, quiet] = largest_two(weights, h);
  AsymmetricNeuron found{.neuron = static_cast<std::int64_t>(h),
                         .loud = static_cast<std::int64_t>(loud),
                         .quiet = static_cast<std::int64_t>(quiet),
                         .loud_in = weights.in(loud, h),
                         .quiet_in = weights.in(quiet, h),
                         .loud_out = weights.out(loud, h),
                         .quiet_out = weights.out(quiet, h),
                         .inhibition = 0,
                         .inhibitor = static_cast<std::int64_t>(h)};
  const double large = std::abs(found.loud_in), small = std::abs(found.quiet_in);
  const bool asymmetric = large >= kDeadNeuron && small >= kMonosemantic * large &&
                          large >= kAsymmetry * small && found.loud_out > 0 &&
                          found.quiet_out >= kAsymmetry * found.loud_out;
  if (!asymmetric) return std::nullopt;
  const double sign = found.loud_in > 0 ? 1 : -1;
  double most = 0;
  for (std::size_t other = 0; other < weights.neurons(); ++other) {
    if (other == h) continue;
    const double written = std::max(0.0, sign * weights.in(loud, other)) * weights.out(quiet, other);
    found.inhibition += written;
    if (written < most) {
      most = written;
      found.inhibitor = static_cast<std::int64_t>(other);
    }
  }
  return found;
}

}  // namespace

double AsymmetricNeuron::crosstalk() const {
  return std::abs(loud_in) * quiet_out;
}

double AsymmetricNeuron::reverse_crosstalk() const {
  return std::abs(quiet_in) * loud_out;
}

std::vector<AsymmetricNeuron> asymmetric_neurons(std::span<const float> W1, std::span<const float> W2,
                                                 std::int64_t n_hidden) {
  if (n_hidden <= 0 || W1.size() % static_cast<std::size_t>(n_hidden) != 0 || W1.size() != W2.size()) {
    throw InvalidRequest({.key = "W1, W2",
                          .expected = fmt::format("as many rows of {} weights", n_hidden),
                          .got = fmt::format("{} and {} weights", W1.size(), W2.size())});
  }
  const Weights weights(W1, W2, n_hidden);
  std::vector<AsymmetricNeuron> found;
  if (weights.features() < 2) return found;
  for (std::size_t h = 0; h < weights.neurons(); ++h) {
    if (const auto neuron = examine(weights, h)) found.push_back(*neuron);
  }
  std::ranges::sort(found, [](const AsymmetricNeuron& a, const AsymmetricNeuron& b) {
    return std::pair(-a.crosstalk(), a.neuron) < std::pair(-b.crosstalk(), b.neuron);
  });
  return found;
}

}  // namespace superpose
