#include "superpose/figures/moving_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numbers>
#include <utility>

#include "superpose/analysis/geometry.h"
#include "superpose/analysis/polytopes.h"
#include "superpose/figures/gram_map.h"
#include "superpose/figures/plane.h"
#include "superpose/figures/set_colors.h"

namespace superpose::figures {
namespace {

constexpr std::size_t kMostShown = 48;  // features of W^T W
constexpr int kViews = 200;             // planes to try in three dimensions
constexpr drawing::Color kRepresented{33, 102, 172};

}  // namespace

ViewPlane::ViewPlane(std::span<const float> W, std::size_t n_hidden) : hidden_(n_hidden) {
  if (hidden_ != 3) return;
  double best = -1;
  const ViewPlane none = *this;
  for (int i = 0; i < kViews; ++i) {
    ViewPlane view = none;
    view.look_from(i, kViews);
    const double apart = view.least_distance(W);
    if (apart > best) {
      best = apart;
      *this = view;
    }
  }
}

drawing::Position ViewPlane::operator()(std::span<const float> w) const {
  drawing::Position at;
  for (std::size_t h = 0; h < hidden_; ++h) {
    at.x += right_[h] * static_cast<double>(w[h]);
    at.y += up_[h] * static_cast<double>(w[h]);
  }
  return at;
}

/// The plane seen along direction i of `count`. The directions are evenly spread over half a sphere, on a
/// spiral.
void ViewPlane::look_from(int i, int count) {
  const double z = (i + 0.5) / count;
  const double angle = i * std::numbers::pi * (3 - std::sqrt(5.0));
  const double r = std::sqrt(1 - z * z);
  right_ = {-std::sin(angle), std::cos(angle), 0};
  up_ = {-z * std::cos(angle), -z * std::sin(angle), r};
}

/// The smallest distance between two ends of arrows, or between an end and the origin.
double ViewPlane::least_distance(std::span<const float> W) const {
  std::vector<drawing::Position> places = {{0, 0}};
  for (std::size_t at = 0; at < W.size(); at += hidden_) places.push_back((*this)(W.subspan(at, hidden_)));
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t a = 0; a < places.size(); ++a) {
    for (std::size_t b = a + 1; b < places.size(); ++b)
      least = std::min(least, std::hypot(places[a].x - places[b].x, places[a].y - places[b].y));
  }
  return least;
}

std::vector<drawing::Color> colors_of(const Trajectory& trajectory) {
  const bool has_sets = !trajectory.run().experiment.data.distribution.sets.empty();
  const auto set_of = sets_of(trajectory.run());
  std::vector<drawing::Color> colors;
  for (std::size_t f = 0; f < trajectory.features(); ++f) {
    const bool represented = trajectory.norm(trajectory.rows() - 1, f) > kRepresentedNorm;
    colors.push_back(has_sets ? set_color(set_of[f]) : represented ? kRepresented : drawing::kFaint);
  }
  return colors;
}

MovingFeatures::MovingFeatures(const Trajectory& trajectory)
    : trajectory_(&trajectory),
      view_(trajectory.W(trajectory.rows() - 1), trajectory.hidden()),
      colors_(colors_of(trajectory)) {
  if (as_arrows()) {
    for (std::size_t row = 0; row < trajectory.rows(); ++row)
      half_width_ = std::max(half_width_, 1.15 * largest_weight(trajectory.W(row)));
  } else {
    choose_shown();
  }
}

drawing::Panel MovingFeatures::panel(std::size_t row, const drawing::Rect& area) const {
  drawing::Panel panel = as_arrows() ? plane_panel(area, half_width_, {}) : gram_panel(area, shown_.size());
  panel.marks = marks(row);
  return panel;
}

std::vector<drawing::Mark> MovingFeatures::marks(std::size_t row) const {
  const auto W = trajectory_->W(row);
  const std::size_t hidden = trajectory_->hidden();
  if (!as_arrows()) return {gram_map(W, trajectory_->shape().n_hidden, shown_)};
  std::vector<Arrow> arrows;
  for (std::size_t f = 0; f < trajectory_->features(); ++f) {
    arrows.push_back({.to = view_(W.subspan(f * hidden, hidden)),
                      .color = colors_[f],
                      .hover = fmt::format("feature {}\n|W| = {:.2f}\nD = {:.2f}", f,
                                           trajectory_->norm(row, f), trajectory_->D(row, f))});
  }
  auto marks = axis_strokes(half_width_);
  std::ranges::move(arrow_marks(std::move(arrows)), std::back_inserter(marks));
  return marks;
}

/// Only features that are represented at some time. Those that end up together stand side by side.
void MovingFeatures::choose_shown() {
  std::vector<bool> taken(trajectory_->features());
  const auto take = [&](std::size_t f) {
    if (taken[f] || shown_.size() >= kMostShown) return;
    taken[f] = true;
    shown_.push_back(f);
  };
  const std::size_t last = trajectory_->rows() - 1;
  for (const Component& component : components(trajectory_->W(last), trajectory_->shape().n_hidden)) {
    for (const std::int64_t f : component.features) take(static_cast<std::size_t>(f));
  }
  for (std::size_t f = 0; f < trajectory_->features(); ++f) {
    for (std::size_t row = 0; row < last && !taken[f] && shown_.size() < kMostShown; ++row) {
      if (trajectory_->norm(row, f) > kRepresentedNorm) take(f);
    }
  }
  if (shown_.empty()) take(0);
}

}  // namespace superpose::figures
