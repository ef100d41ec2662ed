#pragma once

#include <cairo.h>

#include <memory>
#include <string>
#include <vector>

#include "superpose/drawing/figure.h"

/// Cairo with ownership, and with the words of figures. Private to this room: no other room sees Cairo.
namespace superpose::drawing {

struct CairoDeleter {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* context) const { cairo_destroy(context); }
};
using CairoSurface = std::unique_ptr<cairo_surface_t, CairoDeleter>;
using CairoContext = std::unique_ptr<cairo_t, CairoDeleter>;

/// Throws superpose::Error with Cairo's description unless the status is success.
void check_cairo(cairo_status_t status);

enum class HorizontalAlign { kLeft, kCenter, kRight };

/// How one line of text is set.
struct TextStyle {
  double size = kTextSize;
  HorizontalAlign align = HorizontalAlign::kCenter;
  bool bold = false;
  bool middle = false;   ///< true: the place is at half the height of capitals, not on the baseline
  bool upwards = false;  ///< true: turned to read from below
  Color color = kInk;
};

/// A line of text in its place, for renderers that write text themselves.
struct PlacedText {
  double x = 0, y = 0;  ///< of the baseline, at the end or middle that the alignment says
  double size = kTextSize;
  TextStyle style = {};
  std::string text = {};  ///< valid UTF-8
};

/// Draws the parts of a figure. All lengths are in its units.
class CairoCanvas {
 public:
  /// The figure's size is that of the page, which no text leaves; its font, scale and theme are those of
  /// whatever is drawn.
  /// texts: where lines of text go in place of being drawn; null: they are drawn.
  CairoCanvas(cairo_surface_t* surface, const Figure& figure, std::vector<PlacedText>* texts = nullptr);

  [[nodiscard]] cairo_t* context() const { return context_.get(); }

  void fill(const Rect& rect, const Color& color);
  void outline(const Rect& rect, const Color& color, double width);
  void stroke_line(double x0, double y0, double x1, double y1, const Color& color, double width);
  /// Draws one line of text, smaller where it would leave the page. What is not valid UTF-8 is replaced.
  void text(double x, double y, const std::string& text, const TextStyle& style);
  /// Draws lines below each other, or, upwards, side by side from left to right. x, y: of the first one.
  void lines(double x, double y, const std::string& text, const TextStyle& style);
  /// The advance width of a text.
  [[nodiscard]] double text_width(const std::string& text, double size, bool bold = false);

  void set_color(const Color& color);
  /// The colour as the theme has it.
  [[nodiscard]] Color in_theme(const Color& color) const { return themed(color, theme_); }

 private:
  void set_font(double size, bool bold);

  CairoContext context_;
  double page_width_, page_height_;
  std::string font_;
  Theme theme_;
  std::vector<PlacedText>* texts_;
};

}  // namespace superpose::drawing
