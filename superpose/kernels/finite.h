#pragma once

#include <cstddef>
#include <span>

namespace superpose::kernels {

/// The place of the first number that is infinite or NaN; numbers.size() where there is none. It reads
/// about as fast as memory gives.
std::size_t find_not_finite(std::span<const float> numbers) noexcept;

}  // namespace superpose::kernels
