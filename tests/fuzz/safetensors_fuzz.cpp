// Any bytes must give a File or an InvalidRequest. Writing a File that was read must give the same bytes when
// it is read and written again.

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "superpose/core/error.h"
#include "superpose/models/safetensors.h"

namespace st = superpose::safetensors;

namespace {

std::optional<st::File> parse_or_refuse(std::span<const std::byte> bytes) {
  try {
    return st::parse(bytes);
  } catch (const superpose::InvalidRequest&) {
    return std::nullopt;
  }
}

void expect(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto file = parse_or_refuse(std::as_bytes(std::span(data, size)));
  if (!file) return 0;
  file->unread.clear();  // is not written
  const auto bytes = st::serialise(*file);
  const st::File again = st::parse(bytes);  // an exception here is a fault
  expect(again == *file);
  expect(st::serialise(again) == bytes);
  return 0;
}

// Random bytes hardly ever begin with the length of what follows, so most mutants get the right length.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned int seed) {
  constexpr std::size_t prefix = 8;
  if (size <= prefix || max_size <= prefix) {  // the first input is empty: start with a small file
    st::File file;
    file.add("W", {1, 2}, std::array{1.0F, 2.0F});
    file.add("step", {1}, std::array<std::int64_t, 1>{3});
    file.metadata = {{"format", "pt"}};
    const auto bytes = st::serialise(file);
    size = std::min(bytes.size(), max_size);
    std::memcpy(data, bytes.data(), size);
    return size;
  }
  if (seed % 8 == 0) return LLVMFuzzerMutate(data, size, max_size);

  std::uint64_t length = 0;
  std::memcpy(&length, data, prefix);
  const std::size_t rest = size - prefix;
  const std::size_t header = std::min<std::uint64_t>(length, rest);
  if (seed % 8 == 1) return prefix + LLVMFuzzerMutate(data + prefix, rest, max_size - prefix);

  // Only the header changes; the data moves along.
  std::vector<std::uint8_t> tensors(data + prefix + header, data + size);
  if (max_size < prefix + tensors.size()) return size;
  length = LLVMFuzzerMutate(data + prefix, header, max_size - prefix - tensors.size());
  std::memcpy(data, &length, prefix);
  std::ranges::copy(tensors, data + prefix + length);
  return prefix + length + tensors.size();
}
