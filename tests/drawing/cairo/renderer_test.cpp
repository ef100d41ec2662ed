#include "superpose/drawing/cairo/renderer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>

#include "superpose/core/error.h"
#include "tests/drawing/image.h"

namespace superpose::drawing {
namespace {

std::string_view as_text(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

constexpr Color kRed{255, 0, 0};
constexpr Color kBlue{0, 0, 255};

// A panel of 100 by 100 points at (50, 50) whose units are points, y upward.
Figure one_panel(std::vector<Mark> marks) {
  Figure figure{.width = 200, .height = 200};
  figure.panels.push_back({.area = {50, 50, 100, 100},
                           .x = {.first = 0, .last = 100},
                           .y = {.first = 0, .last = 100},
                           .frame = false,
                           .marks = std::move(marks)});
  return figure;
}

Image draw(const Figure& figure) {
  return Image(render_png(figure, 1));
}

// Something of everything.
Figure everything() {
  Figure figure = one_panel(
      {Points{.points = {{.at = {10, 10}, .color = kRed}}},
       Segments{.segments = {{.from = {0, 0}, .to = {9, 9}, .color = kBlue}}},
       Line{.at = {{0, 5}, {90, 5}}, .dashed = true}, Bars{.bars = {{.at = 20, .length = 30, .color = kRed}}},
       HeatMap{.columns = 2, .values = {0, 1, -1, 0.5}}, Text{.at = {50, 50}, .text = "text"}});
  figure.title = "a <title> & more";
  figure.panels[0].title = "panel";
  figure.panels[0].x.ticks = {{0, "0"}, {100, "100"}};
  figure.panels[0].x.label = "x";
  figure.panels[0].y.label = "y";
  figure.color_bars.push_back({.area = {160, 50, 8, 100}, .ticks = {{0, "0"}, {1, "1"}}, .label = "bar"});
  figure.color_bars.push_back({.area = {50, 185, 100, 4}, .ticks = {{0.5, "0.5"}}, .label = "bar"});
  return figure;
}

TEST(CairoRenderer, WritesTheFormats) {
  const Figure figure = everything();
  EXPECT_TRUE(as_text(render_pdf(figure)).starts_with("%PDF-"));
  EXPECT_TRUE(as_text(render_png(figure)).starts_with("\x89PNG\r\n\x1a\n"));
  const auto svg_bytes = render_svg(figure);
  const std::string_view svg = as_text(svg_bytes);
  EXPECT_TRUE(svg.starts_with("<?xml"));
  EXPECT_NE(svg.find("width=\"200pt\" height=\"200pt\""), std::string_view::npos);
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
}

TEST(CairoRenderer, SameFigureSameBytes) {
  const Figure figure = everything();
  EXPECT_EQ(render_svg(figure), render_svg(figure));
  EXPECT_EQ(render_pdf(figure), render_pdf(figure));
  EXPECT_EQ(render_png(figure), render_png(figure));
}

TEST(CairoRenderer, PngHasTwoPixelsAPoint) {
  const Image image(render_png(one_panel({})));
  EXPECT_EQ(image.width(), 400);
  EXPECT_EQ(image.height(), 400);
  EXPECT_EQ(image.count(kWhite), 400 * 400);
}

TEST(CairoRenderer, PlacesPointsAndClipsThem) {
  const Image image = draw(one_panel(
      {Points{.radius = 5, .points = {{.at = {20, 70}, .color = kRed}, {.at = {100, 50}, .color = kBlue}}}}));
  EXPECT_EQ(image.at(70, 80), kRed);
  EXPECT_NEAR(image.count(kRed), 78, 20);
  EXPECT_EQ(image.at(148, 100), kBlue);
  EXPECT_EQ(image.at(151, 100), kWhite);
}

TEST(CairoRenderer, PlacesSegmentsAndLines) {
  const Image image =
      draw(one_panel({Segments{.width = 4, .segments = {{.from = {0, 50}, .to = {100, 50}, .color = kRed}}},
                      Line{.at = {{30, 0}, {30, 40}}, .color = kBlue, .width = 4}}));
  EXPECT_EQ(image.at(60, 100), kRed);
  EXPECT_EQ(image.at(60, 104), kWhite);
  EXPECT_EQ(image.at(80, 130), kBlue);
}

TEST(CairoRenderer, DrawsBarsFromZero) {
  const Image image =
      draw(one_panel({Bars{.thickness = 10, .bars = {{.at = 50, .length = 40, .color = kRed}}}}));
  EXPECT_EQ(image.count(kRed), 400);
  EXPECT_EQ(image.at(50, 100), kRed);
  EXPECT_EQ(image.at(89, 100), kRed);
  EXPECT_EQ(image.at(90, 100), kWhite);
}

TEST(CairoRenderer, PaintsCellsInTheirOwnColours) {
  const Color red{200, 0, 0}, green{0, 200, 0};
  Figure figure = one_panel({Cells{.columns = 2, .colors = {red, green, green, green}}});
  figure.panels[0].x = {.first = -0.5, .last = 1.5};
  figure.panels[0].y = {.first = -0.5, .last = 1.5};
  const Image image = draw(figure);
  EXPECT_EQ(image.at(75, 125), red);
  EXPECT_EQ(image.at(125, 125), green);
  EXPECT_EQ(image.at(75, 75), green);
  EXPECT_EQ(image.count(red), 2500);
}

TEST(CairoRenderer, PutsHeatMapCellsWhereTheAxesSay) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Figure figure = one_panel({HeatMap{.columns = 2, .values = {-1, 1, 0, nan}}});
  Panel& panel = figure.panels[0];
  panel.x = {.first = -0.5, .last = 1.5};
  panel.y = {.first = 1.5, .last = -0.5};  // row 0 on top
  const Color low = color_at(Colormap::kCoolwarm, 0);
  const Color high = color_at(Colormap::kCoolwarm, 1);
  const Image down = draw(figure);
  EXPECT_EQ(down.at(75, 75), low);
  EXPECT_EQ(down.at(125, 75), high);
  EXPECT_EQ(down.at(75, 125), color_at(Colormap::kCoolwarm, 0.5));
  EXPECT_EQ(down.at(125, 125), kNotFinite);
  EXPECT_EQ(down.count(low), 2500);

  std::swap(panel.y.first, panel.y.last);
  EXPECT_EQ(draw(figure).at(75, 125), low);
  std::swap(panel.x.first, panel.x.last);
  EXPECT_EQ(draw(figure).at(125, 125), low);
}

TEST(CairoRenderer, LeavesOutWhatIsNotFinite) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double huge = 1e300;
  const Figure figure = one_panel({Points{.points = {{.at = {nan, 1}}, {.at = {huge, -huge}}}},
                                   Segments{.segments = {{.from = {0, 0}, .to = {nan, nan}}}},
                                   Line{.at = {{nan, 0}, {1, nan}}}, Bars{.bars = {{.at = 1, .length = nan}}},
                                   Text{.at = {nan, nan}, .text = "nowhere"}, HeatMap{.columns = 3}});
  EXPECT_EQ(draw(figure).count(kWhite), 200 * 200);
}

TEST(CairoRenderer, NoTextLeavesThePage) {
  const std::string words(120, 'W');
  Figure figure = one_panel({});
  figure.title = words;
  Panel& panel = figure.panels[0];
  panel.title = words;
  panel.x.label = panel.y.label = words;
  panel.x.ticks = {{0, words}, {100, words}};
  panel.y.ticks = {{0, words}};
  figure.color_bars.push_back({.area = {155, 50, 5, 100}, .ticks = {{0.5, words}}, .label = words});
  const Image image = draw(figure);
  EXPECT_TRUE(image.blank_edge(1));
  EXPECT_LT(image.count(kWhite), 200 * 200);
}

TEST(CairoRenderer, DrawsTextThatIsNotUtf8) {
  Figure figure = one_panel({});
  figure.title = "broken \xFF\xC3";
  EXPECT_LT(draw(figure).count(kWhite), 200 * 200);
  EXPECT_NO_THROW(render_pdf(figure));
}

TEST(CairoRenderer, RefusesWhatNoImageCanHold) {
  EXPECT_THROW(render_png({.width = 1e6, .height = 10}), Error);
}

}  // namespace
}  // namespace superpose::drawing
