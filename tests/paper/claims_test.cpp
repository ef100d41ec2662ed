#include "superpose/paper/claims.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

namespace superpose::paper {
namespace {

using testing::HasSubstr;

const std::vector<Claim> kClaims{
    {.claim = "dense: orthogonal", .criterion = at_least(0.9), .measured = 0.95, .seeds = 20},
    {.claim =
         "a \"claim\" of very many words that will not fit into the width that its column of the table has",
     .criterion = at_most(1e-3),
     .measured = 1.0 / 3,
     .seeds = 12345}};

TEST(ClaimsJson, IsTheSameBytesWithKeysInOrder) {
  EXPECT_EQ(to_json({kClaims[0]}), R"([
  {
    "claim": "dense: orthogonal",
    "expected": "at least 0.9",
    "measured": 0.95,
    "holds": true,
    "seeds": 20
  }
]
)");
  EXPECT_EQ(to_json({}), "[]\n");
}

TEST(ClaimsJson, KeepsEveryDigitAndQuote) {
  const auto parsed = nlohmann::json::parse(to_json(kClaims));
  ASSERT_EQ(parsed.size(), 2U);
  EXPECT_EQ(parsed[1]["measured"].get<double>(), 1.0 / 3);
  EXPECT_EQ(parsed[1]["claim"].get<std::string>(), kClaims[1].claim);
  EXPECT_FALSE(parsed[1]["holds"].get<bool>());
}

TEST(ClaimsJson, WritesNullForWhatIsNotANumber) {
  auto claim = kClaims[0];
  claim.measured = std::numeric_limits<double>::quiet_NaN();
  const auto parsed = nlohmann::json::parse(to_json({claim}));
  EXPECT_TRUE(parsed[0]["measured"].is_null());
  EXPECT_FALSE(parsed[0]["holds"].get<bool>());
  EXPECT_EQ(measured_text(claim), "not finite");
  EXPECT_THAT(to_table({claim}), HasSubstr("DOES NOT HOLD"));
}

TEST(ClaimsJson, HasTheSpreadWhereThereIsOne) {
  EXPECT_FALSE(nlohmann::json::parse(to_json({kClaims[0]}))[0].contains("spread"));
  auto claim = kClaims[0];
  claim.spread = Spread{.lowest = 0.25, .highest = 1};
  EXPECT_EQ(nlohmann::json::parse(to_json({claim}))[0]["spread"], nlohmann::json({0.25, 1.0}));
  EXPECT_EQ(measured_text(claim), "0.95 (0.25 to 1)");
}

TEST(ClaimsTable, FitsATerminalAndSaysWhatHolds) {
  const std::string table = to_table(kClaims);
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 99U) << line;
    EXPECT_FALSE(line.ends_with(' ')) << line;
  }
  EXPECT_THAT(table,
              HasSubstr("dense: orthogonal                         at least 0.9              0.95      "
                        "holds          20\n"));
  EXPECT_THAT(table, HasSubstr("0.333     DOES NOT HOLD  12345\n"));
  EXPECT_THAT(table, HasSubstr("a \"claim\" of very many words that will"));
  EXPECT_THAT(table, HasSubstr("\nnot fit into the width that its column\nof the table has\n"));
}

TEST(ClaimsTable, BreaksAWordThatIsWiderThanItsColumn) {
  auto claim = kClaims[0];
  claim.claim = std::string(50, 'x');
  EXPECT_THAT(to_table({claim}), HasSubstr("\nxxxxxxxxxx\n"));
}

TEST(ClaimsTable, IsEmptyWithoutClaims) {
  EXPECT_EQ(to_table({}), "");
}

TEST(Claims, AreReadBackFromJson) {
  const Claims claims = {
      {.claim = "one", .criterion = at_least(0.9, "of them"), .measured = 0.95, .seeds = 3},
      {.claim = "two",
       .criterion = below(1),
       .measured = 2,
       .seeds = 4,
       .spread = Spread{.lowest = 1, .highest = 3}}};
  const auto read = claims_from_json(to_json(claims));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(to_json(*read), to_json(claims));
  EXPECT_EQ(to_table(*read), to_table(claims));
  for (const char* const other : {"", "{}", "null", "[1]", "[{}]", "not json"})
    EXPECT_FALSE(claims_from_json(other).has_value()) << other;
  Claims diverged = claims;
  diverged[0].measured = NAN;
  EXPECT_FALSE(claims_from_json(to_json(diverged)).has_value());
}

}  // namespace
}  // namespace superpose::paper
