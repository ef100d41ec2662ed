#include "superpose/drawing/cairo/canvas.h"

#include <fmt/format.h>

#include <algorithm>
#include <numbers>
#include <string_view>

#include "superpose/core/error.h"
#include "superpose/drawing/labels.h"

namespace superpose::drawing {
namespace {

constexpr double kPageMargin = 2;       // no text enters it
constexpr double kHalfCapitals = 0.36;  // half the height of capital letters, in font sizes
constexpr std::size_t kMostCharacters = 400;

// The room that a text has along its direction, given its place and alignment.
double room_for(double place, double page, HorizontalAlign align) {
  const double before = place - kPageMargin;
  const double after = page - kPageMargin - place;
  switch (align) {
    case HorizontalAlign::kLeft:
      return after;
    case HorizontalAlign::kRight:
      return before;
    case HorizontalAlign::kCenter:
      break;
  }
  return 2 * std::min(before, after);
}

}  // namespace

void check_cairo(cairo_status_t status) {
  if (status != CAIRO_STATUS_SUCCESS)
    throw Error(fmt::format("figure: cairo: {}", cairo_status_to_string(status)));
}

CairoCanvas::CairoCanvas(cairo_surface_t* surface, const Figure& figure, std::vector<PlacedText>* texts)
    : context_(cairo_create(surface)),
      page_width_(figure.width),
      page_height_(figure.height),
      font_(figure.font),
      theme_(figure.theme),
      texts_(texts) {
  check_cairo(cairo_status(context_.get()));
  cairo_scale(context_.get(), figure.scale, figure.scale);
  // Without hinting, text is as wide in a png as in a pdf.
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  cairo_set_font_options(context_.get(), options);
  cairo_font_options_destroy(options);
}

void CairoCanvas::set_color(const Color& color) {
  const auto [red, green, blue] = in_theme(color);
  cairo_set_source_rgb(context_.get(), red / 255.0, green / 255.0, blue / 255.0);
}

void CairoCanvas::set_font(double size, bool bold) {
  cairo_select_font_face(context_.get(), font_.c_str(), CAIRO_FONT_SLANT_NORMAL,
                         bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(context_.get(), size);
}

void CairoCanvas::fill(const Rect& rect, const Color& color) {
  set_color(color);
  cairo_rectangle(context_.get(), rect.x, rect.y, rect.width, rect.height);
  cairo_fill(context_.get());
}

void CairoCanvas::outline(const Rect& rect, const Color& color, double width) {
  set_color(color);
  cairo_set_line_width(context_.get(), width);
  cairo_rectangle(context_.get(), rect.x, rect.y, rect.width, rect.height);
  cairo_stroke(context_.get());
}

void CairoCanvas::stroke_line(double x0, double y0, double x1, double y1, const Color& color, double width) {
  set_color(color);
  cairo_set_line_width(context_.get(), width);
  cairo_move_to(context_.get(), x0, y0);
  cairo_line_to(context_.get(), x1, y1);
  cairo_stroke(context_.get());
}

double CairoCanvas::text_width(const std::string& text, double size, bool bold) {
  set_font(size, bold);
  cairo_text_extents_t extents;
  cairo_text_extents(context_.get(), text.c_str(), &extents);
  return extents.x_advance;
}

void CairoCanvas::text(double x, double y, const std::string& text, const TextStyle& style) {
  const std::string line = one_line(text, kMostCharacters);
  const double room = style.upwards ? room_for(page_height_ - y, page_height_, style.align)
                                    : room_for(x, page_width_, style.align);
  const double wanted = text_width(line, style.size, style.bold);
  const double shrink = wanted > room ? std::max(room, 0.0) / wanted : 1;
  if (!(shrink > 0)) return;

  const double width = wanted * shrink;
  const double size = style.size * shrink;
  const double down = style.middle ? kHalfCapitals * size : 0;
  if (texts_ != nullptr) {
    texts_->push_back({.x = style.upwards ? x + down : x,
                       .y = style.upwards ? y : y + down,
                       .size = size,
                       .style = style,
                       .text = line});
    return;
  }
  set_font(size, style.bold);
  set_color(style.color);
  cairo_save(context_.get());
  cairo_translate(context_.get(), x, y);
  if (style.upwards) cairo_rotate(context_.get(), -std::numbers::pi / 2);
  const double shift = style.align == HorizontalAlign::kLeft    ? 0
                       : style.align == HorizontalAlign::kRight ? -width
                                                                : -width / 2;
  cairo_move_to(context_.get(), shift, down);
  cairo_show_text(context_.get(), line.c_str());
  cairo_restore(context_.get());
}

void CairoCanvas::lines(double x, double y, const std::string& text_of_lines, const TextStyle& style) {
  double offset = 0;
  for (const std::string_view line : lines_of(text_of_lines)) {
    text(style.upwards ? x + offset : x, style.upwards ? y : y + offset, std::string(line), style);
    offset += kLineHeight * style.size;
  }
}

}  // namespace superpose::drawing
