#pragma once

#include <cstdint>

/// Elementary functions made of IEEE additions, multiplications and divisions alone. The C library's own may
/// differ in the last bit between machines, and one such bit breaks "same experiment, same bits". Each
/// function is within 2 units in the last place; pow has a bound of its own.
namespace superpose::portable {

/// Natural logarithm of a finite x > 0.
double log(double x);

/// ln(1 + x) for a finite x > -1, with the same relative precision for small x.
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
