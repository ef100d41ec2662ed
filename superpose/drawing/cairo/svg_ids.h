#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace superpose::drawing {

/// Cairo numbers some of an svg's ids through the life of the process: "surface12" and "image345" until 1.16,
/// "source-12" and others from 1.18 on. This numbers them from 1 in each file, so that the same figure gives
/// the same bytes; references follow.
std::vector<std::byte> with_stable_svg_ids(std::span<const std::byte> svg);

}  // namespace superpose::drawing
