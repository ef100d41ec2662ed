#include "superpose/kernels/finite.h"

#include <cmath>
#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "superpose/kernels/finite.cpp"
#include <hwy/foreach_target.h>
// This include must follow foreach_target.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace superpose::kernels::HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

/// Where to look number by number: the block that has one that is not finite, or the end of whole blocks.
std::size_t FindBlock(const float* HWY_RESTRICT numbers, std::size_t size) {
  constexpr std::size_t kBlock = 1024;
  const hn::ScalableTag<float> floats;
  const hn::RebindToUnsigned<decltype(floats)> bits;
  const auto magnitude = hn::Set(bits, 0x7FFFFFFFU);
  const auto carry = hn::Set(bits, 0x00800000U);  // to the highest bit where all bits of an exponent are set
  const std::size_t lanes = hn::Lanes(floats);
  std::size_t at = 0;
  for (; at + kBlock <= size; at += kBlock) {
    auto even = hn::Zero(bits), odd = hn::Zero(bits);  // two, so that loads need not wait for the last Or
    for (const float* next = numbers + at; next < numbers + at + kBlock; next += 2 * lanes) {
      const auto add = [&](const float* from) HWY_ATTR {
        return hn::Add(hn::And(hn::BitCast(bits, hn::LoadU(floats, from)), magnitude), carry);
      };
      even = hn::Or(even, add(next));
      odd = hn::Or(odd, add(next + lanes));
    }
    if (!hn::AllTrue(bits, hn::Eq(hn::ShiftRight<31>(hn::Or(even, odd)), hn::Zero(bits)))) break;
  }
  return at;
}

}  // namespace
}  // namespace superpose::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace superpose::kernels {

HWY_EXPORT(FindBlock);

std::size_t find_not_finite(std::span<const float> numbers) noexcept {
  std::size_t at = HWY_DYNAMIC_DISPATCH(FindBlock)(numbers.data(), numbers.size());
  while (at < numbers.size() && std::isfinite(numbers[at])) ++at;
  return at;
}

}  // namespace superpose::kernels
#endif  // HWY_ONCE
