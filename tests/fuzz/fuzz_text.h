#pragma once

// What the fuzz targets of TOML texts share.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "superpose/core/error.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace superpose::fuzz {

inline void expect(bool holds) {
  if (!holds) std::abort();
}

/// The result of parse(), or nothing where it throws InvalidRequest. The message must be one line.
template <class Parse>
auto parse_or_refuse(const Parse& parse) -> std::optional<decltype(parse())> {
  try {
    return parse();
  } catch (const InvalidRequest& error) {
    expect(std::string_view(error.what()).find('\n') == std::string_view::npos);
    return std::nullopt;
  }
}

/// The bytes as text.
inline std::string text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Repeats a short piece of the text in place, up to the largest size: `a.a.a.`..., `[[[[`..., a thousand
/// points. Mutations of single bytes would hardly ever produce such a text. returns: the new size.
inline std::size_t repeat_piece(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned seed) {
  const std::size_t begin = seed / 64 % size;
  const std::size_t length = std::min<std::size_t>(1 + seed % 8, size - begin);
  const std::string piece = text_of(data + begin, length);
  const std::string rest = text_of(data + begin + length, size - begin - length);
  const std::size_t copies = 1 + (max_size - size) / length / (1 + seed % 3);
  std::uint8_t* at = data + begin;
  for (std::size_t i = 0; i < copies; ++i) at = std::ranges::copy(piece, at).out;
  return static_cast<std::size_t>(std::ranges::copy(rest.substr(0, max_size - size + length), at).out - data);
}

/// A libFuzzer mutator of texts that begins with `first`.
inline std::size_t mutate(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned seed,
                          std::string_view first) {
  if (size <= 1)
    return static_cast<std::size_t>(std::ranges::copy(first.substr(0, max_size), data).out - data);
  if (seed % 32 == 0 && size < max_size) return repeat_piece(data, size, max_size, seed / 32);
  return LLVMFuzzerMutate(data, size, max_size);
}

}  // namespace superpose::fuzz
