#include "superpose/analysis/spread.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "superpose/core/error.h"

namespace superpose {
namespace {

TEST(LossSpread, OfRestarts) {
  const auto odd = loss_spread(std::vector<double>{3, 1, 1.009});
  EXPECT_EQ(odd.lowest, 1);
  EXPECT_EQ(odd.median, 1.009);
  EXPECT_EQ(odd.highest, 3);
  EXPECT_DOUBLE_EQ(odd.share_of_lowest, 2.0 / 3);
  EXPECT_EQ(loss_spread(std::vector<double>{4, 2}).median, 3);
  const auto lost = loss_spread(std::vector<double>{NAN, 2});
  EXPECT_EQ(lost.lowest, 2);
  EXPECT_TRUE(std::isinf(lost.highest)) << "not hidden";
  EXPECT_EQ(lost.share_of_lowest, 0.5);
  EXPECT_EQ(loss_spread(std::vector<double>{NAN}).share_of_lowest, 0);
  EXPECT_THROW(loss_spread({}), InvalidRequest);
}

}  // namespace
}  // namespace superpose
