#include "superpose/drawing/colormap.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "superpose/drawing/srgb.h"

namespace superpose::drawing {
namespace {

using Vector = std::array<double, 3>;

// Every 8th entry of the published 256: linear interpolation between them is within 2/255 of the whole table.
constexpr std::array<std::uint32_t, 33> kViridisAnchors = {
    0x440154, 0x470D60, 0x48186A, 0x482374, 0x472D7B, 0x453681, 0x424086, 0x3F4989, 0x3B528B,
    0x375A8D, 0x33638D, 0x2F6A8E, 0x2C728E, 0x297A8E, 0x26818E, 0x23898E, 0x21908C, 0x1F988B,
    0x1F9F88, 0x21A685, 0x28AE80, 0x31B57B, 0x3EBC74, 0x4CC26C, 0x5DC963, 0x6ECE58, 0x82D34C,
    0x96D83F, 0xABDC32, 0xC0DF24, 0xD5E21A, 0xEAE51A, 0xFDE725};

std::uint8_t to_byte(double value) {
  return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0, 255.0)));
}

Vector unpack(std::uint32_t rgb) {
  return {static_cast<double>(rgb >> 16), static_cast<double>(rgb >> 8 & 0xFF),
          static_cast<double>(rgb & 0xFF)};
}

Color viridis(double t) {
  const double position = t * (kViridisAnchors.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(position), kViridisAnchors.size() - 2);
  const double share = position - static_cast<double>(below);
  const Vector a = unpack(kViridisAnchors[below]);
  const Vector b = unpack(kViridisAnchors[below + 1]);
  return {to_byte(std::lerp(a[0], b[0], share)), to_byte(std::lerp(a[1], b[1], share)),
          to_byte(std::lerp(a[2], b[2], share))};
}

// Moreland, "Diverging color maps for scientific visualization" (2009): a straight line in Msh, the polar
// form of CIELAB, from the colour of each end to an unsaturated middle.
struct Msh {
  double magnitude, saturation, hue;
};

constexpr Vector kWhitePoint = {0.95047, 1.0, 1.08883};  // D65

double lab_curve(double value) {
  return value > 0.008856 ? std::cbrt(value) : 7.787 * value + 16.0 / 116;
}
double inverse_lab_curve(double value) {
  return value > 0.206893 ? value * value * value : (value - 16.0 / 116) / 7.787;
}

Msh msh_from_color(const Color& color) {
  const double r = linear_from_srgb(color.red / 255.0);
  const double g = linear_from_srgb(color.green / 255.0);
  const double b = linear_from_srgb(color.blue / 255.0);
  const double x = lab_curve((0.4124 * r + 0.3576 * g + 0.1805 * b) / kWhitePoint[0]);
  const double y = lab_curve((0.2126 * r + 0.7152 * g + 0.0722 * b) / kWhitePoint[1]);
  const double z = lab_curve((0.0193 * r + 0.1192 * g + 0.9505 * b) / kWhitePoint[2]);
  const Vector lab = {116 * y - 16, 500 * (x - y), 200 * (y - z)};
  const double magnitude = std::hypot(lab[0], lab[1], lab[2]);
  return {magnitude, std::acos(lab[0] / magnitude), std::atan2(lab[2], lab[1])};
}

Color color_from_msh(const Msh& msh) {
  const double lightness = msh.magnitude * std::cos(msh.saturation);
  const double a = msh.magnitude * std::sin(msh.saturation) * std::cos(msh.hue);
  const double b = msh.magnitude * std::sin(msh.saturation) * std::sin(msh.hue);
  const double fy = (lightness + 16) / 116;
  const double x = kWhitePoint[0] * inverse_lab_curve(fy + a / 500);
  const double y = kWhitePoint[1] * inverse_lab_curve(fy);
  const double z = kWhitePoint[2] * inverse_lab_curve(fy - b / 200);
  return {to_byte(255 * srgb_from_linear(3.2406 * x - 1.5372 * y - 0.4986 * z)),
          to_byte(255 * srgb_from_linear(-0.9689 * x + 1.8758 * y + 0.0415 * z)),
          to_byte(255 * srgb_from_linear(0.0557 * x - 0.2040 * y + 1.0570 * z))};
}

// The hue that the unsaturated middle has when approached from this end, so that the path stays even.
double hue_towards(const Msh& end, double magnitude) {
  if (end.magnitude >= magnitude) return end.hue;
  const double spin = end.saturation * std::sqrt(magnitude * magnitude - end.magnitude * end.magnitude) /
                      (end.magnitude * std::sin(end.saturation));
  return end.hue > -std::numbers::pi / 3 ? end.hue + spin : end.hue - spin;
}

Color coolwarm(double t) {
  static const Msh kCool = msh_from_color({59, 76, 192});
  static const Msh kWarm = msh_from_color({180, 4, 38});
  const double middle = std::max({kCool.magnitude, kWarm.magnitude, 88.0});
  const Msh& end = t < 0.5 ? kCool : kWarm;
  const double share = std::abs(2 * t - 1);  // 0 in the middle, 1 at the end
  return color_from_msh({std::lerp(middle, end.magnitude, share), end.saturation * share,
                         std::lerp(hue_towards(end, middle), end.hue, share)});
}

}  // namespace

std::string hex(const Color& color) {
  return fmt::format("#{:02x}{:02x}{:02x}", color.red, color.green, color.blue);
}

Color color_at(Colormap map, double t) {
  if (std::isnan(t)) return kNotFinite;
  const double clipped = std::clamp(t, 0.0, 1.0);
  return map == Colormap::kViridis ? viridis(clipped) : coolwarm(clipped);
}

Color color_of(Colormap map, double value, double low, double high) {
  return color_at(map, (value - low) / (high - low));
}

}  // namespace superpose::drawing
