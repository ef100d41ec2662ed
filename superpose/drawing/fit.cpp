#include "superpose/drawing/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/drawing/labels.h"
#include "superpose/drawing/layout.h"
#include "superpose/drawing/legend.h"

namespace superpose::drawing {
namespace {

constexpr double kSpacing = 5;          // between the labels of neighbours, and at the edges
constexpr double kSmallestPanel = 26;   // width or height of a panel
constexpr double kMostShrinking = 0.5;  // of what was built smaller than that, or not much larger
constexpr double kTickGap = 4;          // between the labels of two ticks

double widest(std::string_view text, double size) {
  double result = 0;
  for (const std::string_view line : lines_of(text)) result = std::max(result, text_width(line, size));
  return result;
}

/// The height of lines of text; 0 for none.
double height_of(std::string_view text, double size) {
  return text.empty() ? 0 : size + more_lines(text, size);
}

double widest_label(const std::vector<Tick>& ticks) {
  double result = 0;
  for (const Tick& tick : ticks) result = std::max(result, text_width(tick.label));
  return result;
}

bool has_labels(const std::vector<Tick>& ticks) {
  return std::ranges::any_of(ticks, [](const Tick& tick) { return !tick.label.empty(); });
}

/// How far centred words reach beyond an area on each side.
double beyond(std::string_view text, double size, double length) {
  return std::max(0.0, (widest(text, size) - length) / 2);
}

/// An interval along one dimension of the page, and the room that it needs before and after it.
struct Item {
  double from, to;
  bool stretches;  // else it keeps its length
  double before, after;
  bool rules = true;  // else it takes what the others leave, and only its ends count
};

/// A map of the places of the figure as it was built to those in its new size, along one dimension. What lies
/// within items that stretch stretches; the rest becomes what is needed there.
class Track {
 public:
  /// items: not empty. length: as built. first: what the edge needs before everything else.
  Track(std::vector<Item> items, double length, double first) : items_(std::move(items)) {
    cuts_ = {0, length};
    for (const Item& item : items_) {
      cuts_.push_back(item.from);
      cuts_.push_back(item.to);
    }
    std::ranges::sort(cuts_);
    constexpr double kSame = 0.01;
    const auto same = std::ranges::unique(cuts_, [](double a, double b) { return b - a < kSame; });
    cuts_.erase(same.begin(), same.end());
    for (std::size_t i = 0; i + 1 < cuts_.size(); ++i) parts_.push_back(part(i, first));
  }

  /// The length with this factor on whatever stretches. tight: blanks are as small as labels allow.
  [[nodiscard]] double length(double stretch, bool tight) const {
    double sum = 0;
    for (const Part& each : parts_) sum += each.length(stretch, tight);
    return sum;
  }

  /// The factor that gives this length.
  [[nodiscard]] double stretch_for(double wanted, bool tight) const {
    const double rigid = length(0, tight), stretching = length(1, tight) - rigid;
    return stretching > 0 ? (wanted - rigid) / stretching : 1;
  }

  /// The least factor that leaves every item a size in which something can be seen.
  [[nodiscard]] double least_stretch() const {
    double least = 0;
    for (const Item& item : items_) {
      const double length = item.to - item.from;
      if (item.stretches && item.rules)
        least = std::max(least, std::min(kSmallestPanel / length, kMostShrinking));
    }
    return least;
  }

  void settle(double stretch, bool tight) {
    places_ = {0};
    for (const Part& each : parts_) places_.push_back(places_.back() + each.length(stretch, tight));
  }

  [[nodiscard]] double operator()(double at) const {
    const auto next = std::ranges::upper_bound(cuts_, at);
    const auto i =
        std::clamp<std::size_t>(static_cast<std::size_t>(next - cuts_.begin()), 1, cuts_.size() - 1) - 1;
    const double share = (at - cuts_[i]) / (cuts_[i + 1] - cuts_[i]);
    return std::lerp(places_[i], places_[i + 1], share);
  }
  [[nodiscard]] double end() const { return places_.back(); }

 private:
  /// What lies between two neighbouring cuts.
  struct Part {
    double natural, needed;
    bool stretches;

    [[nodiscard]] double length(double stretch, bool tight) const {
      if (stretches) return natural * stretch;
      return tight ? needed : std::max(natural, needed);
    }
  };

  [[nodiscard]] Part part(std::size_t i, double first) const {
    const double from = cuts_[i], to = cuts_[i + 1], middle = (from + to) / 2;
    const auto is_at = [](double a, double b) { return std::abs(a - b) < 0.02; };
    bool stretches = false, kept = false;
    double before = 0, after = 0;
    for (const Item& item : items_) {
      const bool covers = item.rules && item.from < middle && middle < item.to;
      stretches = stretches || (covers && item.stretches);
      kept = kept || (covers && !item.stretches);
      if (is_at(item.from, to)) before = std::max(before, item.before);
      if (is_at(item.to, from)) after = std::max(after, item.after);
    }
    if (i == 0) after = std::max(after, first);
    const double natural = to - from;
    return {natural, kept ? natural : before + after + kSpacing, stretches};
  }

  std::vector<Item> items_;
  std::vector<double> cuts_, places_;
  std::vector<Part> parts_;
};

/// Every second tick goes, or every third, until the labels of those that stay do not touch. Of a logarithmic
/// axis the powers of ten stay first.
void thin(PanelAxis& axis, double length, bool upright) {
  const auto size = [&](const Tick& tick) { return upright ? kTextSize : text_width(tick.label); };
  const auto touches = [&](const std::vector<Tick>& ticks) {
    for (std::size_t i = 0; i + 1 < ticks.size(); ++i) {
      const double apart =
          std::abs(fraction_along(axis, ticks[i + 1].at) - fraction_along(axis, ticks[i].at)) * length;
      if (apart < (size(ticks[i]) + size(ticks[i + 1])) / 2 + (upright ? 1 : kTickGap)) return true;
    }
    return false;
  };
  if (!has_labels(axis.ticks) || !touches(axis.ticks)) return;
  if (axis.log) {
    std::vector<Tick> decades;
    for (const Tick& tick : axis.ticks) {
      const double power = std::log10(tick.at);
      if (std::abs(power - std::round(power)) < 1e-6) decades.push_back(tick);
    }
    if (decades.size() >= 2) axis.ticks = decades;
  }
  const std::vector<Tick> all = axis.ticks;
  for (std::size_t step = 1; step <= all.size() && (step == 1 || touches(axis.ticks)); ++step) {
    axis.ticks.clear();
    for (std::size_t i = 0; i < all.size(); i += step) axis.ticks.push_back(all[i]);
  }
}

/// Where the first word ends, or the first formula: "1 − S = 0.1" stays together.
std::size_t end_of_word(std::string_view text) {
  constexpr std::array<std::string_view, 8> kOperators = {"=", "−", "<", ">", "≤", "≥", "/", "×"};
  const auto is_operator = [&](std::string_view word) {
    return std::ranges::find(kOperators, word) != kOperators.end();
  };
  std::size_t begin = 0;
  for (;;) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    if (end == text.size()) return end;
    const std::string_view word = text.substr(begin, end - begin), rest = text.substr(end + 1);
    if (!is_operator(word) && !is_operator(rest.substr(0, rest.find(' ')))) return end;
    begin = end + 1;
  }
}

/// Every line of the text wrapped.
std::string wrapped_lines(std::string_view text, double width, double size) {
  std::string result;
  for (const std::string_view line : lines_of(text))
    result += (result.empty() ? "" : "\n") + wrapped(line, width, size);
  return result;
}

Rect mapped(const Rect& area, const Track& x, const Track& y) {
  const double left = x(area.x), top = y(area.y);
  return {left, top, x(area.right()) - left, y(area.bottom()) - top};
}

/// Finds the new places of everything. Labels depend on the sizes of panels, and sizes on the room that
/// labels take, so that it is done several times.
class Fitting {
 public:
  Fitting(const Figure& built, const Room& room) : built_(&built), figure_(built), room_(room) {}

  Figure result() {
    constexpr int kTimes = 4;
    for (int i = 0; i < kTimes; ++i) {
      set_labels();
      place();
    }
    for (Panel& panel : figure_.panels) {
      if (panel.legend.empty()) continue;
      panel.area.height = kLegendRow * static_cast<double>(legend_rows(panel.area.width, panel.legend));
      panel = legend(panel.area, panel.legend);
    }
    return std::move(figure_);
  }

 private:
  void place() {
    Track x(items_along_x(), built_->width, 0);
    const double across =
        settle(x, {.name = "width", .wanted = room_.width, .built = built_->width, .unasked = 1});
    for (std::size_t i = 0; i < figure_.panels.size(); ++i) {
      Panel& panel = figure_.panels[i];
      const Rect& area = built_->panels[i].area;
      panel.area.x = x(area.x);
      panel.area.width = x(area.right()) - panel.area.x;
    }
    figure_.width = x.end();
    Track y(items_along_y(), built_->height, title_height(figure_));
    settle(y, {.name = "height", .wanted = room_.height, .built = built_->height, .unasked = across});
    figure_.height = y.end();
    for (std::size_t i = 0; i < figure_.panels.size(); ++i)
      figure_.panels[i].area = mapped(built_->panels[i].area, x, y);
    for (std::size_t i = 0; i < figure_.color_bars.size(); ++i)
      figure_.color_bars[i].area = mapped(built_->color_bars[i].area, x, y);
  }

  /// A length of the figure, in its units.
  struct Length {
    const char* name;
    double wanted, built;
    double unasked;  ///< the factor on what stretches where no length is wanted
  };

  /// Settles a track for a length. returns: the factor on what stretches.
  double settle(Track& track, const Length& length) const {
    if (!(length.wanted > 0)) {
      track.settle(length.unasked, length.unasked < 1);
      return length.unasked;
    }
    const bool tight = length.wanted < length.built;
    const double factor = track.stretch_for(length.wanted, tight);
    if (!(factor >= track.least_stretch())) {
      const double least = track.length(track.least_stretch(), true);
      throw InvalidRequest({.place = argument_place("figure"),
                            .key = length.name,
                            .expected = fmt::format("at least {:.2f} inches for {} with this text",
                                                    std::ceil(least * figure_.scale * 100 / 72) / 100,
                                                    figure_.panels.size() == 1 ? "its panel" : "its panels"),
                            .got = fmt::format("{:.2f}", length.wanted * figure_.scale / 72),
                            .hint = "a smaller font size needs less"});
    }
    track.settle(factor, tight);
    return factor;
  }

  [[nodiscard]] std::vector<Item> items_along_x() const {
    std::vector<Item> items;
    for (std::size_t i = 0; i < figure_.panels.size(); ++i) {
      if (!figure_.panels[i].legend.empty()) continue;  // it takes what the others leave
      const Rect& area = built_->panels[i].area;
      const Insets insets = insets_of(figure_.panels[i]);
      items.push_back({area.x, area.right(), true, insets.left, insets.right});
    }
    for (std::size_t i = 0; i < figure_.color_bars.size(); ++i) {
      const Rect& area = built_->color_bars[i].area;
      const ColorBar& bar = figure_.color_bars[i];
      const Insets insets = insets_of(bar);
      items.push_back({area.x, area.right(), !bar.upright(), insets.left, insets.right, bar.upright()});
    }
    return items;
  }

  [[nodiscard]] std::vector<Item> items_along_y() const {
    std::vector<Item> items;
    for (std::size_t i = 0; i < figure_.panels.size(); ++i) {
      const Rect& area = built_->panels[i].area;
      const Panel& panel = figure_.panels[i];
      if (!panel.legend.empty()) {
        const auto rows = static_cast<double>(legend_rows(panel.area.width, panel.legend));
        items.push_back({area.y, area.bottom(), false, 0, std::max(0.0, rows * kLegendRow - area.height)});
        continue;
      }
      const Insets insets = insets_of(panel);
      items.push_back({area.y, area.bottom(), true, insets.top, insets.bottom});
    }
    for (std::size_t i = 0; i < figure_.color_bars.size(); ++i) {
      const Rect& area = built_->color_bars[i].area;
      const ColorBar& bar = figure_.color_bars[i];
      const Insets insets = insets_of(bar);
      // What stands beside panels grows with them.
      items.push_back({area.y, area.bottom(), bar.upright(), insets.top, insets.bottom});
    }
    return items;
  }

  /// Wraps titles and labels, and chooses ticks, for the sizes that panels have now.
  void set_labels() {
    figure_.title =
        wrapped(built_->title, (figure_.width - 2 * kFigureTitleX) / kBoldWidth, kFigureTitleSize);
    for (std::size_t i = 0; i < figure_.panels.size(); ++i) {
      const Panel& built = built_->panels[i];
      Panel& panel = figure_.panels[i];
      const Rect area = plot_area(panel);
      constexpr double kTitleMore = 1.15;  // a title may be a little wider than its panel
      const double title_width = panel.title_span > 1 ? panel.title_span * panel.area.width
                                                      : std::max(panel.area.width, kTitleMore * area.width);
      panel.title = wrapped_lines(built.title, title_width, kPanelTitleSize);
      panel.x.label = wrapped(built.x.label, panel.area.width * kTitleMore, kTextSize);
      panel.y.label = wrapped(built.y.label, panel.area.height * kTitleMore, kTextSize);
      panel.x.ticks = built.x.ticks;
      panel.y.ticks = built.y.ticks;
      thin(panel.x, area.width, false);
      thin(panel.y, area.height, true);
    }
    for (std::size_t i = 0; i < figure_.color_bars.size(); ++i) {
      ColorBar& bar = figure_.color_bars[i];
      PanelAxis scale{.first = bar.low, .last = bar.high, .ticks = built_->color_bars[i].ticks};
      thin(scale, bar.upright() ? bar.area.height : bar.area.width, bar.upright());
      bar.ticks = scale.ticks;
      if (!bar.upright()) bar.label = wrapped(built_->color_bars[i].label, 1.15 * bar.area.width, kTextSize);
    }
  }

  const Figure* built_;
  Figure figure_;
  Room room_;
};

}  // namespace

Insets insets_of(const Panel& panel) {
  Insets insets;
  const Rect area = plot_area(panel);
  if (!panel.title.empty()) {
    insets.top = kTitleGap + height_of(panel.title, kPanelTitleSize);
    insets.left = insets.right = beyond(panel.title, kPanelTitleSize, panel.title_span * panel.area.width);
  }
  const double x_label_beyond = beyond(panel.x.label, kTextSize, panel.area.width);
  insets.left = std::max(insets.left, x_label_beyond);
  insets.right = std::max(insets.right, x_label_beyond);
  if (!panel.x.ticks.empty()) {
    insets.bottom = kTickLength + (has_labels(panel.x.ticks) ? 1 + 1.25 * kTextSize : 0);
    for (const Tick& tick : panel.x.ticks) {
      const double at = fraction_along(panel.x, tick.at) * area.width, half = text_width(tick.label) / 2;
      insets.left = std::max(insets.left, half - at);
      insets.right = std::max(insets.right, at + half - area.width);
    }
  }
  if (!panel.x.label.empty()) insets.bottom += 4 + height_of(panel.x.label, kTextSize) + 0.25 * kTextSize;
  double left = panel.y.ticks.empty() ? 0 : kTickLength + 2 + widest_label(panel.y.ticks);
  if (!panel.y.label.empty())
    left = std::max(left, kTickLength + 2.0) + 4 + height_of(panel.y.label, kTextSize);
  insets.left = std::max(insets.left, left);
  return insets;
}

Insets insets_of(const ColorBar& bar) {
  if (bar.upright()) return {.left = 0, .top = 4, .right = kUprightLabelGap + 2, .bottom = 4};
  const double words = beyond(bar.label, kTextSize, bar.area.width);
  Insets insets{.left = words,
                .top = bar.label.empty() ? 0 : kTitleGap + height_of(bar.label, kTextSize),
                .right = words,
                .bottom = kTickLength + 2 + kTextSize};
  for (const Tick& tick : bar.ticks) {
    const double at = (tick.at - bar.low) / (bar.high - bar.low) * bar.area.width;
    insets.left = std::max(insets.left, text_width(tick.label) / 2 - at);
    insets.right = std::max(insets.right, at + text_width(tick.label) / 2 - bar.area.width);
  }
  return insets;
}

double title_height(const Figure& figure) {
  return figure.title.empty()
             ? 0
             : kFigureTitleBaseline + height_of(figure.title, kFigureTitleSize) - kFigureTitleSize + 4;
}

std::string wrapped(std::string_view text, double width, double size) {
  std::string result, line;
  const auto end_line = [&] {
    if (!result.empty()) result += '\n';
    result += std::exchange(line, {});
  };
  while (!text.empty()) {
    const std::size_t end = end_of_word(text);
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::string longer = line.empty() ? std::string(word) : fmt::format("{} {}", line, word);
    if (!line.empty() && text_width(longer, size) > width) {
      end_line();
      line = word;
    } else {
      line = longer;
    }
  }
  end_line();
  return result;
}

Figure fit(Figure figure, const Room& room) {
  if (!room.is_given() || figure.panels.empty()) return figure;
  figure.is_fitted = true;
  return Fitting(figure, room).result();
}

}  // namespace superpose::drawing
