#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "superpose/drawing/figure.h"

namespace superpose::drawing {

/// Panels of one size in rows, filled from the left, row by row.
struct PanelGrid {
  double x = 0, y = 0;  ///< upper left corner of the first panel's area
  std::size_t columns = 1;
  double panel_width = 100, panel_height = 100;
  double column_gap = 10, row_gap = 24;

  /// The area of panel `index`.
  [[nodiscard]] Rect cell(std::size_t index) const;
  /// The right and lower edges when there are n panels.
  [[nodiscard]] double right() const { return cell(columns - 1).right(); }
  [[nodiscard]] double bottom(std::size_t n) const { return cell(n - 1).bottom(); }
};

/// About how wide text is, in points: as letters of DejaVu Sans are on average.
double text_width(std::string_view text, double size = kTextSize);

/// Letters of a heading are so many times as wide as others: about, in the widest of usual fonts.
inline constexpr double kBoldWidth = 1.12;

/// How much higher text is than its first line.
double more_lines(std::string_view text, double size);

/// About where the title of the figure ends.
double title_right(const Figure& figure);

/// Widens the figure to where its title ends, if it is narrower.
void make_room_for_title(Figure& figure);

/// The fewest rows of at most `most` columns that hold n panels, and then the fewest columns: 10 panels in at
/// most 7 columns are two rows of 5. n > 0.
std::size_t balanced_columns(std::size_t n, std::size_t most);

/// At most `most` of the numbers below n, evenly spread, with the first and the last. most > 1.
std::vector<std::size_t> choose_evenly(std::size_t n, std::size_t most);

/// About `about` ticks with labels, at round numbers within [low, high]. whole: only at whole numbers.
std::vector<Tick> round_ticks(double low, double high, int about = 4, bool whole = false);

/// Ticks for a logarithmic axis within [low, high], 0 < low < high: at 1, 2 and 5 times the powers of ten.
/// Where that would be too many they are at the powers alone, where it would be hardly any, at round numbers.
/// Powers from 10^4 on and below 10^-3 are written as powers.
std::vector<Tick> log_ticks(double low, double high);

}  // namespace superpose::drawing
