#include "superpose/train/curve.h"

#include "superpose/core/portable_math.h"

namespace superpose {
namespace {

double ratio(std::int64_t a, std::int64_t b) {
  return static_cast<double>(a) / static_cast<double>(b);
}

/// cos(pi t) for t in [0, 1].
double cos_half_turn(double t) {
  return t <= 0.5 ? portable::cos_quarter_turn(2 * t) : -portable::cos_quarter_turn(2 - 2 * t);
}

/// Falls from 1 at t = 0 towards 0. t: below T.
double fall(Curve::Body body, std::int64_t t, std::int64_t T) {
  switch (body) {
    case Curve::Body::kConstant:
      break;
    case Curve::Body::kLinear:
      return 1 - ratio(t, T);
    case Curve::Body::kQuarterCosine:
      return T == 1 ? 1 : portable::cos_quarter_turn(ratio(t, T - 1));
    case Curve::Body::kHalfCosine:
      return (1 + cos_half_turn(ratio(t, T))) / 2;
  }
  return 1;
}

}  // namespace

double Curve::at(std::int64_t step, std::int64_t steps) const {
  if (step < warm_up) return ratio(step + 1, warm_up + 1);
  if (body == Body::kConstant) return 1;
  return floor + (1 - floor) * fall(body, step - warm_up, steps - warm_up);
}

}  // namespace superpose
