#include "superpose/core/shape.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace superpose {
namespace {

constexpr Shape kShape{.n_instances = 4, .n_features = 3, .n_hidden = 2};

TEST(Shape, GivesItsCountsAsSizes) {
  EXPECT_EQ(kShape.instances(), 4U);
  EXPECT_EQ(kShape.features(), 3U);
  EXPECT_EQ(kShape.hidden(), 2U);
  EXPECT_EQ(kShape.weights(), 6U);
}

TEST(Shape, OfOneInstanceKeepsFeaturesAndHidden) {
  EXPECT_EQ(kShape.of_one_instance(), (Shape{.n_instances = 1, .n_features = 3, .n_hidden = 2}));
  EXPECT_EQ(Shape::of_weights(6, 2), kShape.of_one_instance());
}

TEST(Shape, FindsAnInstanceByNumbersOfEitherType) {
  EXPECT_EQ(kShape.first_feature(std::int64_t{2}), 6U);
  EXPECT_EQ(kShape.first_feature(std::size_t{2}), 6U);
  EXPECT_EQ(kShape.first_weight(std::int64_t{3}), 18U);
  EXPECT_EQ(kShape.first_weight(std::size_t{3}), 18U);
}

TEST(Shape, RowIsTheInstancesPartOfATable) {
  std::vector<float> table(kShape.instances() * kShape.features());
  std::iota(table.begin(), table.end(), 0.0F);
  const auto row = kShape.row(std::span(table), 2);
  EXPECT_EQ(std::vector<float>(row.begin(), row.end()), (std::vector<float>{6, 7, 8}));
}

}  // namespace
}  // namespace superpose
