#include "superpose/figures/dynamics_figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/drawing/labels.h"
#include "superpose/drawing/layout.h"
#include "superpose/figures/moving_features.h"
#include "superpose/figures/not_finite.h"
#include "superpose/figures/trajectory.h"

namespace superpose::figures {
namespace {

constexpr std::size_t kMostFrames = 90;
constexpr std::size_t kMostCurvePoints = 300;
constexpr std::size_t kMoments = 5;  // still moments of a run, drawn above its curves
constexpr drawing::Color kGuide{170, 170, 170};

// Lengths in points of a column: the picture of the features, the loss, the dimensionalities.
constexpr double kLeft = 52, kTop = 66, kWidth = 300, kColumnGap = 62, kMargin = 14;
constexpr double kLossHeight = 90, kDHeight = 170, kRowGap = 16, kBelow = 40;
constexpr double kSide = 200;  // side of the picture of the features in an animation

constexpr std::size_t kMostColumns = 6;

/// The liveliest instance of each run, or every one that was named. kind: the name of the figure, for errors.
std::vector<Trajectory> trajectories_of(std::span<const run::Run* const> runs, const char* kind,
                                        const Wanted& wanted) {
  if (runs.empty())
    throw InvalidRequest(
        {.place = argument_place(fmt::format("figure {}", kind)), .expected = "a run", .got = "none"});
  std::vector<Trajectory> trajectories;
  for (const run::Run* run : runs) {
    if (run->history.models.empty()) {
      const bool recorded = run->experiment.record.parameters;
      throw InvalidRequest({.place = argument_place(fmt::format("figure {}", kind)),
                            .expected = "a run that recorded its parameters",
                            .got = recorded ? "one whose history.safetensors is not there" : "one without",
                            .hint = recorded ? "" : "run it again with record.parameters=true"});
    }
    if (wanted.named.empty()) {
      trajectories.push_back(liveliest(*run));
      continue;
    }
    for (std::size_t i = run->model.shape().instances(); i-- > 0;) trajectories.emplace_back(*run, i);
  }
  if (trajectories.size() > kMostColumns)
    throw InvalidRequest({.place = argument_place(fmt::format("figure {}", kind)),
                          .expected = fmt::format("at most {} instances side by side", kMostColumns),
                          .got = fmt::to_string(trajectories.size())});
  // The main run comes last and is drawn first.
  std::ranges::reverse(trajectories);
  return trajectories;
}

drawing::PanelAxis step_axis(const Trajectory& trajectory, bool labelled) {
  const double last = trajectory.last_step() + 1;
  drawing::PanelAxis axis{
      .first = -0.01 * last, .last = 1.01 * last, .ticks = drawing::round_ticks(0, last, 4)};
  if (labelled) {
    axis.label = "step";
  } else {
    for (drawing::Tick& tick : axis.ticks) tick.label.clear();
  }
  return axis;
}

/// Smooths: the mean of the rows around each, a fiftieth of all rows.
std::vector<double> smoothed_loss(const Trajectory& trajectory) {
  const std::size_t reach = trajectory.rows() / 100;
  std::vector<double> smooth;
  for (std::size_t row = 0; row < trajectory.rows(); ++row) {
    const std::size_t around = std::min({reach, row, trajectory.rows() - 1 - row});
    double sum = 0;
    for (std::size_t r = row - around; r <= row + around; ++r) sum += trajectory.loss(r);
    smooth.push_back(sum / static_cast<double>(2 * around + 1));
  }
  return smooth;
}

/// A range for the losses without the fall at the very beginning, beside which everything else would be flat.
drawing::PanelAxis loss_axis(const Trajectory& trajectory) {
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (std::size_t row = trajectory.rows() / 50; row < trajectory.rows(); ++row) {
    const double loss = trajectory.loss(row);
    if (std::isfinite(loss) && loss > 0) {
      low = std::min(low, loss);
      high = std::max(high, loss);
    }
  }
  if (!(low < high)) {
    high = high > 0 ? 2 * high : 1;
    low = high / 4;
  }
  const double margin = std::pow(high / low, 0.05);
  drawing::PanelAxis axis{.first = low / margin, .last = high * margin, .log = true, .label = "loss"};
  axis.ticks = drawing::log_ticks(axis.first, axis.last);
  return axis;
}

/// Where a trajectory begins to be not finite, in words. row: the first row that is not.
std::string not_finite_from(const Trajectory& trajectory, std::size_t row) {
  return fmt::format("{} from step {} on", kNotFiniteText, trajectory.run().history.step[row]);
}

/// Says in a panel over the steps where the trajectory begins to be not finite, if it ever is.
void say_where_not_finite(drawing::Panel& panel, const Trajectory& trajectory) {
  const auto row = trajectory.first_not_finite();
  if (!row) return;
  const double middle = (trajectory.step(*row) + trajectory.last_step()) / 2;
  say_not_finite(panel, not_finite_from(trajectory, *row), fraction_along(panel.x, middle));
}

drawing::Panel loss_panel(const Trajectory& trajectory, const drawing::Rect& area,
                          const std::vector<double>& smooth_loss) {
  drawing::Panel panel;
  panel.area = area;
  panel.x = step_axis(trajectory, false);
  panel.y = loss_axis(trajectory);
  drawing::Line raw{.color = drawing::kFaint, .width = 0.5}, smooth{.color = drawing::kInk, .width = 1};
  for (std::size_t row = 0; row < trajectory.rows(); ++row) {
    raw.at.push_back({trajectory.step(row), trajectory.loss(row)});
    smooth.at.push_back({trajectory.step(row), smooth_loss[row]});
  }
  panel.marks = {std::move(raw), std::move(smooth)};
  say_where_not_finite(panel, trajectory);
  return panel;
}

drawing::Line dimensionality_curve(const Trajectory& trajectory, std::size_t f, const drawing::Color& color) {
  drawing::Line line{.color = color, .width = color == drawing::kFaint ? 0.4 : 0.8};
  for (const std::size_t row : drawing::choose_evenly(trajectory.rows(), kMostCurvePoints))
    line.at.push_back({trajectory.step(row), trajectory.D(row, f)});
  return line;
}

drawing::Panel dimensionality_panel(const Trajectory& trajectory, const drawing::Rect& area) {
  drawing::Panel panel;
  panel.area = area;
  panel.x = step_axis(trajectory, true);
  panel.y = {.first = -0.05,
             .last = 1.05,
             .ticks = {{0, "0"}, {1.0 / 3, "1/3"}, {0.5, "1/2"}, {2.0 / 3, "2/3"}, {1, "1"}},
             .label = "dimensionality Dᵢ"};
  for (const drawing::Tick& tick : panel.y.ticks) {
    panel.marks.emplace_back(drawing::Line{.at = {{panel.x.first, tick.at}, {panel.x.last, tick.at}},
                                           .color = kGuide,
                                           .width = 0.5,
                                           .dashed = true});
  }
  const auto colors = colors_of(trajectory);
  // Faint curves first, below the others.
  for (const bool faint : {true, false}) {
    for (std::size_t f = 0; f < trajectory.features(); ++f) {
      if ((colors[f] == drawing::kFaint) == faint)
        panel.marks.emplace_back(dimensionality_curve(trajectory, f, colors[f]));
    }
  }
  say_where_not_finite(panel, trajectory);
  return panel;
}

/// In two lines: the shape, and which instance it is.
std::string describe(const Trajectory& trajectory, const Wanted& wanted) {
  const Shape& shape = trajectory.shape();
  const auto sets = trajectory.run().experiment.data.distribution.sets.size();
  std::string text = fmt::format("{} features in {} dimensions", shape.n_features, shape.n_hidden);
  if (sets > 0) text += fmt::format(", {} sets", sets);
  const auto density = drawing::density_label(shape.row(std::span(trajectory.run().feature_probability),
                                                        static_cast<std::int64_t>(trajectory.instance())));
  return fmt::format("{}\ninstance {}, {}", text, wanted.number_of(trajectory.instance()), density);
}

std::string title_of(const Trajectory& main) {
  return drawing::one_line(main.run().experiment.name, 60);
}

std::string letter(std::size_t i) {
  return {static_cast<char>('a' + i)};
}

/// The features in still moments, side by side and lettered. area: of all of the panels together.
std::vector<drawing::Panel> moment_panels(const Trajectory& trajectory,
                                          const std::vector<std::size_t>& moments, std::string title,
                                          const drawing::Rect& area) {
  const double step =
      moments.size() < 2 ? 0 : (area.width - area.height) / static_cast<double>(moments.size() - 1);
  const MovingFeatures features(trajectory);
  std::vector<drawing::Panel> panels;
  for (std::size_t i = 0; i < moments.size(); ++i) {
    panels.push_back(features.panel(
        moments[i], {area.x + static_cast<double>(i) * step, area.y, area.height, area.height}));
    panels.back().x.label = letter(i);
  }
  panels[moments.size() / 2].title = std::move(title);  // the heading of the column
  panels[moments.size() / 2].title_span = static_cast<double>(moments.size());
  return panels;
}

/// A dashed stroke at each of the moments.
void mark_moments(drawing::Panel& panel, const Trajectory& trajectory,
                  const std::vector<std::size_t>& moments) {
  for (const std::size_t row : moments) {
    const double at = trajectory.step(row);
    panel.marks.emplace_back(drawing::Line{.at = {{at, panel.y.first}, {at, panel.y.last}},
                                           .color = drawing::kInk,
                                           .width = 0.4,
                                           .dashed = true});
  }
}

/// The letters of the moments, near the upper edge, beside their strokes. At the last moment, which is at the
/// right edge, the letter stands left of the stroke.
void letter_moments(drawing::Panel& loss, const Trajectory& trajectory,
                    const std::vector<std::size_t>& moments) {
  constexpr double kBeside = 0.016, kUp = 0.91;
  for (std::size_t i = 0; i < moments.size(); ++i) {
    const double side = i + 1 < moments.size() ? 1 : -1;
    loss.marks.emplace_back(drawing::Text{
        .at = {trajectory.step(moments[i]) + side * kBeside * loss.x.last, drawing::value_along(loss.y, kUp)},
        .text = letter(i)});
  }
}

/// The curves of one run. Their x and width are those of the column.
struct Curves {
  drawing::Panel loss, D;
  std::vector<double> smooth_loss;  // (rows)
};
Curves curves_of(const Trajectory& trajectory, const drawing::Rect& loss, const drawing::Rect& D) {
  const auto smooth = smoothed_loss(trajectory);
  Curves curves = {.loss = loss_panel(trajectory, loss, smooth),
                   .D = dimensionality_panel(trajectory, D),
                   .smooth_loss = smooth};
  if (loss.y == D.y) {  // side by side each has a labelled axis
    curves.loss.x.ticks = curves.D.x.ticks;
    curves.loss.x.label = curves.D.x.label;
  }
  return curves;
}

/// Where the parts of the trajectories stand: of each the features, and below them, or beside them in a low
/// room, the loss and the dimensionalities. Trajectories stand side by side, in a narrow room below each
/// other.
class Arrangement {
 public:
  /// features: the height of their panels, with what stands below them.
  Arrangement(const drawing::Room& room, double features)
      : features_(features),
        is_low_(room.lower_than(kTop + features + kLossHeight + kRowGap + kDHeight)),
        is_stacked_(is_low_ || room.narrower_than(kNarrow)) {}

  [[nodiscard]] bool is_low() const { return is_low_; }

  [[nodiscard]] drawing::Rect features(std::size_t i, double width, double height) const {
    const drawing::Position at = corner(i);
    if (is_low_) return {kMargin, at.y, height, height};
    return {at.x + (kWidth - width) / 2, at.y, width, height};
  }
  [[nodiscard]] drawing::Rect loss(std::size_t i) const {
    const drawing::Position at = corner(i);
    if (is_low_) return {kMargin + kLowSide + kLowGap, at.y, kLowSide, kLowSide};
    return {at.x, at.y + features_ + kRowGap, kWidth, kLossHeight};
  }
  [[nodiscard]] drawing::Rect D(std::size_t i) const {
    drawing::Rect area = loss(i);
    if (is_low_) {
      area.x = area.right() + kLowGap;
      area.width *= 1.5;
      return area;
    }
    area.y = area.bottom() + kRowGap;
    area.height = kDHeight;
    return area;
  }

  void set_size(drawing::Figure& figure, std::size_t n) const {
    figure.width = D(n - 1).right() + kMargin;
    figure.height = D(n - 1).bottom() + kBelow;
  }

  static constexpr double kLowSide = 100;

 private:
  static constexpr double kLowGap = 56, kNarrow = 520;

  [[nodiscard]] drawing::Position corner(std::size_t i) const {
    const auto n = static_cast<double>(i);
    if (is_low_) return {kMargin, kTop + n * (kLowSide + 64)};
    if (is_stacked_) return {kLeft, kTop + n * (features_ + kLossHeight + 2 * kRowGap + kDHeight + 70)};
    return {kLeft + n * (kWidth + kColumnGap), kTop};
  }

  double features_;
  bool is_low_, is_stacked_;
};

/// A column of the animation: three panels, and what they show at any row.
class MovingColumn {
 public:
  MovingColumn(const Trajectory& trajectory, const drawing::Rect& loss, const drawing::Rect& D)
      : trajectory_(&trajectory), features_(trajectory), curves_(curves_of(trajectory, loss, D)) {}

  /// The panels, with the marks of the end. area: of the features.
  [[nodiscard]] std::vector<drawing::Panel> panels(const drawing::Rect& area, std::string title) const {
    drawing::Panel now = features_.panel(trajectory_->rows() - 1, area);
    now.title = std::move(title);
    now.title_span = kWidth / kSide;
    return {std::move(now), curves_.loss, curves_.D};
  }

  /// The marks of the panels after this share of the way. A dot on the loss and a stroke through the
  /// dimensionalities show the place.
  [[nodiscard]] std::vector<std::vector<drawing::Mark>> marks(double share) const {
    const std::size_t row = row_at(share);
    const double step = trajectory_->step(row);
    auto loss = curves_.loss.marks, D = curves_.D.marks;
    loss.emplace_back(drawing::Points{
        .radius = 3,
        .points = {{.at = {step, curves_.smooth_loss[row]},
                    .color = drawing::kInk,
                    .hover = fmt::format("step {}\nloss {:.3g}", trajectory_->run().history.step[row],
                                         trajectory_->loss(row))}}});
    D.emplace_back(drawing::Line{
        .at = {{step, curves_.D.y.first}, {step, curves_.D.y.last}}, .color = drawing::kInk, .width = 0.8});
    return {features_at(row), std::move(loss), std::move(D)};
  }

  [[nodiscard]] std::size_t row_at(double share) const {
    return static_cast<std::size_t>(std::lround(share * static_cast<double>(trajectory_->rows() - 1)));
  }
  [[nodiscard]] std::int64_t step_at(double share) const {
    return trajectory_->run().history.step[row_at(share)];
  }

 private:
  /// Pages show the same words in all frames, so every frame says where the trajectory begins to be not
  /// finite.
  [[nodiscard]] std::vector<drawing::Mark> features_at(std::size_t row) const {
    drawing::Panel panel = features_.panel(row, {.width = kSide, .height = kSide});
    if (const auto first = trajectory_->first_not_finite())
      say_not_finite(panel, not_finite_from(*trajectory_, *first));
    return panel.marks;
  }

  const Trajectory* trajectory_;
  MovingFeatures features_;
  Curves curves_;
};

/// The middle one of panels that stand side by side gets the heading of all.
void head(drawing::Panel& middle, drawing::Panel& first) {
  middle.title = std::exchange(first.title, {});
  middle.title_span = 2.5;
  first.title_span = 1;
}

/// Every column after a share of its own way. columns: the first is that of the main run.
drawing::Frame frame_at(double share, const std::vector<MovingColumn>& columns) {
  drawing::Frame frame{.label = fmt::format("step {}", columns.front().step_at(share))};
  for (const MovingColumn& column : columns) {
    for (auto& marks : column.marks(share)) frame.marks.push_back(std::move(marks));
  }
  return frame;
}

}  // namespace

drawing::Figure dynamics_figure(std::span<const run::Run* const> runs, const Wanted& wanted) {
  const auto trajectories = trajectories_of(runs, "dynamics", wanted);
  constexpr double kMomentGap = 8, kLetter = 14, kNarrow = 360;
  constexpr double kMoment = (kWidth - (kMoments - 1) * kMomentGap) / kMoments;
  const std::size_t usual = wanted.room.narrower_than(kNarrow) ? 3 : kMoments;
  double side = usual < kMoments ? 90 : kMoment;
  const Arrangement arrangement(wanted.room, side + kLetter);
  const std::size_t count = arrangement.is_low() ? 1 : usual;
  if (arrangement.is_low()) side = Arrangement::kLowSide;
  drawing::Figure figure;
  figure.title = title_of(trajectories.front());
  for (std::size_t i = 0; i < trajectories.size(); ++i) {
    const Trajectory& trajectory = trajectories[i];
    const auto moments = trajectory.still_moments(count);
    const drawing::Rect area = arrangement.features(i, kWidth, side);
    for (drawing::Panel& panel : moment_panels(trajectory, moments, describe(trajectory, wanted), area))
      figure.panels.push_back(std::move(panel));
    auto [loss, D, smooth] = curves_of(trajectory, arrangement.loss(i), arrangement.D(i));
    if (arrangement.is_low()) head(loss, figure.panels.back());
    for (drawing::Panel* panel : {&loss, &D}) mark_moments(*panel, trajectory, moments);
    letter_moments(loss, trajectory, moments);
    figure.panels.push_back(std::move(loss));
    figure.panels.push_back(std::move(D));
  }
  arrangement.set_size(figure, trajectories.size());
  return figure;
}

drawing::Figure animation_figure(std::span<const run::Run* const> runs, const Wanted& wanted) {
  const auto trajectories = trajectories_of(runs, "animation", wanted);
  const Arrangement arrangement(wanted.room, kSide + 8);
  const double side = arrangement.is_low() ? Arrangement::kLowSide : kSide;
  drawing::Figure figure;
  figure.title = title_of(trajectories.front());
  std::vector<MovingColumn> columns;
  columns.reserve(trajectories.size());
  for (std::size_t i = 0; i < trajectories.size(); ++i) {
    columns.emplace_back(trajectories[i], arrangement.loss(i), arrangement.D(i));
    const drawing::Rect area = arrangement.features(i, side, side);
    auto panels = columns.back().panels(area, describe(trajectories[i], wanted));
    if (arrangement.is_low()) head(panels[1], panels[0]);
    for (drawing::Panel& panel : panels) figure.panels.push_back(std::move(panel));
  }
  const std::size_t frames = std::min(kMostFrames, trajectories.front().rows());
  for (std::size_t i = 0; i < frames; ++i) {
    const double share = frames == 1 ? 1 : static_cast<double>(i) / static_cast<double>(frames - 1);
    figure.frames.push_back(frame_at(share, columns));
  }
  // The figure itself shows the end.
  for (std::size_t p = 0; p < figure.panels.size(); ++p)
    figure.panels[p].marks = figure.frames.back().marks[p];
  arrangement.set_size(figure, trajectories.size());
  return figure;
}

}  // namespace superpose::figures
