#pragma once

#include <cstddef>
#include <vector>

#include "superpose/drawing/figure.h"

namespace superpose::drawing {

/// The figure as the bytes of a file. The same figure gives the same bytes on a machine with the same fonts.
/// Errors: Error when Cairo cannot draw it (out of memory, larger than an image may be).
std::vector<std::byte> render_svg(const Figure& figure);
std::vector<std::byte> render_pdf(const Figure& figure);
/// scale: pixels a point.
std::vector<std::byte> render_png(const Figure& figure, double scale = 2);

}  // namespace superpose::drawing
