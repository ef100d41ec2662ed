#include "superpose/paper/criterion.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace superpose::paper {
namespace {

TEST(Criterion, SaysWhatItAsks) {
  EXPECT_EQ(at_least(0.9, "of the models").text(), "at least 0.9 of the models");
  EXPECT_EQ(above(3, "times that").text(), "above 3 times that");
  EXPECT_EQ(at_most(1e-4, ", the loss").text(), "at most 0.0001, the loss");
  EXPECT_EQ(below(0.45).text(), "below 0.45");
  EXPECT_EQ(within(-0.5, 0.05, ", the exponent").text(), "within 0.05 of -0.5, the exponent");
  EXPECT_EQ(from_to(2, 3.125, "times").text(), "2 to 3.125 times");
  EXPECT_EQ(exactly(3, "pairs").text(), "3 pairs");
}

/// Whether it is met by 0.5, 1 and 1.5.
std::vector<bool> met(const Criterion& criterion) {
  return {criterion.is_met_by(0.5), criterion.is_met_by(1), criterion.is_met_by(1.5)};
}

TEST(Criterion, DecidesByWhatItSays) {
  EXPECT_EQ(met(at_least(1)), (std::vector<bool>{false, true, true}));
  EXPECT_EQ(met(above(1)), (std::vector<bool>{false, false, true}));
  EXPECT_EQ(met(at_most(1)), (std::vector<bool>{true, true, false}));
  EXPECT_EQ(met(below(1)), (std::vector<bool>{true, false, false}));
  EXPECT_EQ(met(within(1, 0.25)), (std::vector<bool>{false, true, false}));
  EXPECT_EQ(met(within(1, 0.5)), (std::vector<bool>{true, true, true}));
  EXPECT_EQ(met(from_to(0.5, 1)), (std::vector<bool>{true, true, false}));
  EXPECT_EQ(met(exactly(1)), (std::vector<bool>{false, true, false}));
}

TEST(Criterion, IsNotMetByWhatIsNotFinite) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(at_least(1).is_met_by(infinity));
  EXPECT_FALSE(below(1).is_met_by(-infinity));
  EXPECT_FALSE(at_most(1).is_met_by(std::numeric_limits<double>::quiet_NaN()));
}

TEST(Criterion, MayAskAnotherNumberFurtherThings) {
  const Criterion both = at_most(1, "rise").and_also(3, above(0, "in all"));
  EXPECT_EQ(both.text(), "at most 1 rise; and above 0 in all");
  EXPECT_TRUE(both.is_met_by(1));
  EXPECT_FALSE(both.is_met_by(2));
  EXPECT_FALSE(both.and_also(1, exactly(0, "pairs")).is_met_by(1));
  EXPECT_FALSE(both.and_also(1, exactly(0)).and_also(1, exactly(1)).is_met_by(1)) << "all of them count";
  EXPECT_FALSE(at_most(1).and_also(NAN, at_least(0)).is_met_by(1));
}

TEST(Criterion, SaysBoundsInFullUnlessTheyAreComputed) {
  EXPECT_EQ(within(std::sqrt(0.5), 0.05).text(), "within 0.05 of 0.7071");
  EXPECT_EQ(at_least(0.999999, "of the bound").text(), "at least 0.999999 of the bound");
  EXPECT_EQ(at_most(1.001).text(), "at most 1.001");
}

}  // namespace
}  // namespace superpose::paper
