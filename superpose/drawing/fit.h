#pragma once

#include <string>
#include <string_view>

#include "superpose/core/error.h"  // IWYU pragma: export
#include "superpose/drawing/figure.h"

namespace superpose::drawing {

/// The size that a figure is to have, in its units of length. 0: as large as the other one makes it; both 0:
/// as it was built.
struct Room {
  double width = 0, height = 0;

  [[nodiscard]] bool is_given() const { return width > 0 || height > 0; }
  /// Whether a figure that is this wide as built has to be arranged in fewer columns.
  [[nodiscard]] bool narrower_than(double natural) const { return width > 0 && width < natural; }
  /// Whether a height is given, and no width that is much smaller.
  [[nodiscard]] bool is_flat() const { return height > 0 && !(width > 0 && height >= 1.1 * width); }
  /// Whether panels that stand side by side in this width as built have to stand below each other.
  [[nodiscard]] bool stacks(double natural) const { return narrower_than(natural) && !is_flat(); }
  /// Whether a figure that is this high as built has to be arranged in fewer rows: never where panels stack.
  [[nodiscard]] bool lower_than(double natural) const { return is_flat() && height < natural; }
};

/// The space that labels take on each side of an area, in units of length.
struct Insets {
  double left = 0, top = 0, right = 0, bottom = 0;
};
/// What a panel's title, ticks and labels need, by an estimate of the width of letters.
Insets insets_of(const Panel& panel);
Insets insets_of(const ColorBar& bar);

/// What the title of a figure needs at the top: 0 without one.
double title_height(const Figure& figure);

/// The text in lines that are at most this wide, broken at spaces. A word alone may be wider,
/// and a formula: there is no break beside a sign such as "=".
std::string wrapped(std::string_view text, double width, double size);

/// Gives the figure the size of the room. Text, strokes and dots keep their sizes: panels grow or shrink, the
/// space between them becomes what labels need (it grows only where the figure has some), titles and labels
/// are wrapped, legends get more rows, and ticks that would touch each other go. Errors: InvalidRequest when
/// panels would have no room beside their labels.
Figure fit(Figure figure, const Room& room);

}  // namespace superpose::drawing
