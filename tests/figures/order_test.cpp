#include "superpose/figures/order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "superpose/core/error.h"

namespace superpose::figures {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(Order, LengthsHaveUnits) {
  EXPECT_DOUBLE_EQ(parse_length("--width", "3.25in"), 234);
  EXPECT_DOUBLE_EQ(parse_length("--width", "3.25"), 234);
  EXPECT_DOUBLE_EQ(parse_length("--width", "2.54 cm"), 72);
  EXPECT_DOUBLE_EQ(parse_length("--width", "25.4mm"), 72);
  EXPECT_DOUBLE_EQ(parse_length("--width", "300pt"), 300);
  EXPECT_DOUBLE_EQ(checked_length("width", 3.25), 234);
}

TEST(Order, RefusesWhatIsNoLength) {
  for (const char* text : {"", "in", "3ft", "-3in", "0", "1e9in", "nan", "3,25in", "0.1in"}) {
    EXPECT_THAT([&] { parse_length("--width", text); },
                ThrowsMessage<InvalidRequest>(HasSubstr("--width: expected a length from 0.5 to 200 inches")))
        << text;
  }
}

TEST(Order, InstancesAreNumbersAndRanges) {
  EXPECT_THAT(parse_instances("2"), ElementsAre(2));
  EXPECT_THAT(parse_instances("2,5"), ElementsAre(2, 5));
  EXPECT_THAT(parse_instances("0-3,7"), ElementsAre(0, 1, 2, 3, 7));
}

TEST(Order, RefusesWhatAreNoInstances) {
  for (const char* text : {"", ",", "2,", "a", "3-1", "-1", "1-", "0-999999999999", "1 2"}) {
    EXPECT_THAT([&] { parse_instances(text); },
                ThrowsMessage<InvalidRequest>(HasSubstr("which: expected instances, as 2 or 2,5 or 0-3,7")))
        << text;
  }
}

TEST(Order, KnowsTwoThemes) {
  EXPECT_EQ(parse_theme("dark"), drawing::Theme::kDark);
  EXPECT_THAT([] { parse_theme("black"); }, ThrowsMessage<InvalidRequest>(HasSubstr("light")));
}

TEST(Order, FontSizesAreThoseOfLetters) {
  EXPECT_NO_THROW(check_font_size(24));
  for (const double size : {0.0, -8.0, 1000.0}) EXPECT_THROW(check_font_size(size), InvalidRequest);
}

}  // namespace
}  // namespace superpose::figures
