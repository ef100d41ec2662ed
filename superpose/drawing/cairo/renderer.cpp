#include "superpose/drawing/cairo/renderer.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <numbers>
#include <string_view>

#include "superpose/core/error.h"
#include "superpose/drawing/cairo/canvas.h"
#include "superpose/drawing/cairo/svg_ids.h"
#include "superpose/drawing/cairo/svg_words.h"
#include "superpose/drawing/labels.h"
#include "superpose/drawing/layout.h"

namespace superpose::drawing {
namespace {

// Where a panel's units lie on the page.
class PanelMap {
 public:
  explicit PanelMap(const Panel& panel) : panel_(panel), area_(plot_area(panel)) {}

  [[nodiscard]] const Rect& area() const { return area_; }
  [[nodiscard]] double x(double value) const {
    return area_.x + fraction_along(panel_.x, value) * area_.width;
  }
  [[nodiscard]] double y(double value) const {
    return area_.bottom() - fraction_along(panel_.y, value) * area_.height;
  }

 private:
  const Panel& panel_;
  Rect area_;
};

// Cairo's coordinates are 24-bit integers and fractions. Places far outside are moved to just outside.
double bounded(double length) {
  return std::clamp(length, -1e5, 1e5);
}

class MarkDrawer {
 public:
  MarkDrawer(CairoCanvas& canvas, const PanelMap& map) : canvas_(canvas), map_(map) {}

  void operator()(const Points& points) const {
    for (const Point& point : points.points) {
      if (!finite(point.at)) continue;
      canvas_.set_color(point.color);
      cairo_arc(canvas_.context(), bounded(map_.x(point.at.x)), bounded(map_.y(point.at.y)), points.radius, 0,
                2 * std::numbers::pi);
      cairo_fill(canvas_.context());
    }
  }

  void operator()(const Segments& segments) const {
    for (const Segment& segment : segments.segments) {
      if (!finite(segment.from) || !finite(segment.to)) continue;
      canvas_.stroke_line(bounded(map_.x(segment.from.x)), bounded(map_.y(segment.from.y)),
                          bounded(map_.x(segment.to.x)), bounded(map_.y(segment.to.y)), segment.color,
                          segments.width);
    }
  }

  void operator()(const Line& line) const {
    static constexpr std::array kDashes = {3.0, 2.0};
    cairo_t* context = canvas_.context();
    canvas_.set_color(line.color);
    cairo_set_line_width(context, line.width);
    if (line.dashed) cairo_set_dash(context, kDashes.data(), static_cast<int>(kDashes.size()), 0);
    cairo_new_path(context);
    for (const Position& at : line.at) {
      if (finite(at)) {
        cairo_line_to(context, bounded(map_.x(at.x)), bounded(map_.y(at.y)));
      } else {
        cairo_new_sub_path(context);
      }
    }
    cairo_stroke(context);
    cairo_set_dash(context, nullptr, 0, 0);
  }

  void operator()(const Bars& bars) const {
    for (const Bar& bar : bars.bars) {
      if (!finite({bar.length, bar.at}) || !std::isfinite(bar.from)) continue;
      Position one = {bar.from, bar.at - bars.thickness / 2};
      Position other = {bar.from + bar.length, bar.at + bars.thickness / 2};
      if (bars.upright) {
        std::swap(one.x, one.y);
        std::swap(other.x, other.y);
      }
      const auto [left, right] = std::minmax({bounded(map_.x(one.x)), bounded(map_.x(other.x))});
      const auto [top, bottom] = std::minmax({bounded(map_.y(one.y)), bounded(map_.y(other.y))});
      canvas_.fill({left, top, right - left, bottom - top}, bar.color);
    }
  }

  void operator()(const Text& text) const {
    if (finite(text.at)) {
      canvas_.text(map_.x(text.at.x), map_.y(text.at.y), text.text, {.middle = true, .color = text.color});
    }
  }

  void operator()(const HeatMap& heat_map) const {
    paint_cells(heat_map.rows(), heat_map.columns, [&](std::size_t cell) {
      const double value = heat_map.values[cell];
      return color_of(heat_map.colormap, std::isfinite(value) ? value : NAN, heat_map.low, heat_map.high);
    });
  }

  void operator()(const Cells& cells) const {
    paint_cells(cells.rows(), cells.columns, [&](std::size_t cell) { return cells.colors[cell]; });
  }

 private:
  static bool finite(const Position& at) { return std::isfinite(at.x) && std::isfinite(at.y); }

  struct CellPixels {
    std::size_t x, y;
  };
  static std::size_t pixels_of(double length) {
    constexpr double kPixelsPerPoint = 4;
    return static_cast<std::size_t>(std::clamp(std::ceil(kPixelsPerPoint * length), 1.0, 400.0));
  }

  // Cells one unit wide and high, drawn as an image. Rectangles would show hairlines between the cells in
  // many viewers, and a hundred features squared would make large files. Each cell has many pixels, so it
  // stays crisp in viewers that smooth images when they scale them. color(row * columns + column): the colour
  // of a cell.
  template <class ColorOf>
  void paint_cells(std::size_t n_rows, std::size_t n_columns, const ColorOf& color) const {
    if (n_rows == 0) return;
    const auto columns = static_cast<double>(n_columns);
    const auto rows = static_cast<double>(n_rows);
    const auto [left, right] = std::minmax({map_.x(-0.5), map_.x(columns - 0.5)});
    const auto [top, bottom] = std::minmax({map_.y(-0.5), map_.y(rows - 0.5)});
    const CellPixels cell = {pixels_of((right - left) / columns), pixels_of((bottom - top) / rows)};
    const CairoSurface image = image_of(n_rows, n_columns, cell, color);

    cairo_t* context = canvas_.context();
    cairo_save(context);
    cairo_translate(context, left, top);
    cairo_scale(context, (right - left) / (columns * static_cast<double>(cell.x)),
                (bottom - top) / (rows * static_cast<double>(cell.y)));
    cairo_set_source_surface(context, image.get(), 0, 0);
    cairo_pattern_set_filter(cairo_get_source(context), CAIRO_FILTER_NEAREST);
    cairo_paint(context);
    cairo_restore(context);
  }

  // Rows as the panel shows them: row 0 is on top only where the y axis runs downward.
  template <class ColorOf>
  [[nodiscard]] CairoSurface image_of(std::size_t rows, std::size_t columns, const CellPixels& cell,
                                      const ColorOf& color_of_cell) const {
    const bool mirrored = map_.x(1) < map_.x(0);
    const bool upward = map_.y(1) < map_.y(0);
    CairoSurface image(cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(columns * cell.x),
                                                  static_cast<int>(rows * cell.y)));
    check_cairo(cairo_surface_status(image.get()));
    cairo_surface_flush(image.get());
    unsigned char* data = cairo_image_surface_get_data(image.get());
    const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(image.get()));
    std::vector<std::uint32_t> line(columns * cell.x);
    for (std::size_t row = 0; row < rows; ++row) {
      const std::size_t first = (upward ? rows - 1 - row : row) * columns;
      for (std::size_t x = 0; x < line.size(); ++x) {
        const Color color =
            canvas_.in_theme(color_of_cell(first + (mirrored ? columns - 1 - x / cell.x : x / cell.x)));
        line[x] = std::uint32_t{color.red} << 16 | std::uint32_t{color.green} << 8 | color.blue;
      }
      for (std::size_t y = 0; y < cell.y; ++y) {
        std::memcpy(data + (row * cell.y + y) * stride, line.data(), line.size() * sizeof(line[0]));
      }
    }
    cairo_surface_mark_dirty(image.get());
    return image;
  }

  CairoCanvas& canvas_;
  const PanelMap& map_;
};

void draw_x_axis(CairoCanvas& canvas, const PanelAxis& axis, const PanelMap& map) {
  const double bottom = map.area().bottom();
  double below = bottom;
  for (const Tick& tick : axis.ticks) {
    const double x = map.x(tick.at);
    canvas.stroke_line(x, bottom, x, bottom + kTickLength, kFaint, 0.5);
    canvas.text(x, bottom + kTickLength + 1 + kTextSize, tick.label, {});
    below = bottom + kTickLength + 1 + kTextSize;
  }
  if (!axis.label.empty()) canvas.lines(map.area().center_x(), below + 4 + kTextSize, axis.label, {});
}

void draw_y_axis(CairoCanvas& canvas, const PanelAxis& axis, const PanelMap& map) {
  const double left = map.area().x;
  double widest = 0;
  for (const Tick& tick : axis.ticks) {
    const double y = map.y(tick.at);
    canvas.stroke_line(left - kTickLength, y, left, y, kFaint, 0.5);
    canvas.text(left - kTickLength - 2, y, tick.label, {.align = HorizontalAlign::kRight, .middle = true});
    widest = std::max(widest, canvas.text_width(tick.label, kTextSize));
  }
  if (!axis.label.empty()) {
    canvas.lines(left - kTickLength - 6 - widest - more_lines(axis.label, kTextSize), map.area().center_y(),
                 axis.label, {.upwards = true});
  }
}

void draw_panel(CairoCanvas& canvas, const Panel& panel) {
  const PanelMap map(panel);
  const Rect& area = map.area();
  canvas.fill(area, panel.background);
  cairo_save(canvas.context());
  cairo_rectangle(canvas.context(), area.x, area.y, area.width, area.height);
  cairo_clip(canvas.context());
  for (const Mark& mark : panel.marks) std::visit(MarkDrawer(canvas, map), mark);
  cairo_restore(canvas.context());

  if (panel.frame) canvas.outline(area, kFaint, 0.5);
  draw_x_axis(canvas, panel.x, map);
  draw_y_axis(canvas, panel.y, map);
  if (!panel.title.empty()) {
    canvas.lines(area.center_x(), area.y - kTitleGap - more_lines(panel.title, kPanelTitleSize), panel.title,
                 {.size = kPanelTitleSize});
  }
}

// The colours are a heat map of one row or column. Ticks stand as they do at a panel, mirrored where it is
// upright.
void draw_color_bar(CairoCanvas& canvas, const ColorBar& bar) {
  constexpr std::size_t kCells = 256;
  HeatMap colors{
      .columns = bar.upright() ? 1 : kCells, .colormap = bar.colormap, .low = 0, .high = kCells - 1};
  for (std::size_t i = 0; i < kCells; ++i) colors.values.push_back(static_cast<double>(i));
  const PanelAxis along{.first = -0.5, .last = kCells - 0.5};
  const PanelAxis across{.first = -0.5, .last = 0.5};
  draw_panel(canvas, {.area = bar.area,
                      .x = bar.upright() ? across : along,
                      .y = bar.upright() ? along : across,
                      .marks = {std::move(colors)}});

  const PanelAxis scale{.first = bar.low, .last = bar.high};
  for (const Tick& tick : bar.ticks) {
    const double fraction = fraction_along(scale, tick.at);
    if (bar.upright()) {
      const double y = bar.area.bottom() - fraction * bar.area.height;
      canvas.stroke_line(bar.area.right(), y, bar.area.right() + kTickLength, y, kFaint, 0.5);
      canvas.text(bar.area.right() + kTickLength + 2, y, tick.label,
                  {.align = HorizontalAlign::kLeft, .middle = true});
    } else {
      const double x = bar.area.x + fraction * bar.area.width;
      canvas.stroke_line(x, bar.area.bottom(), x, bar.area.bottom() + kTickLength, kFaint, 0.5);
      canvas.text(x, bar.area.bottom() + kTickLength + 1 + kTextSize, tick.label, {});
    }
  }
  if (bar.upright()) {
    canvas.text(bar.area.right() + kUprightLabelGap, bar.area.center_y(), bar.label, {.upwards = true});
  } else {
    canvas.lines(bar.area.center_x(), bar.area.y - kTitleGap - more_lines(bar.label, kTextSize), bar.label,
                 {});
  }
}

/// texts: as CairoCanvas has it.
void draw(const Figure& figure, cairo_surface_t* surface, std::vector<PlacedText>* texts = nullptr) {
  CairoCanvas canvas(surface, figure, texts);
  canvas.set_color(kWhite);
  cairo_paint(canvas.context());
  canvas.lines(kFigureTitleX, kFigureTitleBaseline, figure.title,
               {.size = kFigureTitleSize, .align = HorizontalAlign::kLeft, .bold = true});
  for (const Panel& panel : figure.panels) draw_panel(canvas, panel);
  for (const ColorBar& bar : figure.color_bars) draw_color_bar(canvas, bar);
  check_cairo(cairo_status(canvas.context()));
}

cairo_status_t append(void* closure, const unsigned char* data, unsigned int length) noexcept {
  auto& bytes = *static_cast<std::vector<std::byte>*>(closure);
  const auto* begin = reinterpret_cast<const std::byte*>(data);
  try {
    bytes.insert(bytes.end(), begin, begin + length);
  } catch (...) {
    return CAIRO_STATUS_NO_MEMORY;
  }
  return CAIRO_STATUS_SUCCESS;
}

void finish(cairo_surface_t* surface) {
  cairo_surface_finish(surface);
  check_cairo(cairo_surface_status(surface));
}

}  // namespace

std::vector<std::byte> render_svg(const Figure& figure, SvgText text) {
  std::vector<std::byte> bytes;
  const CairoSurface surface(cairo_svg_surface_create_for_stream(append, &bytes, figure.scale * figure.width,
                                                                 figure.scale * figure.height));
  check_cairo(cairo_surface_status(surface.get()));
  cairo_svg_surface_set_document_unit(surface.get(),
                                      CAIRO_SVG_UNIT_PT);  // from Cairo 1.18 on the default is pixels
  std::vector<PlacedText> texts;
  draw(figure, surface.get(), text == SvgText::kText ? &texts : nullptr);
  finish(surface.get());
  return with_words(with_stable_svg_ids(bytes), figure, texts);
}

std::vector<std::byte> render_pdf(const Figure& figure) {
  std::vector<std::byte> bytes;
  const CairoSurface surface(cairo_pdf_surface_create_for_stream(append, &bytes, figure.scale * figure.width,
                                                                 figure.scale * figure.height));
  check_cairo(cairo_surface_status(surface.get()));
  // Cairo would write the time of day. This is the day on which [P] appeared.
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE, "2022-09-14T00:00:00Z");
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE,
                                 one_line(figure.title, 200).c_str());
  draw(figure, surface.get());
  finish(surface.get());
  return bytes;
}

std::vector<std::byte> render_png(const Figure& figure, double pixels_a_point) {
  const double width = std::ceil(figure.width * figure.scale * pixels_a_point);
  const double height = std::ceil(figure.height * figure.scale * pixels_a_point);
  constexpr double kMostSide = 32767;  // Cairo's
  constexpr double kMostPixels = 5e8;  // 2 GB
  if (!(std::max(width, height) <= kMostSide && width * height <= kMostPixels))
    throw InvalidRequest({.place = argument_place("figure"),
                          .expected = "at most 32,767 pixels a side and 500 million in all",
                          .got = fmt::format("{:.0f} x {:.0f}", width, height),
                          .hint = "fewer dots an inch, or SVG or PDF, whose lines are sharp at any size"});
  const CairoSurface surface(
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(width), static_cast<int>(height)));
  check_cairo(cairo_surface_status(surface.get()));
  cairo_surface_set_device_scale(surface.get(), pixels_a_point, pixels_a_point);
  draw(figure, surface.get());
  std::vector<std::byte> bytes;
  check_cairo(cairo_surface_write_to_png_stream(surface.get(), append, &bytes));
  return bytes;
}

}  // namespace superpose::drawing
