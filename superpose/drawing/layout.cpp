#include "superpose/drawing/layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <string_view>

#include "superpose/drawing/labels.h"

namespace superpose::drawing {
namespace {

std::string power_of_ten(int exponent) {
  constexpr std::array<std::string_view, 10> kSuperscripts = {
      "\u2070", "\u00B9", "\u00B2", "\u00B3", "\u2074", "\u2075", "\u2076", "\u2077", "\u2078", "\u2079"};
  std::string label = exponent < 0 ? "10\u207B" : "10";
  for (const char digit : fmt::to_string(std::abs(exponent)))
    label += kSuperscripts[static_cast<std::size_t>(digit - '0')];
  return label;
}

}  // namespace

Rect PanelGrid::cell(std::size_t index) const {
  const std::size_t column = index % columns;
  const std::size_t row = index / columns;
  return {x + static_cast<double>(column) * (panel_width + column_gap),
          y + static_cast<double>(row) * (panel_height + row_gap), panel_width, panel_height};
}

double text_width(std::string_view text, double size) {
  constexpr double kLetter = 0.6;  // of the font size
  const auto letters =
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
  return kLetter * size * static_cast<double>(letters);
}

double more_lines(std::string_view text, double size) {
  return kLineHeight * size * static_cast<double>(lines_of(text).size() - 1);
}

double title_right(const Figure& figure) {
  return kFigureTitleX + kBoldWidth * text_width(figure.title, kFigureTitleSize);
}

void make_room_for_title(Figure& figure) {
  constexpr double kBold = 1.03;  // DejaVu Sans; title_right allows for the wider letters of browsers
  figure.width =
      std::max(figure.width, 2 * kFigureTitleX + kBold * text_width(figure.title, kFigureTitleSize));
}

std::size_t balanced_columns(std::size_t n, std::size_t most) {
  const std::size_t rows = (n + most - 1) / most;
  return (n + rows - 1) / rows;
}

std::vector<std::size_t> choose_evenly(std::size_t n, std::size_t most) {
  const std::size_t count = std::min(n, most);
  std::vector<std::size_t> chosen(count);
  for (std::size_t i = 0; i < count; ++i) {
    chosen[i] = count == n ? i : (i * (n - 1) + (count - 1) / 2) / (count - 1);
  }
  return chosen;
}

std::vector<Tick> round_ticks(double low, double high, int about, bool whole) {
  if (!(high > low) || !std::isfinite(high - low)) return {{low, number_label(low)}};
  const double rough = (high - low) / about;
  const double decade = std::pow(10, std::floor(std::log10(rough)));
  double step = 10 * decade;
  for (const double multiple : {5.0, 2.0, 1.0}) {
    if (multiple * decade >= rough * (1 - 1e-9)) step = multiple * decade;
  }
  if (whole) step = std::max(1.0, step);

  std::vector<Tick> ticks;
  const double slack = 1e-9 * step;
  const double first = std::ceil((low - slack) / step);
  const int count = static_cast<int>(std::floor((high + slack) / step) - first) + 1;
  for (int i = 0; i < count; ++i) {
    const double at = (first + i) * step + 0.0;  // + 0.0: no -0
    ticks.push_back({at, number_label(at)});
  }
  return ticks;
}

std::vector<Tick> log_ticks(double low, double high) {
  if (!(low > 0 && low <= high && std::isfinite(high))) return {};
  const auto first = static_cast<int>(std::floor(std::log10(low)));
  const auto last = static_cast<int>(std::ceil(std::log10(high)));
  const bool few = std::log10(high / low) < 2.5;
  constexpr double kRoundingTolerance = 1e-3;  // ends are often float32, or products of ratios
  std::vector<Tick> ticks;
  for (int decade = first; decade <= last; ++decade) {
    for (const double step : {1.0, 2.0, 5.0}) {
      const double at = step * std::pow(10.0, decade);
      if ((step > 1 && !few) || at < low * (1 - kRoundingTolerance) || at > high * (1 + kRoundingTolerance))
        continue;
      const bool long_label = decade >= 4 || decade < -3;
      ticks.push_back({at, step == 1 && long_label ? power_of_ten(decade) : number_label(at)});
    }
  }
  constexpr std::size_t kFewest = 3;
  return ticks.size() < kFewest && few ? round_ticks(low, high, 2 * static_cast<int>(kFewest)) : ticks;
}

}  // namespace superpose::drawing
