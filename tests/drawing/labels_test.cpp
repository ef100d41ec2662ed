#include "superpose/drawing/labels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace superpose::drawing {
namespace {

TEST(Labels, Numbers) {
  EXPECT_EQ(number_label(0.25), "0.25");
  EXPECT_EQ(number_label(-1), "−1");
  EXPECT_EQ(number_label(-0.0), "0");
  EXPECT_EQ(number_label(12345), "12345");
  EXPECT_EQ(number_label(1e6), "1e+06");
  EXPECT_EQ(number_label(1e-9), "1e−09");
}

TEST(Labels, Density) {
  EXPECT_EQ(density_label(std::vector{0.1F, 0.1F}), "1 − S = 0.1");
  EXPECT_EQ(density_label(std::vector{2e-5F}), "1 − S = 2e−05");
  EXPECT_EQ(density_label(std::vector{0.5F, 0.05F}), "1 − S = 0.05–0.5");
}

TEST(Labels, SayWhenTheDataDoNot) {
  const std::vector<float> unknown = {NAN, NAN};
  EXPECT_EQ(density_label(unknown), "1 − S unknown");
}

TEST(Labels, OneLineIsShortAndValid) {
  EXPECT_EQ(one_line("plain", 5), "plain");
  EXPECT_EQ(one_line("plainer", 5), "plai…");
  EXPECT_EQ(one_line("äöü", 3), "äöü");
  EXPECT_EQ(one_line("äöüß", 3), "äö…");
  EXPECT_EQ(one_line("a\nb\tc", 9), "a b c");
  EXPECT_EQ(one_line("", 3), "");
}

TEST(Labels, OneLineReplacesWhatIsNotUtf8) {
  EXPECT_EQ(one_line("a\xFF"
                     "b",
                     9),
            "a\uFFFDb");
  EXPECT_EQ(one_line("\xC3", 9), "\uFFFD");                      // cut off
  EXPECT_EQ(one_line("\xC0\x80", 9), "\uFFFD\uFFFD");            // overlong
  EXPECT_EQ(one_line("\xED\xA0\x80", 9), "\uFFFD\uFFFD\uFFFD");  // a surrogate
  EXPECT_EQ(one_line("\xF0\x9F\x98\x80", 9), "\U0001F600");
}

TEST(Labels, OneLineShowsNoControlsAndNothingThatTurnsText) {
  EXPECT_EQ(one_line("a\x1B[31mb\x7F", 20), "a [31mb ");
  EXPECT_EQ(one_line("a\u0085b\u009Bc", 20), "a b c") << "the second block of controls";
  EXPECT_EQ(one_line("a\u2028b\u2029c", 20), "a b c") << "line ends of JavaScript";
  EXPECT_EQ(one_line("a\u202Eb\u2066c", 20), "a\uFFFDb\uFFFDc");
  EXPECT_EQ(one_line("a\uFFFEb\uFEFFc\U0001FFFFd", 20), "a\uFFFDb\uFFFDc\uFFFDd");
  EXPECT_EQ(one_line("\u00A0é\u2027", 20), "\u00A0é\u2027");
}

}  // namespace
}  // namespace superpose::drawing
