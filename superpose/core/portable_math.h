#pragma once

#include <cstdint>

/// Elementary functions from IEEE additions, multiplications and divisions alone: the C library's own may
/// differ in the last bit between machines, and a last bit is all it takes to lose "same experiment, same
/// bits". Each is within 2 units in the last place, but for pow.
namespace superpose::portable {

/// Natural logarithm of a finite x > 0.
double log(double x);

/// ln(1 + x) for a finite x > -1, as precise where x is small.
double log1p(double x);

/// e^x; 0 below the smallest double, infinity above the largest.
double exp(double x);

/// base^exponent for base > 0, to 4e-16 (2 + |ln of the result|) relative.
double pow(double base, double exponent);

/// base^n for n >= 0, by repeated squaring.
double power(double base, std::int64_t n);

/// cos(pi/2 * t) for t in [0, 1]: exactly 1 at 0 and 0 at 1.
double cos_quarter_turn(double t);

}  // namespace superpose::portable
