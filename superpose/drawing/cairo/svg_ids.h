#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace superpose::drawing {

/// Cairo numbers some ids of an svg through the life of the process: "surface12" and "image345" up to 1.16,
/// "source-12" and others from 1.18 on. This function numbers them from 1 in each file, and changes
/// references to them, so that the same figure gives the same bytes.
std::vector<std::byte> with_stable_svg_ids(std::span<const std::byte> svg);

}  // namespace superpose::drawing
