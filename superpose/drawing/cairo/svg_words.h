#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "superpose/drawing/cairo/canvas.h"
#include "superpose/drawing/figure.h"

namespace superpose::drawing {

/// An svg that Cairo wrote, with the figure's title and description, and with these texts on top.
std::vector<std::byte> with_words(std::span<const std::byte> svg, const Figure& figure,
                                  std::span<const PlacedText> texts);

}  // namespace superpose::drawing
