#include "superpose/figures/sweep_figure.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <ranges>
#include <string_view>
#include <utility>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/core/order_statistics.h"
#include "superpose/drawing/labels.h"
#include "superpose/drawing/layout.h"
#include "superpose/drawing/legend.h"
#include "superpose/experiment/experiment_keys.h"
#include "superpose/experiment/suggestion.h"
#include "superpose/figures/not_finite.h"
#include "superpose/figures/set_colors.h"

namespace superpose::figures {
namespace {

using run::Column, run::Table;

constexpr std::string_view kSeed = "train.seed";
constexpr double kTop = 42, kBottom = 40, kLegendGap = 16;
constexpr double kLabel = 4.5 * drawing::kTextSize;  // room for an upright label, beside those of ticks
constexpr std::size_t kMostEntries = 12;

[[noreturn]] void refuse(std::string key, std::string expected, std::string got, std::string hint = "") {
  throw InvalidRequest({.place = argument_place("figure sweep"),
                        .key = std::move(key),
                        .expected = std::move(expected),
                        .got = std::move(got),
                        .hint = std::move(hint)});
}

/// One of these names. Errors: InvalidRequest that lists them.
void expect_one_of(std::string_view what, std::string_view got, const std::vector<std::string_view>& names,
                   std::string_view called) {
  if (std::ranges::find(names, got) != names.end()) return;
  const auto meant = closest(got, names);
  refuse(std::string(what), fmt::format("{} {}", called, fmt::join(names, ", ")), fmt::format("\"{}\"", got),
         meant ? fmt::format("did you mean `{}`?", *meant) : "");
}

/// The values of a column of numbers; NaN where there is none.
std::vector<double> numbers_of(const Column& column) {
  return std::visit(
      []<class T>(const run::Cells<T>& cells) {
        std::vector<double> numbers;
        for (const auto& cell : cells) {
          if constexpr (std::convertible_to<T, double>)
            numbers.push_back(cell ? static_cast<double>(*cell) : std::numeric_limits<double>::quiet_NaN());
        }
        return numbers;
      },
      column.cells);
}

bool is_text(const Column& column) {
  return std::holds_alternative<run::Cells<std::string>>(column.cells);
}
bool is_whole(const Column& column) {
  return std::holds_alternative<run::Cells<std::int64_t>>(column.cells);
}

/// Whether points of a list left the key out.
bool has_gaps(const Column& column) {
  return std::visit(
      [](const auto& cells) { return std::ranges::any_of(cells, [](const auto& cell) { return !cell; }); },
      column.cells);
}

/// The distinct values of a swept key, or of what else tells rows apart.
struct Axis {
  std::string name{};
  std::vector<std::string> labels{};  ///< of each value
  std::vector<double> numbers{};      ///< of each value, growing; empty where values are text
  bool whole = false;
  std::vector<std::size_t> of_row{};  ///< the value of each row

  [[nodiscard]] std::size_t size() const { return labels.size(); }
};

Axis numeric_axis(std::string name, const std::vector<double>& of_rows, bool whole) {
  Axis axis{.name = std::move(name), .numbers = of_rows, .whole = whole};
  std::ranges::sort(axis.numbers);
  const auto repeated = std::ranges::unique(axis.numbers);
  axis.numbers.erase(repeated.begin(), repeated.end());
  for (const double number : axis.numbers) axis.labels.push_back(drawing::number_label(number));
  for (const double number : of_rows) {
    axis.of_row.push_back(
        static_cast<std::size_t>(std::ranges::lower_bound(axis.numbers, number) - axis.numbers.begin()));
  }
  return axis;
}

/// Values in the order of the points.
Axis text_axis(std::string name, const std::vector<std::string>& of_rows) {
  constexpr std::size_t kMostLetters = 18;
  Axis axis{.name = std::move(name)};
  std::vector<std::string> texts;
  for (const std::string& text : of_rows) {
    const auto found = std::ranges::find(texts, text);
    axis.of_row.push_back(static_cast<std::size_t>(found - texts.begin()));
    if (found != texts.end()) continue;
    texts.push_back(text);
    axis.labels.push_back(drawing::one_line(text, kMostLetters));
  }
  return axis;
}

/// column: without gaps.
Axis axis_of(const Column& column) {
  std::vector<std::string> words;
  if (const auto* texts = std::get_if<run::Cells<std::string>>(&column.cells)) {
    for (const auto& text : *texts) words.push_back(text.value_or(""));
  } else if (const auto* flags = std::get_if<run::Cells<bool>>(&column.cells)) {
    for (const auto& flag : *flags) words.emplace_back(flag.value_or(false) ? "true" : "false");
  } else {
    return numeric_axis(column.name, numbers_of(column), is_whole(column));
  }
  return text_axis(column.name, words);
}

/// The number of each row's instance among those of its point, and how many a point has at most.
Axis instance_axis(const Table& table) {
  const std::vector<double> points = numbers_of(*table.find("point"));
  std::vector<double> numbers;
  for (std::size_t row = 0; row < points.size(); ++row)
    numbers.push_back(row > 0 && points[row] == points[row - 1] ? numbers.back() + 1 : 0);
  return numeric_axis("instance", numbers, true);
}

/// The instances by their feature_probability, where that tells those of a point apart.
std::optional<Axis> density_axis(const Table& table, const Axis& instances) {
  const std::vector<double> p = numbers_of(*table.find("feature_probability"));
  if (!all_finite(p)) return std::nullopt;
  Axis axis = numeric_axis("feature_probability", p, false);
  if (instances.size() < 2 || axis.size() != instances.size()) return std::nullopt;
  std::vector<std::optional<std::size_t>> of_instance(instances.size());
  for (std::size_t row = 0; row < p.size(); ++row) {
    auto& own = of_instance[instances.of_row[row]];
    if (own && *own != axis.of_row[row]) return std::nullopt;  // another one at another point
    own = axis.of_row[row];
  }
  return axis;
}

/// What a figure of a sweep is made of.
struct Layout {
  std::string title{};
  std::string metric{};
  bool whole = false;  ///< whether the metric is a whole number
  Axis x{};
  Axis across{};  ///< the rows of a heat map, or the lines
  bool heat_map = false;
  std::vector<double> values{};              ///< of every row of the table
  std::vector<std::vector<double>> cells{};  ///< (across, x): the values that a cell stands for

  [[nodiscard]] const std::vector<double>& at(std::size_t column, std::size_t row) const {
    return cells[row * x.size() + column];
  }
  void fill_cells() {
    cells.resize(across.size() * x.size());
    for (std::size_t i = 0; i < values.size(); ++i)
      cells[across.of_row[i] * x.size() + x.of_row[i]].push_back(values[i]);
  }
};

/// The column of a swept key that was asked for.
const Column& swept_column(const Table& table, std::string_view argument, const std::string& key) {
  std::vector<std::string_view> keys;
  for (const Column& column : table.columns) {
    if (column.role == Column::Role::kSwept) keys.push_back(column.name);
  }
  std::string name = key;
  if (std::ranges::find(keys, name) == keys.end()) name = full_key(key);
  expect_one_of(argument, name, keys, keys.size() == 1 ? "the swept key" : "one of the swept keys");
  const Column& column = *table.find(name);
  if (has_gaps(column))
    refuse(std::string(argument), "a key that every point has", fmt::format("\"{}\"", name));
  return column;
}

/// Chooses keys for what was not asked for, from those that have several values.
class Choice {
 public:
  Choice(const Table& table, const SweepView& view) {
    if (!view.x.empty()) x = &swept_column(table, "x", view.x);
    if (!view.y.empty()) y = &swept_column(table, "y", view.y);
    if (x != nullptr && x == y) refuse("y", "another key than x", fmt::format("\"{}\"", y->name));
    for (const Column& column : table.columns) {
      if (column.role != Column::Role::kSwept) continue;
      if (varies(column)) varying_.push_back(&column);
      if (!has_gaps(column)) whole_.push_back(&column);
    }
    if (std::ranges::any_of(whole_, [](const Column* column) { return varies(*column); }))
      std::erase_if(whole_, [](const Column* column) { return !varies(*column); });
    heat_map = x == nullptr || y != nullptr;
    if (x == nullptr) x = take();
    if (x == nullptr) refuse("", "a sweep with a key that every point has", "none");
    if (y == nullptr) y = take();
    heat_map = heat_map && y != nullptr;
  }

  /// The keys that nothing shows.
  [[nodiscard]] std::vector<const Column*> others() const {
    std::vector<const Column*> rest = varying_;
    std::erase_if(rest, [this](const Column* column) { return column == x || column == y; });
    return rest;
  }

  const Column* x = nullptr;
  const Column* y = nullptr;
  bool heat_map = false;

 private:
  /// The last key that is not taken. The seed is x where there is no other key, and never y.
  [[nodiscard]] const Column* take() const {
    const Column* seed = nullptr;
    for (const Column* column : std::views::reverse(whole_)) {
      if (column == x || column == y) continue;
      if (column->name != kSeed) return column;
      if (x == nullptr) seed = column;
    }
    return seed;
  }

  static bool varies(const Column& column) { return has_gaps(column) || axis_of(column).size() > 1; }

  std::vector<const Column*> varying_;  ///< keys of several values
  std::vector<const Column*> whole_;    ///< keys that every point has; of these the ones of several values
};

const Column& metric_column(const Table& table, std::string_view metric) {
  std::vector<std::string_view> names;
  for (const Column& column : table.columns) {
    if (column.role == Column::Role::kMeasured && !is_text(column)) names.push_back(column.name);
  }
  expect_one_of("metric", metric, names, "one of");
  return *table.find(metric);
}

Layout lay_out(const Table& table, const SweepView& view) {
  const Column& metric = metric_column(table, view.metric.empty() ? "loss" : view.metric);
  const Choice choice(table, view);
  Layout layout{.metric = metric.name,
                .whole = is_whole(metric),
                .x = axis_of(*choice.x),
                .heat_map = choice.heat_map,
                .values = numbers_of(metric)};
  const Axis instances = instance_axis(table);
  std::vector<std::string> over;
  for (const Column* column : choice.others()) over.push_back(column->name);
  auto densities = choice.y == nullptr ? density_axis(table, instances) : std::nullopt;
  if (instances.size() > 1 && !densities) over.push_back(fmt::format("{} instances", instances.size()));
  if (choice.y != nullptr) {
    layout.across = axis_of(*choice.y);
  } else if (densities) {
    layout.across = *std::move(densities);
  } else {
    layout.across = {.labels = {""}, .of_row = std::vector<std::size_t>(table.rows())};
  }
  layout.title = fmt::format("{}: {}{}{}", drawing::one_line(view.name, 30), metric.name,
                             over.empty() ? "" : ", median over ", fmt::join(over, ", "));
  layout.fill_cells();
  return layout;
}

/// A scale for numbers: logarithmic where that spreads them better.
struct Scale {
  double low = 0, high = 1;
  bool log = false;

  /// Where a number lies, 0 at the low end.
  [[nodiscard]] double share(double value) const {
    return log ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
  }
  /// Not too many, over however many powers of ten.
  [[nodiscard]] std::vector<drawing::Tick> ticks(bool whole) const {
    constexpr std::size_t kMost = 8;
    const auto all = log ? drawing::log_ticks(low, high) : drawing::round_ticks(low, high, 5, whole);
    const std::size_t every = (all.size() + kMost - 1) / kMost;
    std::vector<drawing::Tick> some;
    for (std::size_t i = 0; i < all.size(); i += every) some.push_back(all[i]);
    return some;
  }
  [[nodiscard]] drawing::PanelAxis axis(bool whole, std::string label) const {
    return {.first = low, .last = high, .log = log, .ticks = ticks(whole), .label = std::move(label)};
  }
  /// With room at both ends.
  [[nodiscard]] Scale with_margin() const {
    constexpr double kMargin = 0.05;
    if (log) return {low / std::pow(high / low, kMargin), high * std::pow(high / low, kMargin), true};
    return {low - kMargin * (high - low), high + kMargin * (high - low), false};
  }
};

/// The scale from the least to the greatest of the numbers that are finite; of one number a scale around it.
Scale scale_of(const std::vector<double>& values) {
  constexpr double kWide = 30;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  Scale scale{.low = kInfinity, .high = -kInfinity};
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    scale.low = std::min(scale.low, value);
    scale.high = std::max(scale.high, value);
  }
  if (scale.low > scale.high) return {};
  if (scale.low == scale.high) {
    const double around = scale.low == 0 ? 1 : 0.1 * std::abs(scale.low);
    return {.low = scale.low - around, .high = scale.high + around};
  }
  scale.log = scale.low > 0 && scale.high > kWide * scale.low;
  return scale;
}

/// The scale of an axis of numbers: logarithmic where ratios of neighbours differ less than distances.
Scale scale_of(const Axis& axis) {
  Scale scale = scale_of(axis.numbers);
  scale.log = false;
  if (axis.size() < 3 || !(scale.low > 0)) return scale;
  const auto unevenness = [&](auto distance) {
    double least = INFINITY, most = 0;
    for (std::size_t i = 1; i < axis.size(); ++i) {
      least = std::min(least, distance(axis.numbers[i - 1], axis.numbers[i]));
      most = std::max(most, distance(axis.numbers[i - 1], axis.numbers[i]));
    }
    return most / least;
  };
  scale.log = unevenness([](double a, double b) { return std::log(b / a); }) <
              unevenness([](double a, double b) { return b - a; });
  return scale;
}

std::string value_text(double value) {
  if (!std::isfinite(value)) return finite_number(value, 0);
  return drawing::number_label(value);
}

/// What a hover text says about a cell.
std::string describe(const Layout& layout, std::size_t column, std::size_t row) {
  const std::vector<double>& own = layout.at(column, row);
  std::string text = fmt::format("{} {}", layout.x.name, layout.x.labels[column]);
  if (!layout.across.name.empty())
    text += fmt::format("\n{} {}", layout.across.name, layout.across.labels[row]);
  text += own.empty() ? "\nno such point" : fmt::format("\n{} {}", layout.metric, value_text(median(own)));
  if (own.size() > 1) text += fmt::format(", median of {}", own.size());
  return text;
}

/// Ticks at the cells of a heat map, as many as there is room for. room: points that one takes.
std::vector<drawing::Tick> cell_ticks(const Axis& axis, double length, double room) {
  const double cell = length / static_cast<double>(axis.size());
  const auto every = static_cast<std::size_t>(std::max(1.0, std::ceil(room / cell)));
  std::vector<drawing::Tick> ticks;
  for (std::size_t i = 0; i < axis.size(); i += every)
    ticks.push_back({.at = static_cast<double>(i), .label = axis.labels[i]});
  return ticks;
}

double widest(const std::vector<std::string>& labels) {
  double width = 0;
  for (const std::string& label : labels) width = std::max(width, drawing::text_width(label));
  return width;
}

drawing::ColorBar color_bar(const drawing::Rect& area, const Layout& layout, const Scale& scale) {
  drawing::ColorBar bar{.area = area, .low = 0, .high = 1};
  for (const drawing::Tick& tick : scale.ticks(layout.whole))
    bar.ticks.push_back({.at = scale.share(tick.at), .label = tick.label});
  return bar;
}

drawing::Figure heat_map(const Layout& layout) {
  constexpr double kCell = 26, kBar = 10;
  const double left = kLabel + widest(layout.across.labels);
  drawing::Panel panel;
  panel.area = {left, kTop, std::clamp(kCell * static_cast<double>(layout.x.size()), 180.0, 420.0),
                std::clamp(kCell * static_cast<double>(layout.across.size()), 110.0, 320.0)};
  const auto end = [](const Axis& axis) { return static_cast<double>(axis.size()) - 0.5; };
  panel.x = {.first = -0.5,
             .last = end(layout.x),
             .ticks = cell_ticks(layout.x, panel.area.width, widest(layout.x.labels) + 6),
             .label = layout.x.name};
  panel.y = {.first = -0.5,
             .last = end(layout.across),
             .ticks = cell_ticks(layout.across, panel.area.height, 12),
             .label = layout.across.name};
  std::vector<double> medians;  // (across, x); NaN where there is no point
  for (std::size_t row = 0; row < layout.across.size(); ++row) {
    for (std::size_t column = 0; column < layout.x.size(); ++column)
      medians.push_back(median(layout.at(column, row)));
  }
  const Scale scale = scale_of(medians);
  drawing::Cells cells{.columns = layout.x.size()};
  bool all_are_finite = true;
  for (std::size_t i = 0; i < medians.size(); ++i) {
    const std::size_t row = i / layout.x.size(), column = i % layout.x.size();
    const bool is_there = !layout.at(column, row).empty();
    const double share = std::isfinite(medians[i]) ? scale.share(medians[i]) : NAN;
    cells.colors.push_back(is_there ? drawing::color_at(drawing::Colormap::kViridis, share)
                                    : drawing::kWhite);
    cells.hover.push_back(describe(layout, column, row));
    if (is_there && !std::isfinite(medians[i])) all_are_finite = false;
  }
  panel.marks.emplace_back(std::move(cells));
  drawing::Figure figure{.title = layout.title};
  const drawing::Rect bar = {panel.area.right() + kLegendGap, kTop, kBar, panel.area.height};
  figure.width = bar.right() + 5.5 * drawing::kTextSize;
  figure.height = panel.area.bottom() + kBottom;
  if (!all_are_finite) {
    figure.panels.push_back(
        drawing::legend({panel.area.x, figure.height, panel.area.width, 14},
                        {{.color = drawing::kNotFinite, .text = std::string(kNotFiniteText)}}));
    figure.height += 20;
  }
  figure.panels.insert(figure.panels.begin(), std::move(panel));
  figure.color_bars.push_back(color_bar(bar, layout, scale));
  return figure;
}

/// From dark to light where lines have an order, else colours that are told apart easily.
drawing::Color line_color(const Axis& across, std::size_t line) {
  if (across.numbers.empty()) return set_color(line + 1);
  const auto last = static_cast<double>(std::max<std::size_t>(across.size() - 1, 1));
  return drawing::color_at(drawing::Colormap::kViridis, 0.85 * static_cast<double>(line) / last);
}

/// Which line is which, below each other; of many lines some.
drawing::Panel legend_beside(const drawing::Panel& beside, const Axis& across) {
  constexpr double kSwatch = 16, kGap = 5, kLine = 13;
  const auto chosen = drawing::choose_evenly(across.size(), kMostEntries);
  const auto rows = static_cast<double>(chosen.size());
  drawing::Panel panel;
  panel.area = {beside.area.right() + kLegendGap, kTop + kLine,
                std::max(kSwatch + kGap + widest(across.labels),
                         drawing::text_width(across.name, drawing::kPanelTitleSize)),
                kLine * rows};
  panel.title = across.name;
  panel.frame = false;
  panel.x = {.first = 0, .last = panel.area.width};
  panel.y = {.first = rows, .last = 0};
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const double y = static_cast<double>(i) + 0.5;
    const std::string& label = across.labels[chosen[i]];
    panel.marks.emplace_back(
        drawing::Line{.at = {{0, y}, {kSwatch, y}}, .color = line_color(across, chosen[i]), .width = 1.2});
    panel.marks.emplace_back(
        drawing::Text{.at = {kSwatch + kGap + drawing::text_width(label) / 2, y}, .text = label});
  }
  return panel;
}

/// The same side by side above the panel, in as many rows as the width that is wanted needs.
drawing::Panel legend_above(const drawing::Panel& below, const Axis& across) {
  std::vector<drawing::LegendEntry> entries;
  for (const std::size_t line : drawing::choose_evenly(across.size(), kMostEntries)) {
    const char* name = entries.empty() ? across.name.c_str() : "";
    entries.push_back({.mark = drawing::LegendEntry::Mark::kLine,
                       .color = line_color(across, line),
                       .text = fmt::format("{}{}{}", name, *name != '\0' ? " " : "", across.labels[line])});
  }
  const drawing::Rect& area = below.area;
  return drawing::legend({area.x, area.y - drawing::kLegendRow - 2, area.width, drawing::kLegendRow},
                         entries);
}

/// Adds a line of medians with a dot each, and a small dot for every number that one is the median of.
void add_line(drawing::Panel& panel, const Layout& layout, std::size_t line) {
  const drawing::Color color = line_color(layout.across, line);
  drawing::Line through{.color = color, .width = 1.2};
  drawing::Points medians{.radius = 2}, each{.radius = 1};
  for (std::size_t column = 0; column < layout.x.size(); ++column) {
    const std::vector<double>& own = layout.at(column, line);
    if (own.empty()) continue;
    const double x = layout.x.numbers.empty() ? static_cast<double>(column) : layout.x.numbers[column];
    through.at.push_back({x, median(own)});
    medians.points.push_back(
        {.at = through.at.back(), .color = color, .hover = describe(layout, column, line)});
    if (own.size() < 2) continue;
    for (const double value : own) each.points.push_back({.at = {x, value}, .color = drawing::kFaint});
  }
  if (!each.points.empty()) panel.marks.insert(panel.marks.begin(), std::move(each));
  panel.marks.emplace_back(std::move(through));
  panel.marks.emplace_back(std::move(medians));
}

drawing::Figure lines(const Layout& layout, const Wanted& wanted) {
  constexpr double kWidth = 300, kHeight = 200;
  const Scale scale = scale_of(layout.values).with_margin();
  drawing::Panel panel;
  panel.y = scale.axis(layout.whole, layout.metric);
  std::vector<std::string> y_labels;
  for (const drawing::Tick& tick : panel.y.ticks) y_labels.push_back(tick.label);
  panel.area = {kLabel + widest(y_labels), kTop, kWidth, kHeight};
  if (layout.x.numbers.empty()) {
    panel.x = {.first = -0.5,
               .last = static_cast<double>(layout.x.size()) - 0.5,
               .ticks = cell_ticks(layout.x, kWidth, widest(layout.x.labels) + 6),
               .label = layout.x.name};
  } else {
    panel.x = scale_of(layout.x).with_margin().axis(layout.x.whole, layout.x.name);
  }
  for (std::size_t line = 0; line < layout.across.size(); ++line) add_line(panel, layout, line);
  drawing::Figure figure{.title = layout.title};
  figure.width = panel.area.right() + 14;
  figure.height = panel.area.bottom() + kBottom;
  if (!layout.across.name.empty()) {
    const bool is_above = wanted.room.is_given();
    figure.panels.push_back(is_above ? legend_above(panel, layout.across)
                                     : legend_beside(panel, layout.across));
    if (!is_above) figure.width = figure.panels.back().area.right() + 14;
  }
  figure.panels.insert(figure.panels.begin(), std::move(panel));
  say_not_finite(figure);
  return figure;
}

}  // namespace

drawing::Figure sweep_figure(const Table& table, const SweepView& view, const Wanted& wanted) {
  const Layout layout = lay_out(table, view);
  drawing::Figure figure = layout.heat_map ? heat_map(layout) : lines(layout, wanted);
  drawing::make_room_for_title(figure);
  return figure;
}

}  // namespace superpose::figures
