#pragma once

#include <cstdint>

namespace superpose::kernels::cpu {

/// What the first four rounds of the generator share between all samples of a (step, feature): the words that
/// their products are combined with (philox-inl.h). In 64 bits, the form in which they are broadcast.
struct FeaturePrefix {
  std::uint64_t round1, round3, round4;
};

}  // namespace superpose::kernels::cpu
