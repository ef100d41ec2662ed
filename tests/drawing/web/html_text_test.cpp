#include "superpose/drawing/web/html_text.h"

#include <gtest/gtest.h>

namespace superpose::drawing {
namespace {

TEST(Replaced, ReplacesEveryOccurrence) {
  EXPECT_EQ(replaced("a-b-c", "-", " to "), "a to b to c");
  EXPECT_EQ(replaced("--", "-", "+"), "++");
  EXPECT_EQ(replaced("<!--x<!--", "<!--", ""), "x");
  EXPECT_EQ(replaced("abc", "-", "+"), "abc");
  EXPECT_EQ(replaced("", "-", "+"), "");
}

TEST(Replaced, GoesOnBehindWhatItReplaced) {
  EXPECT_EQ(replaced("aaa", "aa", "b"), "ba") << "the leftmost first, without overlaps";
  EXPECT_EQ(replaced("aa", "a", "aa"), "aaaa") << "what comes in stays as it is";
}

TEST(HtmlEscaped, EscapesWhatWouldEndTextOrAnAttribute) {
  EXPECT_EQ(html_escaped("<a href=\"x\">"), "&lt;a href=&quot;x&quot;>");
  EXPECT_EQ(html_escaped("W\u1d40W \u2264 1"), "W\u1d40W \u2264 1");
}

TEST(HtmlEscaped, ShowsEscapesAsTheyWereWritten) {
  EXPECT_EQ(html_escaped("&lt; & &"), "&amp;lt; &amp; &amp;");
}

}  // namespace
}  // namespace superpose::drawing
