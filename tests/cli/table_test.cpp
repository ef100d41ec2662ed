#include "apps/cli/table.h"

#include <gtest/gtest.h>

#include <limits>

namespace superpose::cli {
namespace {

TEST(Table, ColumnsAreAsWideAsTheirWidestCell) {
  EXPECT_EQ(format_table({"i", "loss"}, {{"0", "0.5"}, {"10", "0.0625"}}),
            " i    loss\n"
            " 0     0.5\n"
            "10  0.0625\n");
}

TEST(Table, OfNoRowsIsItsHeader) {
  EXPECT_EQ(format_table({"i", "loss"}, {}), "i  loss\n");
}

TEST(Table, NumbersThatAreNoneAreNotFinite) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const double number : {kNan, -kNan, kInfinity, -kInfinity})
    EXPECT_EQ(format_number(number, 4), "not finite");
  EXPECT_EQ(format_number(0.00012345, 4), "0.0001234");
}

}  // namespace
}  // namespace superpose::cli
