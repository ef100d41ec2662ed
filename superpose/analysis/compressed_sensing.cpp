#include "superpose/analysis/compressed_sensing.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "superpose/core/portable_math.h"
#include "superpose/core/random.h"

namespace superpose {
namespace {

/// What tables of random numbers are for.
enum Table : std::uint32_t { kMap = 0, kPlaces = 1, kValues = 2 };

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

void subtract(std::span<double> from, double factor, std::span<const double> what) {
  for (std::size_t i = 0; i < from.size(); ++i) from[i] -= factor * what[i];
}

double uniform(const SparseProblem& problem, Table table, std::size_t row) {
  const auto words = philox::generate({0, static_cast<std::uint32_t>(row), table, 0}, problem.key);
  return uniform_open(words[0], words[1]);
}

/// k different places, each choice equally likely: the first k of a shuffle.
std::vector<std::size_t> draw_places(const SparseProblem& problem) {
  std::vector<std::size_t> places(static_cast<std::size_t>(problem.n));
  for (std::size_t i = 0; i < places.size(); ++i) places[i] = i;
  const auto k = static_cast<std::size_t>(problem.k);
  for (std::size_t i = 0; i < k; ++i) {
    const double u = uniform(problem, kPlaces, i);
    std::swap(places[i], places[i + static_cast<std::size_t>(u * static_cast<double>(places.size() - i))]);
  }
  places.resize(k);
  return places;
}

std::vector<double> draw_x(const SparseProblem& problem) {
  std::vector<double> x(static_cast<std::size_t>(problem.n));
  for (const std::size_t place : draw_places(problem)) {
    const double u = uniform(problem, kValues, place);
    x[place] = problem.values == SparseValues::kUniform ? u : normal_quantile(u);
  }
  return x;
}

/// The index of the number furthest from 0 among those not used yet.
std::size_t furthest(std::span<const double> numbers, const std::vector<bool>& used) {
  std::size_t best = 0;
  double largest = -1;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (used[i] || !(std::abs(numbers[i]) > largest)) continue;
    best = i;
    largest = std::abs(numbers[i]);
  }
  return best;
}

}  // namespace

std::optional<std::vector<double>> orthogonal_matching_pursuit(std::span<const double> A,
                                                               std::span<const double> y,
                                                               std::int64_t n_columns, std::int64_t k,
                                                               const StopToken& stop) {
  const auto n = static_cast<std::size_t>(n_columns);
  const std::size_t m = y.size();
  std::vector<double> rest(y.begin(), y.end()), correlation(n), x(n);
  std::vector<bool> used(n);
  std::vector<std::size_t> taken;
  // The columns taken, as Q R: orthonormal directions, and each column in terms of them. Then R x = Q^T y.
  std::vector<std::vector<double>> Q, R;
  std::vector<double> along;
  while (taken.size() < static_cast<std::size_t>(k)) {
    if (stop.stop_requested()) return std::nullopt;
    std::ranges::fill(correlation, 0.0);
    for (std::size_t i = 0; i < m; ++i) subtract(correlation, -rest[i], A.subspan(i * n, n));
    const std::size_t column = furthest(correlation, used);
    used[column] = true;

    std::vector<double> direction(m), coordinates;
    for (std::size_t i = 0; i < m; ++i) direction[i] = A[i * n + column];
    const double length = std::sqrt(dot(direction, direction));
    for (const auto& q : Q) {
      coordinates.push_back(dot(q, direction));
      subtract(direction, coordinates.back(), q);
    }
    const double remaining = std::sqrt(dot(direction, direction));
    if (!(remaining > 1e-12 * length)) break;  // the other columns span this one
    for (double& entry : direction) entry /= remaining;
    coordinates.push_back(remaining);
    along.push_back(dot(direction, rest));
    subtract(rest, along.back(), direction);
    taken.push_back(column);
    Q.push_back(std::move(direction));
    R.push_back(std::move(coordinates));
  }
  for (std::size_t i = taken.size(); i-- > 0;) {
    x[taken[i]] = along[i] / R[i][i];
    for (std::size_t j = 0; j < i; ++j) along[j] -= R[i][j] * x[taken[i]];
  }
  return x;
}

std::optional<bool> recovers(const SparseProblem& problem, const StopToken& stop) {
  const auto n = static_cast<std::size_t>(problem.n);
  const auto m = static_cast<std::size_t>(problem.m);
  const std::vector<double> x = draw_x(problem);
  std::vector<double> A(m * n), y(m);
  const double scale = 1 / std::sqrt(static_cast<double>(m));
  for (std::size_t i = 0; i < m; ++i) {
    const auto row = std::span(A).subspan(i * n, n);
    fill_normal(row, problem.key, kMap, static_cast<std::uint32_t>(i));
    for (double& entry : row) entry *= scale;
    y[i] = dot(row, x);
  }
  auto error = orthogonal_matching_pursuit(A, y, problem.n, problem.k, stop);
  if (!error) return std::nullopt;
  subtract(*error, 1, x);
  constexpr double kTolerance = 1e-3;
  return dot(*error, *error) <= kTolerance * kTolerance * dot(x, x);
}

std::optional<double> half_way(std::span<const double> at, std::span<const double> rate) {
  for (std::size_t i = 1; i < rate.size() && rate[i - 1] >= 0.5; ++i) {
    if (rate[i] < 0.5) return at[i - 1] + (at[i] - at[i - 1]) * (rate[i - 1] - 0.5) / (rate[i - 1] - rate[i]);
  }
  return std::nullopt;
}

double sparse_bound(double n, double k) {
  return k * portable::log(n / k);
}

}  // namespace superpose
