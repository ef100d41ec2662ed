#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "superpose/core/error.h"  // IWYU pragma: export

namespace superpose::safetensors {

/// Element types, with the format's own names.
enum class DType { kF64, kF32, kF16, kBF16, kI64, kI32, kI16, kI8, kU64, kU32, kU16, kU8, kBool };

/// Bytes of one element.
std::size_t size_of(DType dtype);
/// The name in the file: "F32", "I64", ...
std::string_view name(DType dtype);

/// One tensor: row-major, little-endian bytes.
struct Tensor {
  DType dtype = DType::kF32;
  std::vector<std::int64_t> shape;  ///< each >= 0; empty: a scalar
  std::vector<std::byte> bytes;     ///< product of shape times size_of(dtype)

  /// Product of shape.
  [[nodiscard]] std::size_t elements() const;
  friend bool operator==(const Tensor&, const Tensor&) = default;
};

/// What a safetensors file holds.
struct File {
  std::map<std::string, Tensor, std::less<>> tensors;
  /// Tensors whose element type is not in DType: name to type. Reading skips them, writing leaves them out.
  std::map<std::string, std::string, std::less<>> unread{};
  std::map<std::string, std::string, std::less<>> metadata;

  /// Adds a tensor, or replaces the one of that name. values: as many as the shape has elements.
  void add(std::string name, std::vector<std::int64_t> shape, std::span<const float> values);
  void add(std::string name, std::vector<std::int64_t> shape, std::span<const std::int64_t> values);

  /// The values of a tensor that must be there with this type and shape (-1: any length).
  /// Errors: InvalidRequest that names the tensor, what was expected and what was got.
  [[nodiscard]] std::vector<float> floats(std::string_view name, std::span<const std::int64_t> shape) const;
  [[nodiscard]] std::vector<std::int64_t> integers(std::string_view name,
                                                   std::span<const std::int64_t> shape) const;
  friend bool operator==(const File&, const File&) = default;
};

/// The file's bytes; the same content gives the same bytes. Data starts at a multiple of 8. Tensors with wide
/// elements come first, and then the order is by name: so each tensor is aligned to its elements, as PyTorch
/// wants it. Errors: InvalidRequest when a tensor's bytes do not match its shape, a name is not UTF-8 or is
/// "__metadata__".
std::vector<std::byte> serialise(const File& file);

/// Reads a file's bytes. They may be hostile: the result is always a File or InvalidRequest. Files that
/// people often have instead of a model, such as a pointer of Git LFS, are named as what they are. This is
/// stricter than the official reader: it refuses repeated keys, unknown keys and more than 64 dimensions.
File parse(std::span<const std::byte> bytes);

}  // namespace superpose::safetensors
