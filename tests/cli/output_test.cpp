#include "apps/cli/output.h"

#include <gtest/gtest.h>

namespace superpose::cli {
namespace {

TEST(Output, ControlCharactersAreNotPrinted) {
  EXPECT_EQ(printable("plain \u00e9 \u2192 text"), "plain \u00e9 \u2192 text");
  EXPECT_EQ(printable("a\x1b[31mb\rc\nd\x7f\te"), "a?[31mb?c?d??e");
  EXPECT_EQ(printable("a\u009b31mb"), "a?31mb") << "one character to start a sequence with";
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a?b");
  EXPECT_EQ(printable("a\u202eb"), "a?b") << "the rest from right to left";
}

// Some terminals take single bytes from 0x80 on for control characters.
TEST(Output, BytesThatAreNotUtf8AreNotPrinted) {
  EXPECT_EQ(printable("a\x9b"
                      "31mb"),
            "a?31mb");
  EXPECT_EQ(printable("\xc2"), "?") << "half a character at the end";
  EXPECT_EQ(printable("\xe2\x86"
                      "a"),
            "??a")
      << "two thirds of one";
  EXPECT_EQ(printable("\xc0\x8a"), "??") << "the end of a line, written longer than need be";
  EXPECT_EQ(printable("\xed\xa0\x80"), "???") << "half a surrogate pair";
  EXPECT_EQ(printable("\xf4\x90\x80\x80\xff"), "?????") << "beyond Unicode";
  EXPECT_EQ(printable("\U0001f600"), "\U0001f600");
}

TEST(Output, LinesAreKeptWhereTheyAreMeant) {
  EXPECT_EQ(printable("a\nb\r\n", /*keep_lines=*/true), "a\nb?\n");
}

}  // namespace
}  // namespace superpose::cli
