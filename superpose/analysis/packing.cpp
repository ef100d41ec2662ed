#include "superpose/analysis/packing.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include "superpose/core/portable_math.h"
#include "superpose/core/random.h"

namespace superpose {
namespace {

constexpr int kLastDoubling = 12;  // p = 4096: among a thousand pairs the norm is within 0.2 % of the largest

double dot(const double* a, const double* b, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

void normalise(std::span<double> vectors, std::size_t n_dimensions) {
  for (double* v = vectors.data(); v != vectors.data() + vectors.size(); v += n_dimensions) {
    const double scale = 1 / std::sqrt(dot(v, v, n_dimensions));
    for (std::size_t i = 0; i < n_dimensions; ++i) v[i] *= scale;
  }
}

/// The energy of unit vectors (the logarithm of the 2^doublings-norm of the squared cosines), and its
/// gradient on the sphere.
class Energy {
 public:
  /// stop: asked for each vector. What evaluate returns then is of no use.
  Energy(std::size_t n_vectors, std::size_t n_dimensions, StopToken stop)
      : n_(n_vectors), d_(n_dimensions), stop_(std::move(stop)), cosines_(n_ * n_), gradient_(n_ * d_) {}

  double evaluate(std::span<const double> vectors, int doublings) {
    double largest = 0;
    for (std::size_t i = 0; i < n_ && !stop_.stop_requested(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const double cosine = dot(&vectors[i * d_], &vectors[j * d_], d_);
        cosines_[i * n_ + j] = cosine;
        largest = std::max(largest, cosine * cosine);
      }
    }
    if (largest == 0) return -std::numeric_limits<double>::infinity();
    double sum = 0;
    std::ranges::fill(gradient_, 0.0);
    for (std::size_t i = 0; i < n_ && !stop_.stop_requested(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const double cosine = cosines_[i * n_ + j];
        double power = cosine * cosine / largest;
        for (int k = 0; k < doublings; ++k) power *= power;
        if (power < kNegligible) continue;
        sum += power;
        const double weight = power / cosine;
        for (std::size_t a = 0; a < d_; ++a) {
          gradient_[i * d_ + a] += weight * vectors[j * d_ + a];
          gradient_[j * d_ + a] += weight * vectors[i * d_ + a];
        }
      }
    }
    project(vectors);
    return portable::log(largest) + std::ldexp(portable::log(sum), -doublings);
  }

  /// (n_vectors, n_dimensions): the gradient at the last evaluation, scaled so that its longest row is 1.
  [[nodiscard]] std::span<const double> gradient() const { return gradient_; }

 private:
  static constexpr double kNegligible = 1e-18;

  /// Projects the gradient onto the tangent space of the sphere.
  void project(std::span<const double> vectors) {
    double longest = 0;
    for (std::size_t i = 0; i < n_; ++i) {
      double* g = &gradient_[i * d_];
      const double along = dot(g, &vectors[i * d_], d_);
      for (std::size_t a = 0; a < d_; ++a) g[a] -= along * vectors[i * d_ + a];
      longest = std::max(longest, dot(g, g, d_));
    }
    if (longest == 0) return;
    const double scale = 1 / std::sqrt(longest);
    for (double& g : gradient_) g *= scale;
  }

  std::size_t n_, d_;
  StopToken stop_;
  std::vector<double> cosines_, gradient_;
};

}  // namespace

double welch_bound(std::int64_t n_vectors, std::int64_t n_dimensions) {
  const auto N = static_cast<double>(n_vectors);
  const auto d = static_cast<double>(n_dimensions);
  return N > d ? std::sqrt((N - d) / (d * (N - 1))) : 0;
}

double coherence_bound(std::int64_t n_vectors, std::int64_t n_dimensions) {
  const auto N = static_cast<double>(n_vectors);
  const auto d = static_cast<double>(n_dimensions);
  double best = welch_bound(n_vectors, n_dimensions);
  if (2 * N > d * (d + 1)) best = std::max(best, 1 / std::sqrt(d));
  const double levenshtein = 3 * N - d * d - 2 * d;
  if (levenshtein > 0 && N > d) best = std::max(best, std::sqrt(levenshtein / ((d + 2) * (N - d))));
  return best;
}

double most_vectors(std::int64_t n_dimensions, double eps) {
  // Each bound, solved for N. A little is added, so that rounding does not make a whole number fall short of
  // itself.
  constexpr double kSlack = 1e-9;
  const auto d = static_cast<double>(n_dimensions);
  const double square = eps * eps;
  double most = std::numeric_limits<double>::infinity();
  const auto lower = [&](double N) { most = std::min(most, std::floor(N * (1 + kSlack))); };
  if (d * square < 1) {
    lower(d * (1 - square) / (1 - d * square));
    lower(d * (d + 1) / 2);
  }
  if ((d + 2) * square < 3) lower(d * (d + 2) * (1 - square) / (3 - (d + 2) * square));
  return most;
}

double random_growth_rate(double eps) {
  return -portable::log1p(-eps * eps) / 2;
}

double coherence(std::span<const double> vectors, std::int64_t n_dimensions) {
  const auto d = static_cast<std::size_t>(n_dimensions);
  double largest = 0;
  for (std::size_t i = 0; i < vectors.size(); i += d) {
    for (std::size_t j = 0; j < i; j += d)
      largest = std::max(largest, std::abs(dot(&vectors[i], &vectors[j], d)));
  }
  return largest;
}

std::vector<double> random_unit_vectors(std::int64_t n_vectors, std::int64_t n_dimensions, philox::Key key) {
  const auto d = static_cast<std::size_t>(n_dimensions);
  std::vector<double> vectors(static_cast<std::size_t>(n_vectors) * d);
  for (std::size_t i = 0; i < static_cast<std::size_t>(n_vectors); ++i)
    fill_normal(std::span(vectors).subspan(i * d, d), key, 0, static_cast<std::uint32_t>(i));
  normalise(vectors, d);
  return vectors;
}

std::optional<std::int64_t> draw_almost_orthogonal(const Draws& draws, const StopToken& stop) {
  const auto d = static_cast<std::size_t>(draws.n_dimensions);
  std::vector<double> kept, next(d);
  std::int64_t count = 0, in_vain = 0;
  for (std::uint32_t draw = 0; in_vain < draws.patience && count < draws.most; ++draw) {
    if (stop.stop_requested()) return std::nullopt;
    fill_normal(next, draws.key, 0, draw);
    normalise(next, d);
    bool fits = true;
    for (std::size_t i = 0; fits && i < kept.size(); i += d)
      fits = std::abs(dot(&kept[i], next.data(), d)) <= draws.eps;
    in_vain = fits ? 0 : in_vain + 1;
    if (!fits) continue;
    kept.insert(kept.end(), next.begin(), next.end());
    ++count;
  }
  return count;
}

std::optional<std::vector<double>> spread_out(const Spreading& spreading, const StopToken& stop) {
  const auto d = static_cast<std::size_t>(spreading.n_dimensions);
  Energy energy(static_cast<std::size_t>(spreading.n_vectors), d, stop);
  auto vectors = random_unit_vectors(spreading.n_vectors, spreading.n_dimensions, spreading.key);
  std::vector<double> moved(vectors.size()), gradient;
  double step = 0.1;  // how far the fastest vector moves
  for (int doublings = 1; doublings <= kLastDoubling; ++doublings) {
    double value = energy.evaluate(vectors, doublings);
    gradient.assign(energy.gradient().begin(), energy.gradient().end());
    for (std::int64_t i = 0; i < spreading.steps; ++i) {
      for (std::size_t a = 0; a < vectors.size(); ++a) moved[a] = vectors[a] - step * gradient[a];
      normalise(moved, d);
      const double next = energy.evaluate(moved, doublings);
      if (stop.stop_requested()) return std::nullopt;
      const bool better = next < value;
      step *= better ? 1.2 : 0.5;
      if (!better) continue;
      value = next;
      vectors.swap(moved);
      gradient.assign(energy.gradient().begin(), energy.gradient().end());
    }
  }
  return vectors;
}

}  // namespace superpose
