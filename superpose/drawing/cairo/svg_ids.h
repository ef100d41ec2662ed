#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace superpose::drawing {

/// Cairo numbers some of an svg's ids ("surface12", "image345") through the life of the process. This numbers
/// them from 1 in each file, so that the same figure gives the same bytes; references follow.
std::vector<std::byte> with_stable_svg_ids(std::span<const std::byte> svg);

}  // namespace superpose::drawing
