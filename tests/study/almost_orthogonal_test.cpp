#include "superpose/study/almost_orthogonal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/study/parse.h"

namespace superpose::study {
namespace {

using testing::HasSubstr;

TEST(AlmostOrthogonal, RefusesResultsThatDoNotFit) {
  const std::string text = "[study]\nkind = \"almost_orthogonal\"\n";
  EXPECT_THAT(refusal(text, {array_of("eps", 1000, "0.5"), array_of("drawn_dimensions", 1000, "100"),
                             "trials=10000"}),
              HasSubstr(kDoesNotFit));
}

TEST(AlmostOrthogonal, CountsFromTheAxesUpToWhatIsAllowed) {
  const AlmostOrthogonal study{.eps = {0.45, 0.9},
                               .drawn_dimensions = {4},
                               .most_drawn = 9,
                               .patience = 50,
                               .trials = 2,
                               .spread_dimensions = {3, 4},
                               .most_spread = 10,
                               .restarts = 2,
                               .steps = 40,
                               .curve_dimensions = 3,
                               .curve_vectors = {3, 6}};
  const auto result = measure(study, /*seed=*/1, {.threads = 1});
  ASSERT_TRUE(result.has_value());
  ASSERT_EQ(result->spread.size(), 4U);
  EXPECT_EQ(result->spread[0], 6) << "an icosahedron's axes have a cosine of 0.447";
  EXPECT_EQ(result->spread[2], 10) << "at 0.9 more fit than may be counted";
  EXPECT_EQ(result->drawn.size(), 2U * 2);
  for (const std::int64_t count : result->drawn) {
    EXPECT_GE(count, 1);
    EXPECT_LE(count, 9);
  }
  EXPECT_LT(result->curve_spread[0], 0.01F) << "three axes in three dimensions";
  EXPECT_NEAR(result->curve_spread[1], 0.4472F, 0.001F);
  for (std::size_t i = 0; i < result->curve_drawn.size(); ++i)
    EXPECT_GT(result->curve_drawn[i], result->curve_spread[i % 2]);
}

}  // namespace
}  // namespace superpose::study
