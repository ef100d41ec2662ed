#include "superpose/core/portable_math.h"

#include <cmath>
#include <limits>

namespace superpose::portable {
namespace {

// NOLINTNEXTLINE(modernize-use-std-numbers): a part of ln 2
constexpr double kLn2High = 0x1.62e42fee00000p-1;  // ln 2 to 33 bits: a product with an exponent is exact
constexpr double kLn2Low = 0x1.a39ef35793c76p-33;

/// ln((1 + s) / (1 - s)) = 2 atanh(s), without its first term 2 s, for |s| < 0.1716: eleven terms are precise
/// to 1e-18.
double atanh_tail(double s) {
  const double s2 = s * s;
  double tail = 0;
  for (int k = 23; k >= 3; k -= 2) tail = tail * s2 + 1.0 / k;
  return 2 * s * s2 * tail;
}

}  // namespace

double log(double x) {
  int exponent = 0;
  double mantissa = std::frexp(x, &exponent);  // in [1/2, 1)
  if (mantissa < 0.70710678118654752) {        // centre on 1: [sqrt(1/2), sqrt(2))
    mantissa *= 2;
    --exponent;
  }
  const double s = (mantissa - 1) / (mantissa + 1);
  const double e = exponent;
  return e * kLn2High + (2 * s + (atanh_tail(s) + e * kLn2Low));
}

double log1p(double x) {
  if (!(x > -0.29 && x < 0.41)) {
    const double sum = 1 + x;
    return log(sum) - ((sum - 1) - x) / sum;  // corrects for what the addition rounded off
  }
  const double s = x / (2 + x);
  return 2 * s + atanh_tail(s);
}

double exp(double x) {
  if (std::isnan(x)) return x;
  if (x > 709.79) return std::numeric_limits<double>::infinity();
  if (x < -745.14) return 0;
  const double k = std::nearbyint(x / (kLn2High + kLn2Low));
  const double r = (x - k * kLn2High) - k * kLn2Low;  // |r| <= ln(2) / 2
  double sum = 1;
  for (int n = 18; n >= 1; --n) sum = 1 + sum * r / n;
  return std::ldexp(sum, static_cast<int>(k));
}

double pow(double base, double exponent) {
  if (exponent == 0 || base == 1) return 1;
  return exp(exponent * log(base));
}

double power(double base, std::int64_t n) {
  double result = 1;
  for (double square = base; n > 0; n >>= 1, square *= square) {
    if ((n & 1) != 0) result *= square;
  }
  return result;
}

double cos_quarter_turn(double t) {
  constexpr double kHalfPi = 1.57079632679489661923;
  if (t <= 0) return 1;
  if (t >= 1) return 0;
  // In the half nearer to the zero of the cosine, cos(pi/2 t) = sin(pi/2 (1 - t)) keeps the relative
  // precision.
  const bool use_sine = t > 0.5;
  const double x = kHalfPi * (use_sine ? 1 - t : t);
  const double x2 = x * x;
  // sin x / x = 1 - x2/(2 3) (1 - x2/(4 5) (...)), cos x = 1 - x2/(1 2) (1 - x2/(3 4) (...)).
  double sum = 1;
  const int first = use_sine ? 2 : 1;
  for (int k = first + 20; k >= first; k -= 2) sum = 1 - x2 / (k * (k + 1)) * sum;
  return use_sine ? x * sum : sum;
}

}  // namespace superpose::portable
