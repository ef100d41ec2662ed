#include "apps/cli/table.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace superpose::cli
