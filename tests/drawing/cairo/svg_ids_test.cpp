#include "superpose/drawing/cairo/svg_ids.h"

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <string_view>

namespace superpose::drawing {
namespace {

std::string stable(std::string_view svg) {
  const auto bytes = with_stable_svg_ids(std::as_bytes(std::span(svg)));
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(SvgIds, NumberFromOneAndReferencesFollow) {
  EXPECT_EQ(stable(R"(<g id="surface71"><image id="image74"/><use xlink:href="#image74"/></g>)"),
            R"(<g id="surface1"><image id="image2"/><use xlink:href="#image2"/></g>)");
  EXPECT_EQ(stable("url(#surface5) url(#surface9) url(#surface5)"),
            "url(#surface1) url(#surface2) url(#surface1)");
}

TEST(SvgIds, CairosFrom118OnToo) {
  EXPECT_EQ(
      stable(
          R"(<image id="source-16"/><g id="glyph-0-3"/><use href="#source-16"/><g id="compositing-group-21"/>)"),
      R"(<image id="source-1"/><g id="glyph-0-3"/><use href="#source-1"/><g id="compositing-group-2"/>)");
  EXPECT_EQ(stable("clip-path='url(#clip-0)' mask='url(#mask-7)'"),
            "clip-path='url(#clip-1)' mask='url(#mask-2)'");
}

// Clips are counted within a file, sources within the process: in its first figure both have number 0.
TEST(SvgIds, AreTheSameHoweverKindsAreCounted) {
  const std::string first = stable(R"(id="clip-0" url(#clip-0) id="source-0" href="#source-0")");
  EXPECT_EQ(first, R"(id="clip-1" url(#clip-1) id="source-2" href="#source-2")");
  EXPECT_EQ(stable(R"(id="clip-0" url(#clip-0) id="source-7" href="#source-7")"), first);
}

TEST(SvgIds, LeaveTheRestAlone) {
  for (const std::string_view text :
       {R"(<g id="glyph0-1"/><image x="3"/>)", R"(image12 surface3 id="image")",
        R"(id="clip3" href="#-5" id="A-5" source-3)", "", "id=\"", R"(id="surfaces4")"}) {
    EXPECT_EQ(stable(text), text);
  }
}

}  // namespace
}  // namespace superpose::drawing
