#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <filesystem>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "python/src/arrays.h"
#include "python/src/bindings.h"
#include "python/src/interpreter.h"
#include "superpose/models/safetensors.h"
#include "superpose/store/safetensors_file.h"

namespace superpose::python {
namespace {

using namespace nb::literals;

/// (type's name, shape, bytes)
using RawTensor = std::tuple<std::string, std::vector<std::int64_t>, nb::bytes>;

using Strings = std::map<std::string, std::string>;

std::tuple<std::map<std::string, RawTensor>, Strings, Strings> read(const std::filesystem::path& path) {
  const safetensors::File file = unlocked([&] { return store::read_safetensors(path); });
  std::map<std::string, RawTensor> tensors;
  for (const auto& [tensor_name, tensor] : file.tensors) {
    tensors.emplace(tensor_name, RawTensor(std::string(name(tensor.dtype)), tensor.shape,
                                           nb::bytes(tensor.bytes.data(), tensor.bytes.size())));
  }
  return {tensors, Strings(file.metadata.begin(), file.metadata.end()),
          Strings(file.unread.begin(), file.unread.end())};
}

void write(const std::filesystem::path& path, const std::map<std::string, ArrayIn<float>>& tensors,
           const std::map<std::string, std::string>& metadata) {
  safetensors::File file;
  for (const auto& [tensor_name, array] : tensors) {
    std::vector<std::int64_t> shape;
    for (std::size_t axis = 0; axis < array.ndim(); ++axis)
      shape.push_back(static_cast<std::int64_t>(array.shape(axis)));
    file.add(tensor_name, shape, span_of(array));
  }
  file.metadata.insert(metadata.begin(), metadata.end());
  store::write_safetensors(path, file);
}

}  // namespace

void bind_tensors(nb::module_& module) {
  module.def("read_tensors", &read, "path"_a,
             "({name: (type, shape, bytes)}, metadata, {name: type}) of a safetensors file; row-major, "
             "little-endian. "
             "The last are tensors of types that are not known.");
  module.def("write_tensors", &write, "path"_a, "tensors"_a, "metadata"_a,
             "Writes float32 arrays into a safetensors file, whole or not at all.");
}

}  // namespace superpose::python
