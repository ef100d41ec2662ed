#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <vector>

/// NumPy arrays to spans and back.
namespace superpose::python {

namespace nb = nanobind;

/// Arrays that come in: in the processor's memory, row-major, not written to. NumPy, PyTorch, anything with
/// DLPack.
template <class T>
using ArrayIn = nb::ndarray<const T, nb::device::cpu, nb::c_contig>;

/// Arrays that go out.
template <class T>
using ArrayOut = nb::ndarray<nb::numpy, T>;

template <class T>
std::span<const T> span_of(const ArrayIn<T>& array) {
  return {array.data(), array.size()};
}

/// A copy of the values, for work that does not hold on to the array.
template <class T>
std::vector<T> copy_of(const ArrayIn<T>& array) {
  const auto values = span_of(array);
  return {values.begin(), values.end()};
}

/// Values as an array of their own. shape: with as many elements.
template <class T>
ArrayOut<T> to_array(std::vector<T> values, std::initializer_list<std::size_t> shape) {
  auto owned = std::make_unique<std::vector<T>>(std::move(values));
  T* const data = owned->data();
  const nb::capsule owner(owned.get(),
                          [](void* pointer) noexcept { delete static_cast<std::vector<T>*>(pointer); });
  owned.release();
  return ArrayOut<T>(data, shape, owner);
}

/// A copy of values as an array of their own.
template <class T>
ArrayOut<T> copy_to_array(const std::vector<T>& values, std::initializer_list<std::size_t> shape) {
  return to_array(std::vector<T>(values), shape);
}

/// An array that shows `owner`'s memory.
template <class T>
ArrayOut<T> view(std::span<T> values, std::initializer_list<std::size_t> shape, nb::handle owner) {
  return ArrayOut<T>(values.data(), shape, owner);
}

/// The hidden dimensions of one instance's W, (n_features, n_hidden). Errors: ValueError when it has other
/// dimensions.
inline std::int64_t n_hidden_of(const ArrayIn<float>& W) {
  if (W.ndim() != 2) throw nb::value_error("W: expected an array of 2 dimensions");
  return static_cast<std::int64_t>(W.shape(1));
}

}  // namespace superpose::python
