#include "superpose/drawing/colormap.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace superpose::drawing {
namespace {

struct Known {
  double t;
  Color color;
};

void expect_near(const Color& actual, const Color& expected, int tolerance, double t) {
  EXPECT_LE(std::abs(actual.red - expected.red), tolerance) << "red at " << t;
  EXPECT_LE(std::abs(actual.green - expected.green), tolerance) << "green at " << t;
  EXPECT_LE(std::abs(actual.blue - expected.blue), tolerance) << "blue at " << t;
}

TEST(Colormap, ViridisHasThePublishedColors) {
  // Entries 0, 64, 128, 191 and 255 of the published table.
  constexpr std::array<Known, 5> kKnown = {{{0, {68, 1, 84}},
                                            {64.0 / 255, {59, 82, 139}},
                                            {128.0 / 255, {33, 145, 140}},
                                            {191.0 / 255, {92, 200, 99}},
                                            {1, {253, 231, 37}}}};
  for (const Known& known : kKnown)
    expect_near(color_at(Colormap::kViridis, known.t), known.color, 2, known.t);
}

TEST(Colormap, CoolwarmHasMorelandsColors) {
  EXPECT_EQ(color_at(Colormap::kCoolwarm, 0), (Color{59, 76, 192}));
  EXPECT_EQ(color_at(Colormap::kCoolwarm, 1), (Color{180, 4, 38}));
  // The published 33-entry table at 1/4, 1/2 and 3/4.
  constexpr std::array<Known, 3> kKnown = {
      {{0.25, {141, 176, 254}}, {0.5, {221, 221, 221}}, {0.75, {244, 154, 123}}}};
  for (const Known& known : kKnown)
    expect_near(color_at(Colormap::kCoolwarm, known.t), known.color, 2, known.t);
}

TEST(Colormap, IsContinuous) {
  for (const Colormap map : {Colormap::kViridis, Colormap::kCoolwarm}) {
    for (int i = 0; i < 1000; ++i) {
      expect_near(color_at(map, i / 1000.0), color_at(map, (i + 1) / 1000.0), 2, i / 1000.0);
    }
  }
}

TEST(Colormap, ClipsAndShowsWhatIsNoNumber) {
  for (const Colormap map : {Colormap::kViridis, Colormap::kCoolwarm}) {
    EXPECT_EQ(color_at(map, -3), color_at(map, 0));
    EXPECT_EQ(color_at(map, std::numeric_limits<double>::infinity()), color_at(map, 1));
    EXPECT_EQ(color_at(map, std::nan("")), kNotFinite);
  }
}

TEST(Colormap, ScalesValues) {
  EXPECT_EQ(color_of(Colormap::kCoolwarm, 0, -1, 1), color_at(Colormap::kCoolwarm, 0.5));
  EXPECT_EQ(color_of(Colormap::kViridis, 3, 2, 6), color_at(Colormap::kViridis, 0.25));
}

}  // namespace
}  // namespace superpose::drawing
