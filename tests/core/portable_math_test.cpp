#include "superpose/core/portable_math.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "superpose/core/random.h"

namespace superpose {
namespace {

constexpr int kValues = 200'000;

/// Distance in units in the last place of the expected value.
double ulps(double got, double expected) {
  if (got == expected) return 0;
  const double unit =
      std::nextafter(std::abs(expected), std::numeric_limits<double>::infinity()) - std::abs(expected);
  return std::abs(got - expected) / unit;
}

/// The i-th of kValues numbers spread at random over (low, high).
double spread(int i, double low, double high) {
  const auto words = philox::generate({static_cast<std::uint32_t>(i), 0, 0, 0}, {1, 2});
  return low + (high - low) * uniform_open(words[0], words[1]);
}

/// The largest distance in ulps over kValues arguments. argument, got and expected: functions of a number.
template <class Argument, class Got, class Expected>
double worst(Argument argument, Got got, Expected expected) {
  double result = 0;
  for (int i = 0; i < kValues; ++i) {
    const double x = argument(i);
    result = std::max(result, ulps(got(x), expected(x)));
  }
  return result;
}

double std_log(double x) {
  return std::log(x);
}
double std_exp(double x) {
  return std::exp(x);
}

TEST(PortableMath, LogIsWithinTwoUlps) {
  EXPECT_LE(worst([](int i) { return spread(i, 0, 2); }, portable::log, std_log), 2);
  EXPECT_LE(worst([](int i) { return spread(i, 0.99, 1.01); }, portable::log, std_log), 2);
  EXPECT_LE(worst([](int i) { return std::exp2(spread(i, -1073, 1023)); }, portable::log, std_log), 2);
  EXPECT_EQ(portable::log(1), 0);
}

TEST(PortableMath, Log1pIsWithinTwoUlps) {
  const auto std_log1p = [](double x) { return std::log1p(x); };
  EXPECT_LE(worst([](int i) { return spread(i, -0.5, 1); }, portable::log1p, std_log1p), 2);
  EXPECT_LE(worst([](int i) { return spread(i, -0.3, -0.28); }, portable::log1p, std_log1p), 2);
  EXPECT_LE(worst([](int i) { return -std::exp2(spread(i, -60, -1)); }, portable::log1p, std_log1p), 2);
  EXPECT_EQ(portable::log1p(0), 0);
}

TEST(PortableMath, ExpIsWithinTwoUlps) {
  EXPECT_LE(worst([](int i) { return spread(i, -1, 1); }, portable::exp, std_exp), 2);
  EXPECT_LE(worst([](int i) { return spread(i, -708, 709.7); }, portable::exp, std_exp), 2);
  EXPECT_EQ(portable::exp(0), 1);
}

TEST(PortableMath, ExpEndsInZeroAndInfinity) {
  EXPECT_EQ(portable::exp(-746), 0);
  EXPECT_EQ(portable::exp(-1e300), 0);
  EXPECT_EQ(portable::exp(710), std::numeric_limits<double>::infinity());
  EXPECT_EQ(portable::exp(std::numeric_limits<double>::infinity()), std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(portable::exp(std::numeric_limits<double>::quiet_NaN())));
  EXPECT_GT(portable::exp(-745), 0);
  EXPECT_LT(portable::exp(709.78), std::numeric_limits<double>::infinity());
}

TEST(PortableMath, PowIsAsPreciseAsItsLogarithmAllows) {
  for (int i = 0; i < kValues; ++i) {
    const double base = std::exp(spread(i, -20, 20));
    const double exponent = spread(kValues + i, -10, 10);
    const double expected = std::pow(base, exponent);
    const double bound = 4e-16 * (2 + std::abs(exponent * std::log(base)));
    ASSERT_NEAR(portable::pow(base, exponent) / expected, 1, bound) << base << "^" << exponent;
  }
  EXPECT_EQ(portable::pow(20, 0), 1);
  EXPECT_EQ(portable::pow(1, 0.3), 1);
}

TEST(PortableMath, PowerIsRepeatedMultiplication) {
  EXPECT_EQ(portable::power(2, 10), 1024);
  EXPECT_EQ(portable::power(-3, 3), -27);
  EXPECT_EQ(portable::power(0.9, 0), 1);
  EXPECT_EQ(portable::power(0, 0), 1);
  EXPECT_EQ(portable::power(0, 5), 0);
  EXPECT_EQ(portable::power(0.5, 1074), std::numeric_limits<double>::denorm_min());
  for (int n = 0; n < 400; ++n) {
    EXPECT_NEAR(portable::power(0.9, n) / std::pow(0.9, n), 1, 2e-16 * (n + 1)) << "n = " << n;
  }
}

TEST(PortableMath, CosQuarterTurnIsWithinTwoUlps) {
  const auto expected = [](double t) {
    constexpr long double half_pi = 1.570796326794896619231321691639751442L;
    return static_cast<double>(t < 0.5 ? std::cos(half_pi * static_cast<long double>(t))
                                       : std::sin(half_pi * (1 - static_cast<long double>(t))));
  };
  EXPECT_LE(worst([](int i) { return spread(i, 0, 1); }, portable::cos_quarter_turn, expected), 2);
  EXPECT_EQ(portable::cos_quarter_turn(0), 1);
  EXPECT_EQ(portable::cos_quarter_turn(1), 0);
}

}  // namespace
}  // namespace superpose
