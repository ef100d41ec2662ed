#include "superpose/figures/trajectory.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "superpose/analysis/metrics.h"
#include "superpose/figures/not_finite.h"

namespace superpose::figures {

Trajectory::Trajectory(const run::Run& run, std::size_t instance) : run_(&run), instance_(instance) {
  for (const Model& model : run.history.models)
    D_.push_back(dimensionality(model.W(instance), shape().of_one_instance()));
  // Each row is compared with the row a hundredth of the way earlier. From row to row, jitter would add up to
  // more than real movement.
  const std::size_t back = rows() / 100 + 1;
  moved_.push_back(0);
  for (std::size_t row = 1; row < rows(); ++row) {
    const double change = distance(row, row - std::min(row, back)) / static_cast<double>(back);
    moved_.push_back(moved_.back() + (std::isfinite(change) ? change : 0));
  }
}

double Trajectory::norm(std::size_t row, std::size_t f) const {
  double sum = 0;
  for (const float w : W(row).subspan(f * hidden(), hidden()))
    sum += static_cast<double>(w) * static_cast<double>(w);
  return std::sqrt(sum);
}

std::optional<std::size_t> Trajectory::first_not_finite() const {
  for (std::size_t row = 0; row < rows(); ++row) {
    if (!std::isfinite(loss(row)) || !all_finite(W(row))) return row;
  }
  return std::nullopt;
}

double Trajectory::liveliness() const {
  const double change = distance(rows() - 1, rows() / 4);
  return std::isfinite(change) ? change : -1;
}

std::vector<std::size_t> Trajectory::still_moments(std::size_t count) const {
  std::vector<std::size_t> moments;
  std::size_t row = 0;
  for (std::size_t part = 1; part <= count; ++part) {
    const double end = moved_.back() * static_cast<double>(part) / static_cast<double>(count);
    std::size_t stillest = row;
    double least = std::numeric_limits<double>::infinity();
    for (; row + 1 < rows() && (moved_[row] < end || part == count); ++row) {
      const double speed = moved_[row + 1] - moved_[row];
      if (speed < least) {
        least = speed;
        stillest = row;
      }
    }
    moments.push_back(part == count ? rows() - 1 : stillest);
  }
  const auto again = std::ranges::unique(moments);
  moments.erase(again.begin(), again.end());
  return moments;
}

double Trajectory::distance(std::size_t row, std::size_t other) const {
  double sum = 0;
  for (std::size_t f = 0; f < features(); ++f) sum += std::abs(D_[row][f] - D_[other][f]);
  return sum;
}

Trajectory liveliest(const run::Run& run) {
  Trajectory best(run, 0);
  for (std::size_t i = 1; i < run.model.shape().instances(); ++i) {
    Trajectory other(run, i);
    if (other.liveliness() > best.liveliness()) best = std::move(other);
  }
  return best;
}

}  // namespace superpose::figures
