#include "superpose/experiment/suggestion.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace superpose {
namespace {

const std::vector<std::string_view> kKnown = {"steps", "seed", "restarts", "batch_size", "weight_decay"};

TEST(Closest, TakesAnyOfTheFourEditsForOne) {
  for (const char* word : {"stps", "stepss", "staps", "setps"}) EXPECT_EQ(closest(word, kKnown), "steps");
  EXPECT_EQ(closest("steps", kKnown), "steps");
}

TEST(Closest, TakesTheNearestOneAndTheFirstOfEquals) {
  const std::vector<std::string_view> words = {"linears", "linea", "nearly"};
  EXPECT_EQ(closest("linear", words), "linears");
  EXPECT_EQ(closest("linea", words), "linea");
}

TEST(Closest, AllowsOneEditInThreeLettersAndFourAtMost) {
  EXPECT_EQ(closest("lr", std::vector<std::string_view>{"l"}), "l");
  EXPECT_EQ(closest("lr", std::vector<std::string_view>{"eps"}), std::nullopt);
  EXPECT_EQ(closest("seeeds", kKnown), "seed");
  EXPECT_EQ(closest("zeeeds", kKnown), std::nullopt);
  const std::vector<std::string_view> twenty = {"abcdefghijklmnopqrst"};
  EXPECT_EQ(closest("1234efghijklmnopqrst", twenty), twenty.front());
  EXPECT_EQ(closest("12345fghijklmnopqrst", twenty), std::nullopt);
}

TEST(Closest, IsNothingWhereNoWordIsNear) {
  EXPECT_EQ(closest("", kKnown), std::nullopt);
  EXPECT_EQ(closest("steps", {}), std::nullopt);
  EXPECT_EQ(closest("importance", kKnown), std::nullopt);
  EXPECT_EQ(closest("STEPS", kKnown), std::nullopt);
}

// The distance takes time and memory in proportion to the product of both lengths.
TEST(Closest, LooksAtTheBeginningOfAVeryLongWord) {
  const std::string beginning(64, 's');
  EXPECT_EQ(closest(beginning + std::string(1000, 'x'), std::vector<std::string_view>{beginning}), beginning);
}

}  // namespace
}  // namespace superpose
