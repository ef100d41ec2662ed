#pragma once

#include <cairo.h>

#include <memory>
#include <string>

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

/// Draws the parts of a figure. All lengths are points.
class CairoCanvas {
 public:
  /// width, height: of the page. No text leaves it.
  CairoCanvas(cairo_surface_t* surface, double width, double height);

  [[nodiscard]] cairo_t* context() const { return context_.get(); }

  void fill(const Rect& rect, const Color& color);
  void outline(const Rect& rect, const Color& color, double width);
  void stroke_line(double x0, double y0, double x1, double y1, const Color& color, double width);
  /// Draws one line of text, smaller where it would leave the page. What is not valid UTF-8 is replaced.
  void text(double x, double y, const std::string& text, const TextStyle& style);
  /// The advance width of a text.
  [[nodiscard]] double text_width(const std::string& text, double size, bool bold = false);

  void set_color(const Color& color);

 private:
  void set_font(double size, bool bold);

  CairoContext context_;
  double page_width_, page_height_;
};

}  // namespace superpose::drawing
