#include "superpose/drawing/web/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "superpose/drawing/web/plotly_script.h"

namespace superpose::drawing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t n = 0;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += what.size()) ++n;
  return n;
}

Figure titled(std::string title) {
  return {.width = 100, .height = 100, .title = std::move(title)};
}

TEST(Html, LoadsTheScriptWhereItHasNone) {
  const std::string page = html_page(titled("x"), "");
  EXPECT_THAT(page, HasSubstr("src=\"https://cdn.plot.ly/plotly-cartesian-" + std::string(kPlotlyVersion) +
                              ".min.js\""));
  EXPECT_TRUE(page.starts_with("<!DOCTYPE html>"));
  EXPECT_TRUE(page.ends_with("</html>\n"));
}

TEST(Html, StandsOnItsOwnWithAScript) {
  const std::string page = html_page(titled("x"), "var Plotly = {};");
  EXPECT_THAT(page, HasSubstr("<script>var Plotly = {};</script>"));
  EXPECT_THAT(page, Not(HasSubstr("src=")));
}

TEST(PlotlyScript, IsTheBuildsOrElseTheFirstThatWasGiven) {
  give_plotly_script("var given = {};");
  give_plotly_script("var later = {};");
  const auto embedded = embedded_plotly_script();
  EXPECT_EQ(plotly_script(), embedded.empty() ? "var given = {};" : embedded);
}

TEST(Html, NothingEndsAScriptEarly) {
  Figure figure = titled("</script><script>alert(1)</script><!--");
  figure.panels.push_back({.area = {10, 30, 50, 50}, .title = "</script>"});
  const std::string page = html_page(figure, "var a = \"</script><!--\";");
  EXPECT_EQ(count(page, "<script"), 2U);
  EXPECT_EQ(count(page, "</script"), 2U);
  EXPECT_EQ(count(page, "<!--"), 0U);
  EXPECT_THAT(page, HasSubstr("<title>&lt;/script>&lt;script>alert(1)"));
}

TEST(Html, KeepsTheTitleOnOneLine) {
  EXPECT_THAT(html_page(titled("a & \"b\"\n<c>"), ""),
              HasSubstr("<title>a &amp; &quot;b&quot; &lt;c></title>"));
}

}  // namespace
}  // namespace superpose::drawing
