#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "superpose/drawing/colormap.h"
#include "superpose/drawing/theme.h"

/// A figure as plain data: what is drawn where. Renderers (cairo/renderer.h, web/plotly.h) turn it into
/// files. Lengths are in units in which text is kTextSize high, from the upper left corner of the figure, y
/// downward: points (1/72 inch) unless the figure has another scale. All text is UTF-8 without markup; '\n'
/// ends a line of a title or of an axis's label.
namespace superpose::drawing {

inline constexpr std::string_view kFont = "DejaVu Sans";

struct Rect {
  double x = 0, y = 0, width = 0, height = 0;

  [[nodiscard]] double right() const { return x + width; }
  [[nodiscard]] double bottom() const { return y + height; }
  [[nodiscard]] double center_x() const { return x + width / 2; }
  [[nodiscard]] double center_y() const { return y + height / 2; }
};

/// A place in a panel, in units of its axes.
struct Position {
  double x = 0, y = 0;
};

/// Hover texts are shown by interactive renderers only; lines end with '\n'; empty: none.

struct Point {
  Position at = {};
  Color color = {};
  std::string hover = {};
};
/// Dots.
struct Points {
  double radius = 2.5;
  std::vector<Point> points = {};
};

struct Segment {
  Position from = {}, to = {};
  Color color = {};
};
/// Straight strokes, each of its own colour.
struct Segments {
  double width = 1.5;
  std::vector<Segment> segments = {};
};

/// One stroke through many positions.
struct Line {
  std::vector<Position> at = {};
  Color color = kInk;
  double width = 1;
  bool dashed = false;
};

struct Bar {
  double at = 0;      ///< the middle of the bar on the y axis; on the x axis if upright
  double from = 0;    ///< where the bar begins on the other axis
  double length = 0;  ///< below 0: the bar goes downward or to the left
  Color color = {};
  std::string hover = {};
};
/// Bars, horizontal or upright.
struct Bars {
  double thickness = 0.8;  ///< in units of the axis that they stand on
  bool upright = false;
  std::vector<Bar> bars = {};
};

/// A matrix as coloured cells, each one unit wide and high: row r and column c are centred on y = r, x = c.
struct HeatMap {
  std::size_t columns = 1;
  /// (rows, columns), row-major. A value that is not finite is drawn in kNotFinite.
  std::vector<double> values = {};
  Colormap colormap = Colormap::kCoolwarm;
  double low = -1, high = 1;  ///< the values at the ends of the colormap
  std::string column_name = {}, row_name = {},
              value_name = {};  ///< names in hover texts; empty names are left out

  [[nodiscard]] std::size_t rows() const { return values.size() / columns; }
};

/// A matrix of cells that have colours of their own.
struct Cells {
  std::size_t columns = 1;
  std::vector<Color> colors = {};       ///< (rows, columns), row-major
  std::vector<std::string> hover = {};  ///< as many as colours, or none

  [[nodiscard]] std::size_t rows() const { return colors.size() / columns; }
};

/// Words, centred on a place.
struct Text {
  Position at = {};
  std::string text = {};
  Color color = kInk;
};

/// Marks are drawn in order and clipped to their panel. Places that are not finite are left out.
using Mark = std::variant<Points, Segments, Line, Bars, HeatMap, Cells, Text>;

struct Tick {
  double at = 0;
  std::string label = {};
};

/// One axis of a panel. x grows from `first` at the left edge to `last` at the right one, y from `first` at
/// the lower edge to `last` at the upper one. first > last reverses it.
struct PanelAxis {
  double first = 0, last = 1;
  bool log = false;  ///< both ends are above 0
  std::vector<Tick> ticks = {};
  std::string label = {};
};

/// An entry of a legend: what a kind of mark means.
struct LegendEntry {
  enum class Mark { kDots, kLine, kDashes, kLineAndDots };
  Mark mark = Mark::kDots;
  Color color = kInk;
  std::string text = {};
};

struct Panel {
  Rect area = {};          ///< where data is drawn; title, ticks and labels stand outside
  std::string title = {};  ///< above the area, centred
  double title_span =
      1;  ///< the width that the title may take, in widths of the area: of several panels' title
  PanelAxis x = {}, y = {};
  /// Whether a unit is as long along x as along y: plot_area() then gives up room where it must.
  bool equal_aspect = false;
  Color background = kWhite;
  bool frame = true;
  std::vector<Mark> marks = {};
  std::vector<LegendEntry> legend = {};  ///< of a panel that is a legend (legend.h): its marks show these
};

/// The scale of a colormap. It is upright or lies, as its area does.
struct ColorBar {
  Rect area =
      {};  ///< of the colours. Ticks stand to the right or below; the label stands beyond them or above
  Colormap colormap = Colormap::kViridis;
  double low = 0, high = 1;
  std::vector<Tick> ticks = {};
  std::string label = {};

  [[nodiscard]] bool upright() const { return area.height > area.width; }
};

/// One moment of a figure that moves: the figure, with the marks of these panels instead of its own.
struct Frame {
  std::string label = {};  ///< "step 1200"
  /// (panels): as many marks as the panel has, and of the same kinds.
  std::vector<std::vector<Mark>> marks = {};
};

struct Figure {
  double width = 0, height = 0;
  std::string title = {};        ///< at the upper left; may be empty
  std::string description = {};  ///< what is to be seen, for those who cannot see it and for search
  std::vector<Panel> panels = {};
  std::vector<ColorBar> color_bars = {};
  std::vector<Frame> frames = {};  ///< shown by interactive renderers only; the others draw the panels
  double scale = 1;                ///< points that a unit of length has: text is kTextSize times that
  std::string font = std::string(kFont);
  Theme theme = Theme::kLight;  ///< renderers change all colours to it
  bool is_fitted = false;       ///< somebody asked for this size, which renderers then keep
};

/// Sizes that all renderers use, in units of length.
inline constexpr double kTextSize = 8;  ///< ticks, labels
inline constexpr double kPanelTitleSize = 9;
inline constexpr double kFigureTitleSize = 11;
inline constexpr double kFigureTitleX = 12, kFigureTitleBaseline = 20;
inline constexpr double kTickLength = 3;
inline constexpr double kLineHeight = 1.2;      ///< of several lines of text, in their sizes
inline constexpr double kTitleGap = 5;          ///< between a panel's area and its title's baseline
inline constexpr double kUprightLabelGap = 34;  ///< between an upright colour bar and the middle of its label

/// The part of the panel's area that data is drawn in: all of it, or its middle where equal_aspect needs
/// that.
Rect plot_area(const Panel& panel);

/// Where a value lies along an axis: 0 at `first`, 1 at `last`.
double fraction_along(const PanelAxis& axis, double value);

/// The value at a place: the inverse of fraction_along.
double value_along(const PanelAxis& axis, double fraction);

}  // namespace superpose::drawing
