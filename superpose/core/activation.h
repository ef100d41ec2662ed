#pragma once

namespace superpose {

/// What a layer makes of its sums.
enum class Activation {
  kIdentity,
  kRelu,  ///< max(0, z)
  kGelu,  ///< z Phi(z), Phi the normal distribution function
};

}  // namespace superpose
