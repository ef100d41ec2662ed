#pragma once

#include <cstddef>
#include <vector>

#include "superpose/drawing/figure.h"

namespace superpose::drawing {

/// What letters are in an svg.
enum class SvgText {
  kText,      ///< text in the figure's font, or a similar one where the viewer lacks that; can be searched
  kOutlines,  ///< shapes, the same in every viewer
};

/// The figure as the bytes of a file. The same figure gives the same bytes on a machine with the same fonts.
/// Errors: Error when Cairo cannot draw it (out of memory); InvalidRequest when a png would have more than
/// 32,767 pixels a side or 500 million in all. The file has the figure's title and description for those who
/// cannot see it.
std::vector<std::byte> render_svg(const Figure& figure, SvgText text = SvgText::kText);
std::vector<std::byte> render_pdf(const Figure& figure);
std::vector<std::byte> render_png(const Figure& figure, double pixels_a_point = 2);

}  // namespace superpose::drawing
