#include "superpose/drawing/theme.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "superpose/drawing/srgb.h"

namespace superpose::drawing {
namespace {

// Oklab (Ottosson, 2020): lightness, and two coordinates whose length is the chroma.
struct Oklab {
  double lightness, a, b;
};

double linear(std::uint8_t byte) {
  return linear_from_srgb(byte / 255.0);
}

std::uint8_t byte(double value) {
  return static_cast<std::uint8_t>(std::lround(255 * srgb_from_linear(std::clamp(value, 0.0, 1.0))));
}

Oklab oklab(const Color& color) {
  const double r = linear(color.red), g = linear(color.green), b = linear(color.blue);
  const double l = std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const double m = std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const double s = std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return {.lightness = 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
          .a = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
          .b = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

Color color_of(const Oklab& lab) {
  const double l = std::pow(lab.lightness + 0.3963377774 * lab.a + 0.2158037573 * lab.b, 3);
  const double m = std::pow(lab.lightness - 0.1055613458 * lab.a - 0.0638541728 * lab.b, 3);
  const double s = std::pow(lab.lightness - 0.0894841775 * lab.a - 1.2914855480 * lab.b, 3);
  return {byte(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
          byte(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
          byte(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)};
}

}  // namespace

Color themed(const Color& color, Theme theme) {
  if (theme == Theme::kLight) return color;
  constexpr double kPaper = 0.22, kBrightestGrey = 1.1;  // lightness of what was white, and black
  constexpr double kDimmest = 0.48;                      // lightness of the darkest saturated colour
  constexpr double kGrey = 0.02, kSaturated = 0.17;      // chroma
  const Oklab lab = oklab(color);
  const double t = std::clamp((std::hypot(lab.a, lab.b) - kGrey) / (kSaturated - kGrey), 0.0, 1.0);
  const double saturated = t * t * (3 - 2 * t);
  const double exchanged = std::lerp(kBrightestGrey, kPaper, lab.lightness);
  const double lifted = std::lerp(kDimmest, 1.0, lab.lightness);
  return color_of({.lightness = std::lerp(exchanged, lifted, saturated), .a = lab.a, .b = lab.b});
}

}  // namespace superpose::drawing
