#include "superpose/drawing/theme.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace superpose::drawing {
namespace {

int lightness(const Color& color) {
  return (2 * color.red + 5 * color.green + color.blue) / 8;
}

TEST(Theme, LightLeavesColoursAsTheyAre) {
  EXPECT_EQ(themed({12, 34, 56}, Theme::kLight), (Color{12, 34, 56}));
}

TEST(Theme, DarkExchangesPaperAndInk) {
  EXPECT_LT(lightness(themed(kWhite, Theme::kDark)), 45);
  EXPECT_GT(lightness(themed(kInk, Theme::kDark)), 170);
  const int faint = lightness(themed(kFaint, Theme::kDark));
  EXPECT_GT(faint, lightness(themed(kWhite, Theme::kDark)) + 15);
  EXPECT_LT(faint, lightness(themed(kInk, Theme::kDark)));
}

TEST(Theme, DarkKeepsGreysGrey) {
  for (int level = 0; level <= 255; level += 5) {
    const auto grey = static_cast<std::uint8_t>(level);
    const Color color = themed({grey, grey, grey}, Theme::kDark);
    EXPECT_LE(std::max({color.red, color.green, color.blue}) - std::min({color.red, color.green, color.blue}),
              2);
  }
}

TEST(Theme, SaturatedColoursAreSeenOnDarkPaper) {
  const int paper = lightness(themed(kWhite, Theme::kDark));
  for (double t = 0; t <= 1; t += 0.02)
    EXPECT_GT(lightness(themed(color_at(Colormap::kViridis, t), Theme::kDark)), paper + 40) << t;
}

TEST(Theme, AColourMapStaysSmooth) {
  for (const Colormap map : {Colormap::kViridis, Colormap::kCoolwarm}) {
    for (int i = 0; i < 256; ++i) {
      const Color a = themed(color_at(map, i / 256.0), Theme::kDark);
      const Color b = themed(color_at(map, (i + 1) / 256.0), Theme::kDark);
      EXPECT_LT(std::abs(a.red - b.red) + std::abs(a.green - b.green) + std::abs(a.blue - b.blue), 30) << i;
    }
  }
}

}  // namespace
}  // namespace superpose::drawing
