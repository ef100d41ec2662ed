#pragma once

namespace superpose {

/// The function that a layer applies to its sums z.
enum class Activation {
  kIdentity,
  kRelu,  ///< max(0, z)
  kGelu,  ///< z Phi(z), Phi the normal distribution function
};

}  // namespace superpose
