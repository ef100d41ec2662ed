#include "superpose/drawing/cairo/svg_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "superpose/drawing/cairo/renderer.h"

namespace superpose::drawing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string svg_of(const Figure& figure, SvgText text = SvgText::kText) {
  const auto bytes = render_svg(figure, text);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Figure example() {
  Figure figure{.width = 200, .height = 100, .title = "A & B <c>", .description = "What is \"seen\"."};
  Panel panel;
  panel.area = {40, 40, 100, 30};
  panel.y.label = "upwards";
  figure.panels.push_back(panel);
  figure.scale = 2;
  figure.font = "Latin Modern";
  return figure;
}

TEST(SvgWords, AreTextInTheFontThatIsNamed) {
  const std::string svg = svg_of(example());
  EXPECT_THAT(svg, HasSubstr(">A &amp; B &lt;c></text>"));
  EXPECT_THAT(svg, HasSubstr("Latin Modern"));
  EXPECT_THAT(svg, HasSubstr("scale(2)"));
  EXPECT_THAT(svg, HasSubstr("rotate(-90 "));
  EXPECT_THAT(svg, Not(HasSubstr("<symbol")));
}

TEST(SvgWords, TitleAndDescriptionComeFirst) {
  const std::string svg = svg_of(example());
  EXPECT_THAT(svg, HasSubstr("<title>A &amp; B &lt;c></title>"));
  EXPECT_THAT(svg, HasSubstr("<desc>What is "));
  EXPECT_LT(svg.find("<title>"), svg.find("<text"));
  EXPECT_THAT(svg, HasSubstr("role=\"img\""));
}

TEST(SvgWords, AreShapesOnRequest) {
  const std::string svg = svg_of(example(), SvgText::kOutlines);
  EXPECT_THAT(svg, Not(HasSubstr("<text")));
  EXPECT_THAT(svg, HasSubstr("<title>"));
}

}  // namespace
}  // namespace superpose::drawing
