#pragma once

#include <cairo.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "superpose/drawing/figure.h"

namespace superpose::drawing {

/// The pixels of a rendered png.
class Image {
 public:
  explicit Image(const std::vector<std::byte>& png) : rest_(png) {
    surface_.reset(cairo_image_surface_create_from_png_stream(read, this));
    EXPECT_EQ(cairo_surface_status(surface_.get()), CAIRO_STATUS_SUCCESS);
    cairo_surface_flush(surface_.get());
  }

  [[nodiscard]] int width() const { return cairo_image_surface_get_width(surface_.get()); }
  [[nodiscard]] int height() const { return cairo_image_surface_get_height(surface_.get()); }
  [[nodiscard]] Color at(int x, int y) const {
    std::uint32_t pixel = 0;
    std::memcpy(&pixel,
                cairo_image_surface_get_data(surface_.get()) +
                    y * cairo_image_surface_get_stride(surface_.get()) + 4 * x,
                4);
    return {static_cast<std::uint8_t>(pixel >> 16), static_cast<std::uint8_t>(pixel >> 8),
            static_cast<std::uint8_t>(pixel)};
  }
  [[nodiscard]] int count(const Color& color) const {
    int n = 0;
    for (int y = 0; y < height(); ++y) {
      for (int x = 0; x < width(); ++x) n += at(x, y) == color ? 1 : 0;
    }
    return n;
  }
  /// Whether a part of the page, in pixels, has more than one colour.
  [[nodiscard]] bool has_content(const Rect& part) const {
    const Color first = at(static_cast<int>(part.x) + 1, static_cast<int>(part.y) + 1);
    for (int y = static_cast<int>(part.y) + 1; y < static_cast<int>(part.bottom()) - 1; ++y) {
      for (int x = static_cast<int>(part.x) + 1; x < static_cast<int>(part.right()) - 1; ++x) {
        if (at(x, y) != first) return true;
      }
    }
    return false;
  }
  /// Whether a frame of `thickness` pixels along the edges is blank.
  [[nodiscard]] bool blank_edge(int thickness) const {
    for (int y = 0; y < height(); ++y) {
      for (int x = 0; x < width(); ++x) {
        const bool edge =
            x < thickness || y < thickness || x >= width() - thickness || y >= height() - thickness;
        if (edge && at(x, y) != kWhite) return false;
      }
    }
    return true;
  }

 private:
  static cairo_status_t read(void* closure, unsigned char* data, unsigned int length) {
    auto& rest = static_cast<Image*>(closure)->rest_;
    if (rest.size() < length) return CAIRO_STATUS_READ_ERROR;
    std::memcpy(data, rest.data(), length);
    rest = rest.subspan(length);
    return CAIRO_STATUS_SUCCESS;
  }

  struct Destroy {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  };
  std::span<const std::byte> rest_;
  std::unique_ptr<cairo_surface_t, Destroy> surface_;
};

}  // namespace superpose::drawing
