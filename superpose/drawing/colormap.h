#pragma once

#include <cstdint>
#include <string>

namespace superpose::drawing {

/// An opaque sRGB colour.
struct Color {
  std::uint8_t red = 0, green = 0, blue = 0;
  friend bool operator==(const Color&, const Color&) = default;
};

inline constexpr Color kWhite{255, 255, 255};
inline constexpr Color kInk{38, 38, 38};       ///< text
inline constexpr Color kFaint{190, 190, 190};  ///< axis lines, frames
inline constexpr Color kNotFinite{214, 205,
                                  190};  ///< in place of a colour where a value is not a finite number

/// As pages write it: "#00ff7f".
std::string hex(const Color& color);

/// How numbers become colours.
enum class Colormap {
  kViridis,   ///< perceptually uniform, dark blue to yellow (Smith and van der Walt, 2015, CC0)
  kCoolwarm,  ///< diverging, blue to red through light grey (Moreland, 2009)
};

/// The colour at t, clipped to [0, 1]; kNotFinite where t is NaN.
Color color_at(Colormap map, double t);

/// The colour of a value on a scale from low to high (low < high).
Color color_of(Colormap map, double value, double low, double high);

}  // namespace superpose::drawing
