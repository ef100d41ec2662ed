#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string_view>

#include "superpose/kernels/backend.h"

namespace superpose {

/// A number that stands for the bits of many floats: FNV-1a over their bytes, lowest first.
class Bits {
 public:
  void add(std::span<const float> values) {
    for (const float value : values) {
      const auto word = std::bit_cast<std::uint32_t>(value);
      for (unsigned shift = 0; shift < 32; shift += 8)
        hash_ = (hash_ ^ (word >> shift & 0xFFU)) * 0x100000001B3U;
    }
  }
  [[nodiscard]] std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xCBF29CE484222325U;
};

/// Whether an instruction set rounds a product and a sum once. All that do give the same bits;
/// docs/reproducibility.md says why the others cannot.
inline bool is_fused(std::string_view target) {
  return target.find("SSE") == std::string_view::npos && target != "WASM";
}

/// Whether training on this machine gives the bits that tests have written down.
inline bool gives_the_written_bits() {
  return is_fused(kernels::cpu_back_end().targets().front());
}

}  // namespace superpose
