#include "superpose/figures/not_finite.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <variant>
#include <vector>

#include "superpose/drawing/layout.h"

namespace superpose::figures {
namespace {

// How high words stand, as shares of the height of the panel. They avoid the middle, where guides often are.
constexpr double kInFrame = 0.3, kAboveArrows = 0.9;

/// What cannot be drawn of a panel.
class Missing {
 public:
  explicit Missing(const drawing::Panel& panel) : in_the_plane_(panel.equal_aspect) {
    for (const drawing::Mark& mark : panel.marks) std::visit(*this, mark);
    std::ranges::sort(at_);
    const auto again = std::ranges::unique(at_);
    at_.erase(again.begin(), again.end());
  }

  /// Places along x, in order.
  [[nodiscard]] const std::vector<double>& at() const { return at_; }
  /// Whether something is missing whose place is not known.
  [[nodiscard]] bool elsewhere() const { return elsewhere_; }

  void operator()(const drawing::Points& points) {
    for (const drawing::Point& point : points.points) {
      if (finite(point.at)) continue;
      if (std::isfinite(point.at.x) && !in_the_plane_) {
        at_.push_back(point.at.x);
      } else {
        elsewhere_ = true;
      }
    }
  }
  void operator()(const drawing::Segments& segments) {
    elsewhere_ = elsewhere_ || !std::ranges::all_of(segments.segments, [](const drawing::Segment& segment) {
                   return finite(segment.from) && finite(segment.to);
                 });
  }
  void operator()(const drawing::Bars& bars) {
    elsewhere_ = elsewhere_ || !std::ranges::all_of(bars.bars, [](const drawing::Bar& bar) {
                   return std::isfinite(bar.from) && std::isfinite(bar.length);
                 });
  }
  void operator()(const drawing::HeatMap& map) { elsewhere_ = elsewhere_ || !all_finite(map.values); }
  void operator()(const drawing::Line&) {}
  void operator()(const drawing::Cells&) {}
  void operator()(const drawing::Text&) {}

 private:
  static bool finite(const drawing::Position& at) { return std::isfinite(at.x) && std::isfinite(at.y); }

  bool in_the_plane_, elsewhere_ = false;
  std::vector<double> at_;
};

bool says_so(const drawing::Panel& panel) {
  return std::ranges::any_of(panel.marks, [](const drawing::Mark& mark) {
    const auto* text = std::get_if<drawing::Text>(&mark);
    return text != nullptr && text->text.find(kNotFiniteText) != std::string::npos;
  });
}

/// Words centred at a share of the width of the panel, or as near to it as they fit.
drawing::Text words_at(const drawing::Panel& panel, double share, double up, std::string_view words) {
  const double half = std::min(0.5, drawing::text_width(words) / 2 / drawing::plot_area(panel).width);
  return {.at = {drawing::value_along(panel.x, std::clamp(share, half, 1 - half)),
                 drawing::value_along(panel.y, up)},
          .text = std::string(words)};
}

/// Groups of places that are too close together to have words of their own, as shares of the width of the
/// panel.
struct Cluster {
  double first, last;
};
std::vector<Cluster> clusters_of(const drawing::Panel& panel, const std::vector<double>& at) {
  const double apart = 1.2 * drawing::text_width(kNotFiniteText) / drawing::plot_area(panel).width;
  std::vector<double> shares;
  for (const double x : at) shares.push_back(std::clamp(drawing::fraction_along(panel.x, x), 0.0, 1.0));
  std::ranges::sort(shares);
  std::vector<Cluster> clusters;
  for (const double share : shares) {
    if (clusters.empty() || share - clusters.back().last > apart) clusters.push_back({share, share});
    clusters.back().last = share;
  }
  return clusters;
}

/// Draws a stroke at each place, behind everything else, and words once for places that lie close together.
void say_where(drawing::Panel& panel, const std::vector<double>& at) {
  drawing::Segments strokes{.width = 1};
  for (const double x : at)
    strokes.segments.push_back(
        {.from = {x, panel.y.first}, .to = {x, panel.y.last}, .color = drawing::kNotFinite});
  panel.marks.insert(panel.marks.begin(), std::move(strokes));
  for (const Cluster& cluster : clusters_of(panel, at))
    panel.marks.emplace_back(words_at(panel, (cluster.first + cluster.last) / 2, kInFrame, kNotFiniteText));
}

}  // namespace

bool all_finite(std::span<const float> values) {
  return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

bool all_finite(std::span<const double> values) {
  return std::ranges::all_of(values, [](double value) { return std::isfinite(value); });
}

bool is_finite(const run::Run& run, std::size_t instance) {
  // A loss that nobody estimated is NaN too. Where the training diverged, the weights show it.
  return all_finite(run.model.W(instance)) && all_finite(run.model.W2(instance)) &&
         all_finite(run.model.b_final(instance)) &&
         !(instance < run.loss.size() && std::isinf(run.loss[instance]));
}

std::string finite_number(double value, int decimals) {
  if (std::isnan(value)) return std::string(kNotFiniteText);
  return std::isinf(value) ? (value < 0 ? "−∞" : "∞") : fmt::format("{:.{}f}", value, decimals);
}

void say_not_finite(drawing::Panel& panel, std::string_view what, double along) {
  const double up = panel.equal_aspect && !panel.frame ? kAboveArrows : panel.frame ? kInFrame : 0.5;
  const bool too_narrow = drawing::plot_area(panel).width < drawing::text_width(what) / 2;
  if (!says_so(panel) && !too_narrow) panel.marks.emplace_back(words_at(panel, along, up, what));
}

void say_not_finite(drawing::Figure& figure) {
  for (drawing::Panel& panel : figure.panels) {
    const Missing missing(panel);
    if (says_so(panel)) continue;
    // The strokes would be one mark more than the frames of a moving figure have.
    const bool moves = !figure.frames.empty();
    if (!missing.at().empty() && !moves) say_where(panel, missing.at());
    if (missing.elsewhere() || (moves && !missing.at().empty())) say_not_finite(panel);
  }
}

void count_not_finite(drawing::Figure& figure, std::span<const run::Run* const> runs) {
  std::size_t instances = 0, diverged = 0;
  for (const run::Run* run : runs) {
    instances += run->model.shape().instances();
    for (std::size_t i = 0; i < run->model.shape().instances(); ++i) diverged += is_finite(*run, i) ? 0U : 1U;
  }
  if (diverged == 0) return;
  figure.title += fmt::format(" ({} of {} instances {})", diverged, instances, kNotFiniteText);
  drawing::make_room_for_title(figure);
}

}  // namespace superpose::figures
