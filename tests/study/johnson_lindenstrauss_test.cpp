#include "superpose/study/johnson_lindenstrauss.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "superpose/analysis/johnson_lindenstrauss.h"
#include "tests/study/parse.h"

namespace superpose::study {
namespace {

using testing::HasSubstr;

TEST(JohnsonLindenstrauss, RefusesResultsThatDoNotFit) {
  const std::string text = "[study]\nkind = \"johnson_lindenstrauss\"\n";
  EXPECT_THAT(
      refusal(text, {array_of("eps", 1000, "0.5"), array_of("n_dimensions", 1000, "100"), "trials=10000"}),
      HasSubstr(kDoesNotFit));
}

TEST(JohnsonLindenstrauss, MeasuresQuantilesOfTheSameDistortions) {
  const JohnsonLindenstrauss study{.n_points = 10, .n_dimensions = {30, 8}, .eps = {0.9, 0.4}, .trials = 5};
  const auto result = measure(study, /*seed=*/1, {.threads = 1});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->k, (std::vector<std::int64_t>{johnson_lindenstrauss_dimensions(10, 0.9),
                                                  johnson_lindenstrauss_dimensions(10, 0.4)}));
  ASSERT_EQ(result->share_beyond.size(), 2U * 5 * 2);
  ASSERT_EQ(result->distortion.size(),
            result->share_beyond.size() * JohnsonLindenstraussResult::kQuantileCount);
  for (std::size_t cell = 0; cell < result->share_beyond.size(); ++cell) {
    const float* quantiles = &result->distortion[cell * JohnsonLindenstraussResult::kQuantileCount];
    EXPECT_GT(quantiles[0], 0);
    EXPECT_LT(quantiles[0], quantiles[1]);
    EXPECT_LE(quantiles[1], quantiles[2]);
    const double eps = study.eps[cell % 2];
    EXPECT_EQ(result->share_beyond[cell] > 0, static_cast<double>(quantiles[2]) > eps) << cell;
  }
}

}  // namespace
}  // namespace superpose::study
