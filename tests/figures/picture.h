#pragma once

#include <cairo.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "superpose/drawing/cairo/renderer.h"
#include "tests/drawing/image.h"

namespace superpose::figures {

/// A figure as a few coloured cells: small enough to be stored, and hardly changed by how a version of Cairo
/// smooths letters.
struct Picture {
  int width = 0, height = 0;
  std::vector<drawing::Color> cells = {};  ///< (height, width)

  [[nodiscard]] const drawing::Color& at(int x, int y) const {
    return cells[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
  }
};

inline constexpr int kPictureWidth = 128;

/// The mean colours of the parts of an image.
inline Picture shrunk(const drawing::Image& image) {
  Picture picture{
      .width = kPictureWidth,
      .height = std::max(1, (kPictureWidth * image.height() + image.width() / 2) / image.width())};
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      const int left = x * image.width() / picture.width, right = (x + 1) * image.width() / picture.width;
      const int top = y * image.height() / picture.height, bottom = (y + 1) * image.height() / picture.height;
      int red = 0, green = 0, blue = 0;
      for (int j = top; j < bottom; ++j) {
        for (int i = left; i < right; ++i) {
          const drawing::Color color = image.at(i, j);
          red += color.red;
          green += color.green;
          blue += color.blue;
        }
      }
      const int n = (right - left) * (bottom - top);
      picture.cells.push_back({static_cast<std::uint8_t>(red / n), static_cast<std::uint8_t>(green / n),
                               static_cast<std::uint8_t>(blue / n)});
    }
  }
  return picture;
}

/// scale: pixels a point.
inline Picture picture_of(const drawing::Figure& figure, double scale = 2) {
  const auto png = drawing::render_png(figure, scale);  // must outlive the Image, which refers to it
  return shrunk(drawing::Image(png));
}

/// The largest difference between two colours' channels, 0 to 255.
inline int distance(const drawing::Color& a, const drawing::Color& b) {
  return std::max({std::abs(a.red - b.red), std::abs(a.green - b.green), std::abs(a.blue - b.blue)});
}

/// Whether a person would call two pictures different: they have other proportions, or too many cells of
/// another colour. A letter that is smoothed in another way changes its cells by a few units.
inline bool differ(const Picture& a, const Picture& b) {
  constexpr int kOtherColor = 32;
  constexpr double kMostCells = 0.002;  // of all
  if (a.width != b.width || a.height != b.height) return true;
  int others = 0;
  for (std::size_t i = 0; i < a.cells.size(); ++i)
    others += distance(a.cells[i], b.cells[i]) > kOtherColor ? 1 : 0;
  return others > kMostCells * static_cast<double>(a.cells.size());
}

/// Writes a picture as a png, each cell so many pixels wide and high.
inline void write_picture(const Picture& picture, const std::filesystem::path& path, int enlarged = 1) {
  const std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> surface(
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, enlarged * picture.width, enlarged * picture.height),
      cairo_surface_destroy);
  cairo_surface_flush(surface.get());
  unsigned char* data = cairo_image_surface_get_data(surface.get());
  const int stride = cairo_image_surface_get_stride(surface.get());
  for (int y = 0; y < enlarged * picture.height; ++y) {
    for (int x = 0; x < enlarged * picture.width; ++x) {
      const drawing::Color& color = picture.at(x / enlarged, y / enlarged);
      const std::uint32_t pixel =
          std::uint32_t{color.red} << 16 | std::uint32_t{color.green} << 8 | color.blue;
      std::memcpy(data + y * stride + 4 * x, &pixel, sizeof(pixel));
    }
  }
  cairo_surface_mark_dirty(surface.get());
  EXPECT_EQ(cairo_surface_write_to_png(surface.get(), path.c_str()), CAIRO_STATUS_SUCCESS) << path;
}

/// returns: an empty picture where there is no such file.
inline Picture read_picture(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (bytes.empty()) return {};
  std::vector<std::byte> png(bytes.size());
  std::memcpy(png.data(), bytes.data(), bytes.size());
  const drawing::Image image(png);
  Picture picture{.width = image.width(), .height = image.height()};
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) picture.cells.push_back(image.at(x, y));
  }
  return picture;
}

/// Two pictures side by side, and on their right, in red, where they differ: darker where they differ more.
inline Picture side_by_side(const Picture& stored, const Picture& now) {
  Picture result{.width = stored.width + 2 * now.width, .height = std::max(stored.height, now.height)};
  const auto cell = [](const Picture& picture, int x, int y) {
    return x < picture.width && y < picture.height ? picture.at(x, y) : drawing::kFaint;
  };
  for (int y = 0; y < result.height; ++y) {
    for (int x = 0; x < stored.width; ++x) result.cells.push_back(cell(stored, x, y));
    for (int x = 0; x < now.width; ++x) result.cells.push_back(cell(now, x, y));
    for (int x = 0; x < now.width; ++x) {
      const auto same =
          static_cast<std::uint8_t>(255 - std::min(255, 4 * distance(cell(stored, x, y), cell(now, x, y))));
      result.cells.push_back({255, same, same});
    }
  }
  return result;
}

}  // namespace superpose::figures
