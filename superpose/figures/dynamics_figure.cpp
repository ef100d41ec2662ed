#include "superpose/figures/dynamics_figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "superpose/analysis/geometry.h"
#include "superpose/analysis/metrics.h"
#include "superpose/analysis/polytopes.h"
#include "superpose/core/error.h"
#include "superpose/drawing/labels.h"
#include "superpose/drawing/layout.h"
#include "superpose/figures/set_colors.h"

namespace superpose::figures {
namespace {

constexpr std::size_t kMostFrames = 90;
constexpr std::size_t kMostCurvePoints = 300;
constexpr std::size_t kMostShown = 48;  // features of W^T W
constexpr std::size_t kMoments = 5;     // of a run, drawn above its curves
constexpr drawing::Color kRepresented{33, 102, 172};
constexpr drawing::Color kGuide{170, 170, 170};
constexpr drawing::Color kPaper{0xFC, 0xFB, 0xF8};
constexpr drawing::Color kCross{205, 203, 198};

/// What one instance goes through.
class Course {
 public:
  Course(const run::Run& run, std::size_t instance) : run_(&run), instance_(instance) {
    Shape one = run.model.shape();
    one.n_instances = 1;
    for (const Model& model : run.history.models)
      D_.push_back(dimensionality(model.W(static_cast<std::int64_t>(instance)), one));
    // Compared with a row a hundredth of the way before, or else jitter would add up to more than movement.
    const std::size_t back = rows() / 100 + 1;
    moved_.push_back(0);
    for (std::size_t row = 1; row < rows(); ++row) {
      const double change = distance(row, row - std::min(row, back)) / static_cast<double>(back);
      moved_.push_back(moved_.back() + (std::isfinite(change) ? change : 0));
    }
  }

  [[nodiscard]] const run::Run& run() const { return *run_; }
  [[nodiscard]] std::size_t instance() const { return instance_; }
  [[nodiscard]] std::size_t rows() const { return D_.size(); }
  [[nodiscard]] std::size_t features() const { return run_->model.shape().features(); }
  [[nodiscard]] std::size_t hidden() const { return static_cast<std::size_t>(run_->model.shape().n_hidden); }
  [[nodiscard]] double step(std::size_t row) const { return static_cast<double>(run_->history.step[row]); }
  [[nodiscard]] double loss(std::size_t row) const {
    return static_cast<double>(run_->history.loss[row * run_->history.columns() + instance_]);
  }
  [[nodiscard]] double D(std::size_t row, std::size_t f) const { return D_[row][f]; }
  [[nodiscard]] std::span<const float> W(std::size_t row) const {
    return run_->history.models[row].W(static_cast<std::int64_t>(instance_));
  }
  [[nodiscard]] double norm(std::size_t row, std::size_t f) const {
    double sum = 0;
    for (const float w : W(row).subspan(f * hidden(), hidden()))
      sum += static_cast<double>(w) * static_cast<double>(w);
    return std::sqrt(sum);
  }

  /// How different the end is from a quarter of the way, where the beginning's turmoil is over.
  [[nodiscard]] double liveliness() const { return distance(rows() - 1, rows() / 4); }

  /// Rows in which little moves, one from each of `count` parts of the way in which equally much does; the
  /// last is the end.
  [[nodiscard]] std::vector<std::size_t> still_moments(std::size_t count) const {
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

 private:
  [[nodiscard]] double distance(std::size_t row, std::size_t other) const {
    double sum = 0;
    for (std::size_t f = 0; f < features(); ++f) sum += std::abs(D_[row][f] - D_[other][f]);
    return sum;
  }

  const run::Run* run_;
  std::size_t instance_;
  std::vector<std::vector<double>> D_;  // (rows, features)
  std::vector<double> moved_;           // (rows), how much the dimensionalities have moved up to there
};

/// The instance of a run in which most happens.
Course liveliest(const run::Run& run) {
  Course best(run, 0);
  for (std::size_t i = 1; i < run.model.shape().instances(); ++i) {
    Course other(run, i);
    if (other.liveliness() > best.liveliness()) best = std::move(other);
  }
  return best;
}

std::vector<Course> courses_of(std::span<const run::Run* const> runs, const char* kind) {
  if (runs.empty()) throw InvalidRequest(fmt::format("figure {}: expected a run, got none", kind));
  std::vector<Course> courses;
  for (const run::Run* run : runs) {
    if (run->history.models.empty()) {
      throw InvalidRequest(
          fmt::format("figure {}: expected a run that recorded its parameters, got one without; run it again "
                      "with --set record.parameters=true",
                      kind));
    }
    courses.push_back(liveliest(*run));
  }
  return courses;
}

/// A plane to see vectors of up to three dimensions in.
class View {
 public:
  /// Of many views the one that keeps these vectors apart best.
  explicit View(const Course& course) : hidden_(course.hidden()) {
    if (hidden_ != 3) return;
    constexpr int kViews = 200;
    double best = -1;
    const View none = *this;
    for (int i = 0; i < kViews; ++i) {
      View view = none;
      view.look_from(i, kViews);
      const double apart = view.least_distance(course);
      if (apart > best) {
        best = apart;
        *this = view;
      }
    }
  }

  /// w: (n_hidden), at most three.
  [[nodiscard]] drawing::Position operator()(std::span<const float> w) const {
    drawing::Position at;
    for (std::size_t h = 0; h < hidden_; ++h) {
      at.x += right_[h] * static_cast<double>(w[h]);
      at.y += up_[h] * static_cast<double>(w[h]);
    }
    return at;
  }

 private:
  // Directions evenly spread over half a sphere, along a spiral.
  void look_from(int i, int count) {
    const double z = (i + 0.5) / count;
    const double angle = i * std::numbers::pi * (3 - std::sqrt(5.0));
    const double r = std::sqrt(1 - z * z);
    right_ = {-std::sin(angle), std::cos(angle), 0};
    up_ = {-z * std::cos(angle), -z * std::sin(angle), r};
  }

  [[nodiscard]] double least_distance(const Course& course) const {
    const auto W = course.W(course.rows() - 1);
    std::vector<drawing::Position> places = {{0, 0}};
    for (std::size_t f = 0; f < course.features(); ++f)
      places.push_back((*this)(W.subspan(f * hidden_, hidden_)));
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t a = 0; a < places.size(); ++a) {
      for (std::size_t b = a + 1; b < places.size(); ++b)
        least = std::min(least, std::hypot(places[a].x - places[b].x, places[a].y - places[b].y));
    }
    return least;
  }

  std::size_t hidden_;
  std::array<double, 3> right_ = {1, 0, 0}, up_ = {0, 1, 0};
};

drawing::Color color_of_feature(const Course& course, const std::vector<std::size_t>& set_of, std::size_t f) {
  if (!course.run().experiment.data.distribution.sets.empty()) return set_color(set_of[f]);
  return course.norm(course.rows() - 1, f) > kRepresentedNorm ? kRepresented : drawing::kFaint;
}

/// Draws the features of one instance at any row.
class Features {
 public:
  explicit Features(const Course& course) : course_(&course), view_(course), set_of_(sets_of(course.run())) {
    if (as_arrows()) {
      for (std::size_t row = 0; row < course.rows(); ++row) {
        for (const float w : course.W(row)) {
          if (std::isfinite(w)) end_ = std::max(end_, 1.15 * std::abs(static_cast<double>(w)));
        }
      }
    } else {
      choose_shown();
    }
  }

  [[nodiscard]] bool as_arrows() const { return course_->hidden() <= 3; }

  [[nodiscard]] drawing::Panel panel(std::size_t row, const drawing::Rect& area) const {
    drawing::Panel panel;
    panel.area = area;
    panel.equal_aspect = true;
    panel.frame = !as_arrows();
    if (as_arrows()) {
      panel.background = kPaper;
      panel.x = {.first = -end_, .last = end_};
      panel.y = panel.x;
    } else {
      const double last = static_cast<double>(shown_.size()) - 0.5;
      panel.x = {.first = -0.5, .last = last};
      panel.y = {.first = last, .last = -0.5};
    }
    panel.marks = marks(row);
    return panel;
  }

  [[nodiscard]] std::vector<drawing::Mark> marks(std::size_t row) const {
    return as_arrows() ? arrows(row) : std::vector<drawing::Mark>{gram_of(row)};
  }

 private:
  [[nodiscard]] std::vector<drawing::Mark> arrows(std::size_t row) const {
    const auto W = course_->W(row);
    const std::size_t hidden = course_->hidden();
    drawing::Segments strokes{.width = 1.5};
    drawing::Points heads{.radius = 2.5};
    for (std::size_t f = 0; f < course_->features(); ++f) {
      const drawing::Color color = color_of_feature(*course_, set_of_, f);
      const drawing::Position at = view_(W.subspan(f * hidden, hidden));
      strokes.segments.push_back({.from = {0, 0}, .to = at, .color = color});
      heads.points.push_back({.at = at,
                              .color = color,
                              .hover = fmt::format("feature {}\n|W| = {:.2f}\nD = {:.2f}", f,
                                                   course_->norm(row, f), course_->D(row, f))});
    }
    return {drawing::Line{.at = {{-end_, 0}, {end_, 0}}, .color = kCross, .width = 0.5},
            drawing::Line{.at = {{0, -end_}, {0, end_}}, .color = kCross, .width = 0.5}, std::move(strokes),
            std::move(heads)};
  }

  /// Only features that are represented at some time, those side by side that end together.
  void choose_shown() {
    std::vector<bool> taken(course_->features());
    const auto take = [&](std::size_t f) {
      if (taken[f] || shown_.size() >= kMostShown) return;
      taken[f] = true;
      shown_.push_back(f);
    };
    const std::size_t last = course_->rows() - 1;
    for (const Component& component : components(course_->W(last), course_->run().model.shape().n_hidden)) {
      for (const std::int64_t f : component.features) take(static_cast<std::size_t>(f));
    }
    for (std::size_t f = 0; f < course_->features(); ++f) {
      for (std::size_t row = 0; row < last && !taken[f] && shown_.size() < kMostShown; ++row) {
        if (course_->norm(row, f) > kRepresentedNorm) take(f);
      }
    }
    if (shown_.empty()) take(0);
  }

  [[nodiscard]] drawing::HeatMap gram_of(std::size_t row) const {
    const auto W = course_->W(row);
    const std::size_t hidden = course_->hidden();
    drawing::HeatMap map{.columns = shown_.size(), .value_name = "WᵀW"};
    for (const std::size_t f : shown_) {
      for (const std::size_t g : shown_) {
        double dot = 0;
        for (std::size_t h = 0; h < hidden; ++h)
          dot += static_cast<double>(W[f * hidden + h]) * static_cast<double>(W[g * hidden + h]);
        map.values.push_back(dot);
      }
    }
    return map;
  }

  const Course* course_;
  View view_;
  std::vector<std::size_t> set_of_;
  double end_ = 1.2;                // of the axes
  std::vector<std::size_t> shown_;  // features of the heat map
};

drawing::PanelAxis step_axis(const Course& course, bool labelled) {
  const double last = course.step(course.rows() - 1) + 1;
  drawing::PanelAxis axis{
      .first = -0.01 * last, .last = 1.01 * last, .ticks = drawing::round_ticks(0, last, 4)};
  if (labelled) {
    axis.label = "step";
  } else {
    for (drawing::Tick& tick : axis.ticks) tick.label.clear();
  }
  return axis;
}

/// The mean of the rows around each, a fiftieth of all.
std::vector<double> smoothed_loss(const Course& course) {
  const std::size_t reach = course.rows() / 100;
  std::vector<double> smooth;
  for (std::size_t row = 0; row < course.rows(); ++row) {
    const std::size_t around = std::min({reach, row, course.rows() - 1 - row});
    double sum = 0;
    for (std::size_t r = row - around; r <= row + around; ++r) sum += course.loss(r);
    smooth.push_back(sum / static_cast<double>(2 * around + 1));
  }
  return smooth;
}

/// What the curves of a run show at one row: a dot where everything is.
struct Curves {
  drawing::Panel loss, D;
  std::vector<double> smooth_loss;
};

Curves curves(const Course& course, const drawing::Rect& loss_area, const drawing::Rect& D_area) {
  Curves result{.loss = {}, .D = {}, .smooth_loss = smoothed_loss(course)};
  double low = std::numeric_limits<double>::infinity(), high = 0;
  // Without the fall at the very beginning, beside which all else would be flat.
  for (std::size_t row = course.rows() / 50; row < course.rows(); ++row) {
    const double loss = course.loss(row);
    if (std::isfinite(loss) && loss > 0) {
      low = std::min(low, loss);
      high = std::max(high, loss);
    }
  }
  if (!(low < high)) {
    high = high > 0 ? 2 * high : 1;
    low = high / 4;
  }

  drawing::Panel& loss = result.loss;
  loss.area = loss_area;
  loss.x = step_axis(course, false);
  const double margin = std::pow(high / low, 0.05);
  loss.y = {.first = low / margin, .last = high * margin, .log = true};
  loss.y.ticks = drawing::log_ticks(loss.y.first, loss.y.last);
  loss.y.label = "loss";
  drawing::Line raw{.color = drawing::kFaint, .width = 0.5}, smooth{.color = drawing::kInk, .width = 1};
  for (std::size_t row = 0; row < course.rows(); ++row) {
    raw.at.push_back({course.step(row), course.loss(row)});
    smooth.at.push_back({course.step(row), result.smooth_loss[row]});
  }
  loss.marks = {std::move(raw), std::move(smooth)};

  drawing::Panel& D = result.D;
  D.area = D_area;
  D.x = step_axis(course, true);
  D.y = {.first = -0.05,
         .last = 1.05,
         .ticks = {{0, "0"}, {1.0 / 3, "1/3"}, {0.5, "1/2"}, {2.0 / 3, "2/3"}, {1, "1"}},
         .label = "dimensionality Dᵢ"};
  for (const drawing::Tick& tick : D.y.ticks)
    D.marks.emplace_back(drawing::Line{
        .at = {{D.x.first, tick.at}, {D.x.last, tick.at}}, .color = kGuide, .width = 0.5, .dashed = true});
  const auto set_of = sets_of(course.run());
  // Faint ones first, below the others.
  for (const bool faint : {true, false}) {
    for (std::size_t f = 0; f < course.features(); ++f) {
      const drawing::Color color = color_of_feature(course, set_of, f);
      if ((color == drawing::kFaint) != faint) continue;
      drawing::Line line{.color = color, .width = faint ? 0.4 : 0.8};
      for (const std::size_t row : drawing::choose_evenly(course.rows(), kMostCurvePoints))
        line.at.push_back({course.step(row), course.D(row, f)});
      D.marks.emplace_back(std::move(line));
    }
  }
  return result;
}

std::string describe(const Course& course) {
  const Shape& shape = course.run().model.shape();
  const auto sets = course.run().experiment.data.distribution.sets.size();
  std::string text = fmt::format("{} features in {} dimensions", shape.n_features, shape.n_hidden);
  if (sets > 0) text += fmt::format(", {} sets", sets);
  return text;
}

std::string title_of(const Course& main) {
  return drawing::one_line(main.run().experiment.name, 60);
}

constexpr double kLeft = 52, kTop = 56, kWidth = 300, kColumnGap = 62, kMargin = 14;
constexpr double kLossHeight = 90, kDHeight = 170, kRowGap = 16;

std::string letter(std::size_t i) {
  return {static_cast<char>('a' + i)};
}

}  // namespace

drawing::Figure dynamics_figure(std::span<const run::Run* const> runs) {
  const auto courses = courses_of(runs, "dynamics");
  constexpr double kMomentGap = 8, kLetter = 14;
  constexpr double kMoment = (kWidth - (kMoments - 1) * kMomentGap) / kMoments;
  drawing::Figure figure;
  figure.title = title_of(courses.back());
  const double loss_top = kTop + kMoment + kLetter + kRowGap;
  const double D_top = loss_top + kLossHeight + kRowGap;
  double x = kLeft;
  // The main run, which comes last, on the left.
  for (std::size_t c = courses.size(); c-- > 0;) {
    const Course& course = courses[c];
    const Features features(course);
    auto [loss, D, smooth] = curves(course, {x, loss_top, kWidth, kLossHeight}, {x, D_top, kWidth, kDHeight});
    const auto moments = course.still_moments(kMoments);
    for (std::size_t i = 0; i < moments.size(); ++i) {
      const double at = course.step(moments[i]);
      drawing::Panel panel = features.panel(
          moments[i], {x + static_cast<double>(i) * (kMoment + kMomentGap), kTop, kMoment, kMoment});
      panel.x.label = letter(i);
      if (i == moments.size() / 2) panel.title = describe(course);  // the heading of the column
      figure.panels.push_back(std::move(panel));
      for (drawing::Panel* curve : {&loss, &D}) {
        curve->marks.emplace_back(drawing::Line{.at = {{at, curve->y.first}, {at, curve->y.last}},
                                                .color = drawing::kInk,
                                                .width = 0.4,
                                                .dashed = true});
      }
      loss.marks.emplace_back(
          drawing::Text{.at = {at + 0.016 * loss.x.last * (i + 1 < moments.size() ? 1 : -1),
                               loss.y.last / std::pow(loss.y.last / loss.y.first, 0.09)},
                        .text = letter(i)});
    }
    figure.panels.push_back(std::move(loss));
    figure.panels.push_back(std::move(D));
    x += kWidth + kColumnGap;
  }
  figure.width = x - kColumnGap + kMargin;
  figure.height = D_top + kDHeight + 40;
  return figure;
}

drawing::Figure animation_figure(std::span<const run::Run* const> runs) {
  const auto courses = courses_of(runs, "animation");
  constexpr double kSide = 200;
  const double loss_top = kTop + kSide + kRowGap + 8;
  const double D_top = loss_top + kLossHeight + kRowGap;
  drawing::Figure figure;
  figure.title = title_of(courses.back());
  std::vector<Features> features;
  std::vector<std::vector<double>> smooth_losses;
  features.reserve(courses.size());
  double x = kLeft;
  for (std::size_t c = courses.size(); c-- > 0;) {
    const Course& course = courses[c];
    features.emplace_back(course);
    drawing::Panel now =
        features.back().panel(course.rows() - 1, {x + (kWidth - kSide) / 2, kTop, kSide, kSide});
    now.title = describe(course);
    figure.panels.push_back(std::move(now));
    auto [loss, D, smooth] = curves(course, {x, loss_top, kWidth, kLossHeight}, {x, D_top, kWidth, kDHeight});
    figure.panels.push_back(std::move(loss));
    figure.panels.push_back(std::move(D));
    smooth_losses.push_back(std::move(smooth));
    x += kWidth + kColumnGap;
  }
  // Every moment is the same share of each run's way; where they are is a dot on the curves.
  const auto base = figure.panels;
  const auto marks_at = [&](double share) {
    std::vector<std::vector<drawing::Mark>> marks;
    for (std::size_t column = 0; column < courses.size(); ++column) {
      const Course& course = courses[courses.size() - 1 - column];
      const auto row = static_cast<std::size_t>(std::lround(share * static_cast<double>(course.rows() - 1)));
      marks.push_back(features[column].marks(row));
      marks.push_back(base[3 * column + 1].marks);
      marks.back().emplace_back(drawing::Points{
          .radius = 3,
          .points = {{.at = {course.step(row), smooth_losses[column][row]},
                      .color = drawing::kInk,
                      .hover = fmt::format("step {}\nloss {:.3g}", course.run().history.step[row],
                                           course.loss(row))}}});
      marks.push_back(base[3 * column + 2].marks);
      const auto& y = base[3 * column + 2].y;
      marks.back().emplace_back(drawing::Line{.at = {{course.step(row), y.first}, {course.step(row), y.last}},
                                              .color = drawing::kInk,
                                              .width = 0.8});
    }
    return marks;
  };
  const Course& main = courses.back();
  const std::size_t frames = std::min(kMostFrames, main.rows());
  for (std::size_t i = 0; i < frames; ++i) {
    const double share = frames == 1 ? 1 : static_cast<double>(i) / static_cast<double>(frames - 1);
    const auto row = static_cast<std::size_t>(std::lround(share * static_cast<double>(main.rows() - 1)));
    figure.frames.push_back(
        {.label = fmt::format("step {}", main.run().history.step[row]), .marks = marks_at(share)});
  }
  for (std::size_t p = 0; p < figure.panels.size(); ++p)
    figure.panels[p].marks = figure.frames.back().marks[p];
  figure.width = x - kColumnGap + kMargin;
  figure.height = D_top + kDHeight + 40;
  return figure;
}

}  // namespace superpose::figures
