#include "apps/cli/output.h"

#include <gtest/gtest.h>

namespace superpose::cli {
namespace {

TEST(Output, ControlCharactersAreNotPrinted) {
  EXPECT_EQ(printable("plain \u00e9 \u2192 text"), "plain \u00e9 \u2192 text");
  EXPECT_EQ(printable("a\x1b[31mb\rc\nd\x7f\te"), "a?[31mb?c?d??e");
  EXPECT_EQ(printable("a\u009b31mb"), "a?31mb") << "one character to start a sequence with";
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a?b");
  EXPECT_EQ(printable("\xc2"), "\xc2") << "half a character at the end";
}

TEST(Output, LinesAreKeptWhereTheyAreMeant) {
  EXPECT_EQ(printable("a\nb\r\n", /*keep_lines=*/true), "a\nb?\n");
}

}  // namespace
}  // namespace superpose::cli
