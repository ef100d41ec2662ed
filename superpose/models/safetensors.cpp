#include "superpose/models/safetensors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "superpose/core/error.h"

namespace superpose::safetensors {
namespace {

using Json = nlohmann::json;

static_assert(std::endian::native == std::endian::little,
              "tensors are copied to and from little-endian files");

constexpr std::size_t kLengthBytes = 8;
constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;  // the official reader's limit
constexpr std::size_t kMaxDimensions = 64;              // NumPy's and PyTorch's limit
constexpr std::string_view kMetadata = "__metadata__";

struct DTypeRow {
  DType dtype;
  std::string_view name;
  std::size_t size;
};
constexpr DTypeRow kDTypes[] = {
    {DType::kF64, "F64", 8},   {DType::kF32, "F32", 4}, {DType::kF16, "F16", 2}, {DType::kBF16, "BF16", 2},
    {DType::kI64, "I64", 8},   {DType::kI32, "I32", 4}, {DType::kI16, "I16", 2}, {DType::kI8, "I8", 1},
    {DType::kU64, "U64", 8},   {DType::kU32, "U32", 4}, {DType::kU16, "U16", 2}, {DType::kU8, "U8", 1},
    {DType::kBool, "BOOL", 1},
};

const DTypeRow& row_of(DType dtype) {
  return *std::ranges::find(kDTypes, dtype, &DTypeRow::dtype);
}

/// A JSON value for messages: on one line, ASCII, not too long.
std::string describe(const Json& value) {
  constexpr std::size_t longest = 60;
  std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
  if (text.size() > longest) text.replace(longest, std::string::npos, "...");
  return text;
}

std::string describe_tensor(std::string_view name) {
  return "tensor " + describe(name);
}

/// "F32 (10, 5, 2)"; -1 is "any".
std::string describe(DType dtype, std::span<const std::int64_t> shape) {
  std::vector<std::string> counts;
  for (const std::int64_t count : shape) counts.push_back(count == -1 ? "any" : fmt::to_string(count));
  return fmt::format("{} ({})", name(dtype), fmt::join(counts, ", "));
}

constexpr const char* kHeader = "header";

/// key: the tensor, or the part of the file; empty for the file as a whole.
[[noreturn]] void refuse(std::string key, std::string expected, std::string got, std::string hint = "") {
  throw InvalidRequest({.key = std::move(key),
                        .expected = std::move(expected),
                        .got = std::move(got),
                        .hint = std::move(hint)});
}

/// A part of what the header says about a tensor.
[[noreturn]] void refuse_part(std::string_view tensor, std::string_view part, std::string expected,
                              const Json& got, std::string hint = "") {
  refuse(fmt::format("{}: {}", describe_tensor(tensor), part), std::move(expected), describe(got),
         std::move(hint));
}

/// Bytes of a tensor; nothing where a count is negative or the product overflows.
std::optional<std::size_t> bytes_of(DType dtype, std::span<const std::int64_t> shape) {
  std::size_t bytes = size_of(dtype);
  for (const std::int64_t count : shape) {
    if (count < 0 || __builtin_mul_overflow(bytes, count, &bytes)) return std::nullopt;
  }
  return bytes;
}

/// Stops the JSON parser at what its result would not show, or what would take memory before it could be
/// refused: repeated keys, nesting that the format does not have, endless shapes.
class Guard {
 public:
  bool operator()(int depth, Json::parse_event_t event, const Json& value) {
    switch (event) {
      case Json::parse_event_t::object_start:
        if (depth > 1) refuse(kHeader, "objects nested at most twice", "more");
        keys_of(depth + 1).clear();
        break;
      case Json::parse_event_t::array_start:
        if (depth != 2) refuse(kHeader, "arrays only within a tensor's entry", "one elsewhere");
        array_length_ = 0;
        break;
      case Json::parse_event_t::key:
        if (!keys_of(depth).insert(value.get_ref<const std::string&>()).second) {
          refuse(kHeader, "each name once", describe(value) + " twice");
        }
        break;
      case Json::parse_event_t::value:
        if (depth == 3 && ++array_length_ > kMaxDimensions) {
          refuse(kHeader, fmt::format("at most {} dimensions", kMaxDimensions), "more");
        }
        break;
      case Json::parse_event_t::object_end:
      case Json::parse_event_t::array_end:
        break;
    }
    return true;
  }

 private:
  /// The keys of the object that is open at this depth, 1 or 2.
  std::set<std::string>& keys_of(int depth) { return depth == 1 ? names_ : keys_; }

  std::set<std::string> names_, keys_;
  std::size_t array_length_ = 0;
};

/// Refuses files that people take for safetensors, and names them. It knows them by their first bytes.
void refuse_known_strangers(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::string_view begin = text.substr(0, text.find_first_of("\r\n"));
  const auto is_page = [&](std::string_view tag) {
    const auto tag_begin = text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    return std::ranges::equal(tag_begin.substr(0, tag.size()), tag, {},
                              [](char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  };
  constexpr const char* kWanted = "a safetensors file";
  if (begin.starts_with("version https://git-lfs.github.com/spec/"))
    refuse("", kWanted, "a pointer of Git LFS", "`git lfs pull` fetches the file itself");
  if (is_page("<!doctype html") || is_page("<html"))
    refuse("", kWanted, "a web page", "the download gave a page in place of the file");
  if (text.starts_with("PK\x03\x04")) refuse("", kWanted, "one of PyTorch's, or another archive");
}

/// The text of the header, after checking its bounds.
std::string_view header_of(std::span<const std::byte> bytes) {
  if (bytes.size() < kLengthBytes) {
    refuse("", fmt::format("a safetensors file of at least {} bytes", kLengthBytes),
           fmt::to_string(bytes.size()));
  }
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  if (length > kMaxHeaderBytes) {  // files of those other kinds end here too
    refuse_known_strangers(bytes);
    refuse(kHeader, fmt::format("at most {} bytes", kMaxHeaderBytes), fmt::to_string(length));
  }
  if (length > bytes.size() - kLengthBytes) {
    refuse(kHeader, fmt::format("{} bytes", length), fmt::to_string(bytes.size() - kLengthBytes),
           "it is cut short, or not a safetensors file");
  }
  return {reinterpret_cast<const char*>(bytes.data() + kLengthBytes), static_cast<std::size_t>(length)};
}

Json parse_header(std::string_view header) {
  // The parser would skip a byte-order mark, and take a zero byte for the end of the text.
  if (!header.starts_with('{')) refuse(kHeader, "it to begin with {", "something else");
  if (const auto zero = header.find('\0'); zero != std::string_view::npos) {
    refuse(kHeader, "JSON", fmt::format("a zero byte at {}", zero));
  }
  try {
    Guard guard;
    return Json::parse(header, std::ref(guard));
  } catch (const Json::parse_error& error) {
    refuse(kHeader, "JSON in UTF-8", fmt::format("something else at byte {}", error.byte));
  } catch (const Json::exception&) {
    refuse(kHeader, "JSON", "a number out of range");
  }
}

std::map<std::string, std::string, std::less<>> read_metadata(const Json& value) {
  if (!value.is_object()) refuse(std::string(kMetadata), "an object of strings", describe(value));
  std::map<std::string, std::string, std::less<>> metadata;
  for (const auto& [key, text] : value.get_ref<const Json::object_t&>()) {
    if (!text.is_string())
      refuse(fmt::format("{}: {}", kMetadata, describe(key)), "a string", describe(text));
    metadata.emplace(key, text.get_ref<const std::string&>());
  }
  return metadata;
}

/// What the header says about a tensor.
struct Entry {
  std::string name;
  std::optional<DType> dtype;  ///< nothing: an unknown type
  std::vector<std::int64_t> shape;
  std::size_t begin, end;  ///< within the data
};

/// A list of whole numbers, each in [0, 2^63).
std::vector<std::int64_t> read_counts(const Json& value, std::string_view tensor, std::string_view key) {
  const auto is_count = [](const Json& number) {
    return number.is_number_unsigned() && std::in_range<std::int64_t>(number.get<std::uint64_t>());
  };
  if (!value.is_array() || !std::ranges::all_of(value, is_count)) {
    refuse_part(tensor, key, "a list of whole numbers of at least 0", value);
  }
  return value.get<std::vector<std::int64_t>>();
}

/// returns: nothing for the name of an unknown type.
std::optional<DType> read_dtype(const Json& value, std::string_view tensor) {
  if (!value.is_string()) refuse_part(tensor, "dtype", "a type's name", value);
  const auto* const row =
      std::ranges::find_if(kDTypes, [&](std::string_view name) { return value == name; }, &DTypeRow::name);
  return row == std::end(kDTypes) ? std::nullopt : std::optional(row->dtype);
}

Entry read_entry(const std::string& name, const Json& value) {
  if (!value.is_object() || value.size() != 3 || !value.contains("dtype") || !value.contains("shape") ||
      !value.contains("data_offsets")) {
    refuse(describe_tensor(name), "an object of dtype, shape and data_offsets", describe(value));
  }
  Entry entry{.name = name,
              .dtype = read_dtype(value["dtype"], name),
              .shape = read_counts(value["shape"], name, "shape"),
              .begin = 0,
              .end = 0};
  const auto offsets = read_counts(value["data_offsets"], name, "data_offsets");
  if (offsets.size() != 2 || offsets[0] > offsets[1] || !std::in_range<std::size_t>(offsets[1])) {
    refuse_part(name, "data_offsets", "a beginning and an end not before it", value["data_offsets"]);
  }
  entry.begin = static_cast<std::size_t>(offsets[0]);
  entry.end = static_cast<std::size_t>(offsets[1]);
  if (entry.dtype && bytes_of(*entry.dtype, entry.shape) != entry.end - entry.begin) {
    refuse(describe_tensor(name), fmt::format("the {} bytes of its data_offsets", entry.end - entry.begin),
           "a shape of " + describe(*entry.dtype, entry.shape));
  }
  return entry;
}

/// Every byte of the data belongs to exactly one tensor. entries: in order of their offsets.
void check_cover(std::span<const Entry> entries, std::size_t data_bytes) {
  std::size_t end = 0;
  for (const Entry& entry : entries) {
    if (entry.begin != end) {
      refuse_part(entry.name, "data_offsets", fmt::format("a beginning of {}", end), entry.begin,
                  "tensors overlap or leave a hole");
    }
    end = entry.end;
  }
  if (end != data_bytes) refuse("data", fmt::format("{} bytes", end), fmt::to_string(data_bytes));
}

/// Tensors in the order of their data.
using Placed = std::pair<std::string_view, const Tensor*>;
std::vector<Placed> placed_tensors(const File& file) {
  std::vector<Placed> tensors;
  for (const auto& [name, tensor] : file.tensors) tensors.emplace_back(name, &tensor);
  std::ranges::sort(tensors, {}, [](const Placed& t) {
    return std::pair(-static_cast<int>(size_of(t.second->dtype)), t.first);
  });
  return tensors;
}

/// The header's text, padded so that the data starts at a multiple of 8.
std::string make_header(const File& file, std::span<const Placed> tensors) {
  Json header = Json::object();
  if (!file.metadata.empty()) header[kMetadata] = file.metadata;
  std::size_t end = 0;
  for (const auto& [name, tensor] : tensors) {
    if (name == kMetadata) refuse(describe_tensor(name), "another name", "the format's own");
    if (bytes_of(tensor->dtype, tensor->shape) != tensor->bytes.size()) {
      refuse(describe_tensor(name), "the bytes of " + describe(tensor->dtype, tensor->shape),
             fmt::to_string(tensor->bytes.size()));
    }
    const std::size_t begin = std::exchange(end, end + tensor->bytes.size());
    header[name] = {{"dtype", safetensors::name(tensor->dtype)},
                    {"shape", tensor->shape},
                    {"data_offsets", {begin, end}}};
  }
  try {
    std::string text = header.dump();
    text.resize((text.size() + 7) / 8 * 8, ' ');
    if (text.size() > kMaxHeaderBytes)
      refuse(kHeader, fmt::format("at most {} bytes", kMaxHeaderBytes), fmt::to_string(text.size()));
    return text;
  } catch (const Json::exception&) {
    refuse(kHeader, "names and metadata in UTF-8", "something else");
  }
}

void add_tensor(File& file, DType dtype, std::string name, std::vector<std::int64_t> shape,
                std::span<const std::byte> bytes) {
  Tensor tensor{.dtype = dtype, .shape = std::move(shape), .bytes = {bytes.begin(), bytes.end()}};
  file.tensors.insert_or_assign(std::move(name), std::move(tensor));
}

template <class T>
std::vector<T> read_tensor(const File& file, DType dtype, std::string_view name,
                           std::span<const std::int64_t> shape) {
  if (const auto unread = file.unread.find(name); unread != file.unread.end())
    refuse(describe_tensor(name), describe(dtype, shape),
           fmt::format("{}, a type that is not known", describe(Json(unread->second))));
  const auto found = file.tensors.find(name);
  if (found == file.tensors.end()) refuse(describe_tensor(name), describe(dtype, shape), "nothing");
  const Tensor& tensor = found->second;
  const auto fits = [](std::int64_t got, std::int64_t expected) { return expected == -1 || got == expected; };
  if (tensor.dtype != dtype || !std::ranges::equal(tensor.shape, shape, fits)) {
    refuse(describe_tensor(name), describe(dtype, shape), describe(tensor.dtype, tensor.shape));
  }
  std::vector<T> values(tensor.bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), tensor.bytes.data(), values.size() * sizeof(T));
  return values;
}

}  // namespace

std::size_t size_of(DType dtype) {
  return row_of(dtype).size;
}
std::string_view name(DType dtype) {
  return row_of(dtype).name;
}

std::size_t Tensor::elements() const {
  std::size_t elements = 1;
  for (const std::int64_t count : shape) elements *= static_cast<std::size_t>(count);
  return elements;
}

void File::add(std::string name, std::vector<std::int64_t> shape, std::span<const float> values) {
  add_tensor(*this, DType::kF32, std::move(name), std::move(shape), std::as_bytes(values));
}
void File::add(std::string name, std::vector<std::int64_t> shape, std::span<const std::int64_t> values) {
  add_tensor(*this, DType::kI64, std::move(name), std::move(shape), std::as_bytes(values));
}

std::vector<float> File::floats(std::string_view name, std::span<const std::int64_t> shape) const {
  return read_tensor<float>(*this, DType::kF32, name, shape);
}
std::vector<std::int64_t> File::integers(std::string_view name, std::span<const std::int64_t> shape) const {
  return read_tensor<std::int64_t>(*this, DType::kI64, name, shape);
}

std::vector<std::byte> serialise(const File& file) {
  const auto tensors = placed_tensors(file);
  const std::string header = make_header(file, tensors);
  const std::uint64_t length = header.size();

  std::vector<std::byte> bytes;
  const auto append = [&](std::span<const std::byte> part) {
    bytes.insert(bytes.end(), part.begin(), part.end());
  };
  std::size_t total = kLengthBytes + header.size();
  for (const auto& [name, tensor] : tensors) total += tensor->bytes.size();
  bytes.reserve(total);
  append(std::as_bytes(std::span(&length, 1)));
  append(std::as_bytes(std::span(header)));
  for (const auto& [name, tensor] : tensors) append(tensor->bytes);
  return bytes;
}

File parse(std::span<const std::byte> bytes) {
  const std::string_view header = header_of(bytes);
  const auto data = bytes.subspan(kLengthBytes + header.size());
  const Json document = parse_header(header);

  File file;
  std::vector<Entry> entries;
  for (const auto& [name, value] : document.get_ref<const Json::object_t&>()) {
    if (name == kMetadata) {
      file.metadata = read_metadata(value);
    } else {
      entries.push_back(read_entry(name, value));
    }
  }
  std::ranges::sort(entries, {}, [](const Entry& entry) { return std::pair(entry.begin, entry.end); });
  check_cover(entries, data.size());
  for (Entry& entry : entries) {
    if (!entry.dtype) {
      file.unread.emplace(entry.name, document[entry.name]["dtype"].get_ref<const std::string&>());
      continue;
    }
    const auto part = data.subspan(entry.begin, entry.end - entry.begin);
    file.tensors.emplace(
        std::move(entry.name),
        Tensor{.dtype = *entry.dtype, .shape = std::move(entry.shape), .bytes = {part.begin(), part.end()}});
  }
  return file;
}

}  // namespace superpose::safetensors
