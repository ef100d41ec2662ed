#include "superpose/core/random.h"

#include <bit>
#include <cmath>
#include <numbers>

#include "superpose/core/portable_math.h"

namespace superpose {
namespace {

/// c[0] + c[1] x + c[2] x^2 + ...
template <std::size_t n>
double polynomial(const double (&c)[n], double x) {
  double sum = c[n - 1];
  for (std::size_t i = n - 1; i-- > 0;) sum = sum * x + c[i];
  return sum;
}

}  // namespace

float exponential(std::int32_t t) {
  // v = (t + 1/2) / 2^31. With 1 - v = 2^e r and r in [sqrt(1/2), sqrt(2)): ln r = 2 artanh((r - 1) / (r +
  // 1)). Near v = 0 use v, which is known to all its digits; near v = 1 use 1 - v.
  constexpr float kUnit = 0x1p-31F;
  constexpr float kLn2 = std::numbers::ln2_v<float>;
  constexpr std::int32_t kSqrtHalf = 0x3F3504F3;  // the bits of sqrt(1/2)
  const float v = (static_cast<float>(t) + 0.5F) * kUnit;
  const float rest = (static_cast<float>(t ^ 0x7FFFFFFF) + 0.5F) * kUnit;
  const auto above = std::bit_cast<std::int32_t>(rest) - kSqrtHalf;
  const std::int32_t e = above >> 23;
  const auto r = std::bit_cast<float>((above & 0x7FFFFF) + kSqrtHalf);
  const float s = (e == 0 ? v : 1 - r) / (1 + r);
  const float s2 = s * s;
  const float series = (((s2 * (2.0F / 9) + 2.0F / 7) * s2 + 2.0F / 5) * s2 + 2.0F / 3) * s2 + 2.0F;
  return s * series - static_cast<float>(e) * kLn2;
}

double normal_quantile(double u) {
  // Coefficients of PPND16 (Wichura, Applied Statistics 37, 1988): centre, tail, far tail.
  constexpr double a[] = {3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3,
                          1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                          3.3430575583588128105e+4, 2.5090809287301226727e+3};
  constexpr double b[] = {1.0,
                          4.2313330701600911252e+1,
                          6.8718700749205790830e+2,
                          5.3941960214247511077e+3,
                          2.1213794301586595867e+4,
                          3.9307895800092710610e+4,
                          2.8729085735721942674e+4,
                          5.2264952788528545610e+3};
  constexpr double c[] = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                          3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                          2.27238449892691845833e-2, 7.74545014278341407640e-4};
  constexpr double d[] = {1.0,
                          2.05319162663775882187e0,
                          1.67638483018380384940e0,
                          6.89767334985100004550e-1,
                          1.48103976427480074590e-1,
                          1.51986665636164571966e-2,
                          5.47593808499534494600e-4,
                          1.05075007164441684324e-9};
  constexpr double e[] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                          2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                          2.71155556874348757815e-5, 2.01033439929228813265e-7};
  constexpr double f[] = {1.0,
                          5.99832206555887937690e-1,
                          1.36929880922735805310e-1,
                          1.48753612908506148525e-2,
                          7.86869131145613259100e-4,
                          1.84631831751005468180e-5,
                          1.42151175831644588870e-7,
                          2.04426310338993978564e-15};
  const double q = u - 0.5;
  if (std::abs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(a, r) / polynomial(b, r);
  }
  const double r = std::sqrt(-portable::log(q < 0 ? u : 1.0 - u));
  const double x = r <= 5.0 ? polynomial(c, r - 1.6) / polynomial(d, r - 1.6)
                            : polynomial(e, r - 5.0) / polynomial(f, r - 5.0);
  return q < 0 ? -x : x;
}

void fill_normal(std::span<double> values, philox::Key key, std::uint32_t table, std::uint32_t row) {
  for (std::size_t i = 0; i < values.size(); i += 2) {  // a call's four words make two normals
    const auto words = philox::generate({static_cast<std::uint32_t>(i / 2), row, table, 0}, key);
    values[i] = normal_quantile(uniform_open(words[0], words[1]));
    if (i + 1 < values.size()) values[i + 1] = normal_quantile(uniform_open(words[2], words[3]));
  }
}

}  // namespace superpose
