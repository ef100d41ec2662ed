#pragma once

#include <cmath>

namespace superpose::drawing {

// The curve of sRGB (IEC 61966-2-1) between what a byte says and the light there is, both in [0, 1].

inline double linear_from_srgb(double value) {
  return value > 0.04045 ? std::pow((value + 0.055) / 1.055, 2.4) : value / 12.92;
}

inline double srgb_from_linear(double value) {
  return value > 0.0031308 ? 1.055 * std::pow(value, 1 / 2.4) - 0.055 : 12.92 * value;
}

}  // namespace superpose::drawing
