#include "superpose/analysis/line_fit.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "superpose/core/error.h"

namespace superpose {
namespace {

TEST(FitLine, OfPointsOnAndOffOne) {
  const std::vector<double> x = {1, 2, 4};
  const LineFit on = fit_line(x, std::vector<double>{1, -1, -5});
  EXPECT_DOUBLE_EQ(on.slope, -2);
  EXPECT_DOUBLE_EQ(on.intercept, 3);
  EXPECT_DOUBLE_EQ(on.r_squared, 1);
  // By hand: means 1 and 5/3, sums 2 of (x - 1)^2, 2 of the products and 14/3 of (y - 5/3)^2.
  const LineFit off = fit_line(std::vector<double>{0, 1, 2}, std::vector<double>{0, 3, 2});
  EXPECT_DOUBLE_EQ(off.slope, 1);
  EXPECT_DOUBLE_EQ(off.intercept, 2.0 / 3);
  EXPECT_DOUBLE_EQ(off.r_squared, 2 / (14.0 / 3));
  EXPECT_EQ(fit_line(x, std::vector<double>{5, 5, 5}).r_squared, 1);
  const LineFit level = fit_line(x, std::vector<double>{0.1, 0.1, 0.1});  // whose mean is rounded
  EXPECT_EQ(level.slope, 0);
  EXPECT_EQ(level.r_squared, 1);
  const LineFit none = fit_line(x, std::vector<double>{0.1, std::nan(""), 0.1});
  EXPECT_TRUE(std::isnan(none.slope) && std::isnan(none.r_squared));
}

TEST(FitLine, RefusesWhatIsNoLine) {
  EXPECT_THROW(fit_line(std::vector<double>{1, 1}, std::vector<double>{0, 2}), InvalidRequest);
  EXPECT_THROW(fit_line(std::vector<double>{0.1, 0.1, 0.1}, std::vector<double>{0, 1, 2}), InvalidRequest);
  EXPECT_THROW(fit_line(std::vector<double>{1, 2}, std::vector<double>{0}), InvalidRequest);
  EXPECT_THROW(fit_line({}, {}), InvalidRequest);
}

}  // namespace
}  // namespace superpose
