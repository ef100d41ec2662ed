#include "superpose/models/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <limits>
#include <random>

#include "superpose/core/error.h"

namespace superpose::safetensors {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::byte> to_bytes(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

std::string to_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// A file by hand: the length, the header as it is, then so many bytes of data (0, 1, 2, ...).
std::vector<std::byte> file_of(std::string_view header, std::size_t data_bytes = 0) {
  const std::uint64_t length = header.size();
  std::vector<std::byte> bytes(sizeof(length) + header.size());
  std::memcpy(bytes.data(), &length, sizeof(length));
  std::memcpy(bytes.data() + sizeof(length), header.data(), header.size());
  for (std::size_t i = 0; i < data_bytes; ++i) bytes.push_back(static_cast<std::byte>(i));
  return bytes;
}

/// What parse says of these bytes; "accepted" if it takes them.
std::string complaint(std::span<const std::byte> bytes) {
  try {
    parse(bytes);
    return "accepted";
  } catch (const InvalidRequest& error) {
    return error.what();
  }
}

/// A file of one tensor "W" with these texts for its entry's values.
std::vector<std::byte> one_tensor(std::string_view dtype, std::string_view shape, std::string_view offsets,
                                  std::size_t data_bytes) {
  std::string header = R"({"W":{"dtype":)";
  header.append(dtype).append(R"(,"shape":)").append(shape).append(R"(,"data_offsets":)").append(offsets);
  return file_of(header + "}}", data_bytes);
}

File example() {
  File file;
  file.add("W", {2, 1, 2}, std::array{1.0F, -2.0F, 0.5F, std::numeric_limits<float>::infinity()});
  file.add("b_final", {3}, std::array{0.0F, 1.0F, 2.0F});
  file.add("step", {2}, std::array<std::int64_t, 2>{0, -5'000'000'000});
  file.add("empty", {0, 7}, std::span<const float>());
  file.add("scalar", {}, std::array{4.0F});
  file.metadata = {{"kind", "relu_output"}, {"name", "na\u00efve \"quoted\"\n"}};
  return file;
}

TEST(Safetensors, ReadsBackWhatItWrote) {
  const File file = example();
  const File read = parse(serialise(file));
  EXPECT_EQ(read, file);
  EXPECT_EQ(read.floats("b_final", std::array<std::int64_t, 1>{3}), (std::vector<float>{0, 1, 2}));
  EXPECT_EQ(read.integers("step", std::array<std::int64_t, 1>{-1}),
            (std::vector<std::int64_t>{0, -5'000'000'000}));
  EXPECT_EQ(read.tensors.at("W").elements(), 4U);
  EXPECT_EQ(read.tensors.at("empty").elements(), 0U);
  EXPECT_EQ(read.tensors.at("scalar").elements(), 1U);
}

TEST(Safetensors, PassesOverTensorsOfTypesThatAreNotKnown) {
  const File file = parse(file_of(R"({"a":{"dtype":"F8_E4M3","shape":[3],"data_offsets":[0,3]},)"
                                  R"("b":{"dtype":"U8","shape":[1],"data_offsets":[3,4]}})",
                                  4));
  EXPECT_EQ(file.tensors.at("b").bytes, std::vector{std::byte{3}});
  EXPECT_EQ(file.unread, (std::map<std::string, std::string, std::less<>>{{"a", "F8_E4M3"}}));
  try {
    (void)file.floats("a", std::array<std::int64_t, 1>{3});
    FAIL() << "a tensor that was not read";
  } catch (const InvalidRequest& error) {
    EXPECT_STREQ(error.what(), R"(tensor "a": expected F32 (3), got "F8_E4M3", a type that is not known)");
  }
}

TEST(Safetensors, ReadsBackAnEmptyFile) {
  EXPECT_EQ(parse(serialise(File{})), File{});
  EXPECT_EQ(parse(file_of("{}")), File{});
}

TEST(Safetensors, WritesTheseBytes) {
  File file;
  file.add("b", {1}, std::array{1.0F});
  file.add("a", {1}, std::array{-2.0F});
  file.add("step", {1}, std::array<std::int64_t, 1>{7});
  file.metadata = {{"format", "pt"}};
  const std::string header = R"({"__metadata__":{"format":"pt"},)"
                             R"("a":{"data_offsets":[8,12],"dtype":"F32","shape":[1]},)"
                             R"("b":{"data_offsets":[12,16],"dtype":"F32","shape":[1]},)"
                             R"("step":{"data_offsets":[0,8],"dtype":"I64","shape":[1]}})";
  const std::size_t padding = (8 - header.size() % 8) % 8;
  std::string expected(8, '\0');
  expected[0] = static_cast<char>(header.size() + padding);
  expected += header + std::string(padding, ' ');
  expected += std::string("\x07\0\0\0\0\0\0\0", 8);
  expected += std::string("\0\0\0\xC0\0\0\x80\x3F", 8);
  EXPECT_EQ(to_text(serialise(file)), expected);
}

TEST(Safetensors, AlignsTheDataAndEveryTensor) {
  for (std::size_t name_length = 1; name_length < 20; ++name_length) {
    File file;
    file.add(std::string(name_length, 'a'), {3}, std::array{1.0F, 2.0F, 3.0F});
    file.add("step", {1}, std::array<std::int64_t, 1>{1});
    const auto bytes = serialise(file);
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), sizeof(length));
    EXPECT_EQ(length % 8, 0U);
    EXPECT_EQ(bytes.size(), 8 + length + 12 + 8);
    EXPECT_THAT(to_text(bytes), HasSubstr(R"("step":{"data_offsets":[0,8])"));
  }
}

TEST(Safetensors, RefusesToWriteWhatNobodyCouldRead) {
  File wrong_size;
  wrong_size.add("W", {2}, std::array{1.0F});
  EXPECT_THROW(serialise(wrong_size), InvalidRequest);

  File negative;
  negative.add("W", {-1, 0}, std::span<const float>());
  EXPECT_THROW(serialise(negative), InvalidRequest);

  File not_utf8;
  not_utf8.add("W\xFF", {1}, std::array{1.0F});
  EXPECT_THROW(serialise(not_utf8), InvalidRequest);

  File bad_metadata;
  bad_metadata.metadata = {{"name", "\xC0\x80"}};
  EXPECT_THROW(serialise(bad_metadata), InvalidRequest);

  File reserved;
  reserved.add("__metadata__", {1}, std::array{1.0F});
  EXPECT_THROW(serialise(reserved), InvalidRequest);
}

TEST(Safetensors, SaysWhichTensorIsNotAsExpected) {
  const auto complaint_of = [](std::string_view name, std::vector<std::int64_t> shape) -> std::string {
    try {
      (void)example().floats(name, shape);
      return "accepted";
    } catch (const InvalidRequest& error) {
      return error.what();
    }
  };
  EXPECT_EQ(complaint_of("W", {2, -1, 2}), "accepted");
  EXPECT_EQ(complaint_of("V", {2, -1}), R"(tensor "V": expected F32 (2, any), got nothing)");
  EXPECT_EQ(complaint_of("W", {2, 2}), R"(tensor "W": expected F32 (2, 2), got F32 (2, 1, 2))");
  EXPECT_EQ(complaint_of("step", {2}), R"(tensor "step": expected F32 (2), got I64 (2))");
  EXPECT_THROW((void)example().integers("b_final", std::array<std::int64_t, 1>{3}), InvalidRequest);
}

// What the official implementation writes and reads, so must this one.

TEST(Safetensors, AcceptsEveryType) {
  for (const auto& [dtype, size] : {std::pair{"F64", 8},
                                    {"F32", 4},
                                    {"F16", 2},
                                    {"BF16", 2},
                                    {"I64", 8},
                                    {"I32", 4},
                                    {"I16", 2},
                                    {"I8", 1},
                                    {"U64", 8},
                                    {"U32", 4},
                                    {"U16", 2},
                                    {"U8", 1},
                                    {"BOOL", 1}}) {
    const auto quoted = '"' + std::string(dtype) + '"';
    const auto bytes =
        one_tensor(quoted, "[3]", "[0," + std::to_string(3 * size) + "]", 3 * std::size_t(size));
    ASSERT_EQ(complaint(bytes), "accepted") << dtype;
    const Tensor tensor = parse(bytes).tensors.at("W");
    EXPECT_EQ(name(tensor.dtype), dtype);
    EXPECT_EQ(size_of(tensor.dtype), static_cast<std::size_t>(size));
    EXPECT_EQ(tensor.bytes.back(), static_cast<std::byte>(3 * size - 1));
  }
}

TEST(Safetensors, AcceptsWhitespaceEscapesAndAnyOrder) {
  EXPECT_EQ(complaint(file_of("{ }   \n\t ")), "accepted");
  const auto bytes = file_of(
      "{ \"b\\u00e9\" : {\"shape\":[1],\"data_offsets\":[4,5],\"dtype\":\"U8\"},\n"
      "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}, \"__metadata__\":{} }   ",
      5);
  const File file = parse(bytes);
  EXPECT_EQ(file.tensors.at("b\u00e9").bytes, std::vector{std::byte{4}});
  EXPECT_EQ(file.tensors.at("a").bytes.size(), 4U);
}

TEST(Safetensors, AcceptsEmptyTensorsAnywhere) {
  const auto bytes = file_of(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},)"
                             R"("b":{"dtype":"F32","shape":[0],"data_offsets":[2,2]},)"
                             R"("c":{"dtype":"U8","shape":[1],"data_offsets":[2,3]},)"
                             R"("d":{"dtype":"I64","shape":[5,0],"data_offsets":[0,0]}})",
                             3);
  EXPECT_EQ(complaint(bytes), "accepted");
}

// Hostile files. Each differs from a good one in one thing.

struct Broken {
  std::string_view what;
  std::vector<std::byte> bytes;
  std::string_view complaint;  ///< within the message
};

void PrintTo(const Broken& broken, std::ostream* out) {
  *out << broken.what;
}

std::vector<std::byte> with_length(std::uint64_t length, std::string_view header) {
  auto bytes = file_of(header);
  std::memcpy(bytes.data(), &length, sizeof(length));
  return bytes;
}

std::string nested(std::size_t depth) {
  return R"({"W":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

std::string nested_objects(std::size_t depth) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text += R"({"W":)";
  return text + "1" + std::string(depth, '}');
}

std::string ones(std::size_t n) {
  std::string text = "[1";
  for (std::size_t i = 1; i < n; ++i) text += ",1";
  return text + "]";
}

constexpr std::string_view kEntry = R"({"dtype":"U8","shape":[1],"data_offsets":[0,1]})";
std::string header_with(std::string_view entry_text) {
  return R"({"W":)" + std::string(entry_text) + "}";
}

class BrokenFile : public ::testing::TestWithParam<Broken> {};

TEST_P(BrokenFile, IsRefusedInOneLine) {
  const std::string message = complaint(GetParam().bytes);
  EXPECT_THAT(message, HasSubstr(GetParam().complaint));
  EXPECT_THAT(message, Not(HasSubstr("\n")));
  EXPECT_LT(message.size(), 400U);
}

const Broken kFraming[] = {
    {"nothing", {}, "at least 8 bytes, got 0"},
    {"7 bytes", to_bytes("1234567"), "at least 8 bytes, got 7"},
    {"no header", file_of(""), "begin with {"},
    {"length 1 too long", with_length(3, "{}"), "expected 3 bytes, got 2"},
    {"length 1 too short", with_length(1, "{}"), "expected JSON"},
    {"length over the limit", with_length(100'000'001, "{}"), "at most 100000000 bytes"},
    {"length at the limit", with_length(100'000'000, "{}"), "expected 100000000 bytes, got 2"},
    {"length of -1", with_length(~std::uint64_t{0}, "{}"), "at most"},
    {"length that wraps with the prefix", with_length(~std::uint64_t{0} - 7, "{}"), "at most"},
    {"text", to_bytes("This is not a safetensors file at all"), "at most"},
    {"data without tensors", file_of("{}", 1), "expected 0 bytes, got 1"},
};
INSTANTIATE_TEST_SUITE_P(Framing, BrokenFile, ::testing::ValuesIn(kFraming));

const Broken kJson[] = {
    {"array", file_of("[]"), "begin with {"},
    {"null", file_of("null"), "begin with {"},
    {"leading space", file_of(" {}"), "begin with {"},
    {"byte-order mark", file_of("\xEF\xBB\xBF{}"), "begin with {"},
    {"two documents", file_of("{}{}"), "expected JSON"},
    {"zero byte after the end", file_of(std::string_view("{}\0", 3)), "zero byte at 2"},
    {"zero byte, then anything", file_of(std::string_view("{}\0anything", 11)), "zero byte at 2"},
    {"comment", file_of("{/**/}"), "expected JSON"},
    {"trailing comma", file_of(R"({"__metadata__":{},})"), "expected JSON"},
    {"unclosed", file_of("{"), "expected JSON"},
    {"line feed in a name", file_of("{\"a\nb\":1}"), "expected JSON"},
    {"stray continuation byte", file_of("{\"__metadata__\":{\"a\":\"\x80\"}}"), "expected JSON"},
    {"overlong UTF-8", file_of("{\"__metadata__\":{\"a\":\"\xC0\x80\"}}"), "expected JSON"},
    {"surrogate in UTF-8", file_of("{\"__metadata__\":{\"a\":\"\xED\xA0\x80\"}}"), "expected JSON"},
    {"cut UTF-8", file_of("{\"__metadata__\":{\"a\":\"\xE2\x82\"}}"), "expected JSON"},
    {"lone escaped surrogate", file_of(R"({"__metadata__":{"a":"\ud800"}})"), "expected JSON"},
    {"number out of range", file_of(R"({"W":1e999})"), "out of range"},
    {"deep arrays", file_of(nested(1'000'000)), "got one elsewhere"},
    {"deep objects", file_of(nested_objects(1'000'000)), "nested at most twice"},
    {"tensor twice", file_of(R"({"W":)" + std::string(kEntry) + R"(,"W":)" + std::string(kEntry) + "}", 1),
     R"(each name once, got "W" twice)"},
    {"tensor twice, once escaped",
     file_of(R"({"W":)" + std::string(kEntry) + R"(,"\u0057":)" + std::string(kEntry) + "}", 1),
     R"(each name once, got "W" twice)"},
    {"metadata twice", file_of(R"({"__metadata__":{},"__metadata__":{}})"), "each name once"},
    {"metadata key twice", file_of(R"({"__metadata__":{"a":"1","a":"2"}})"), "each name once"},
    {"shape twice", file_of(header_with(R"({"dtype":"U8","shape":[1],"shape":[1],"data_offsets":[0,1]})"), 1),
     "each name once"},
};
INSTANTIATE_TEST_SUITE_P(Json, BrokenFile, ::testing::ValuesIn(kJson));

const Broken kEntries[] = {
    {"metadata that is a list", file_of(R"({"__metadata__":"a"})"), "an object of strings"},
    {"metadata of numbers", file_of(R"({"__metadata__":{"seed":1}})"), R"("seed": expected a string, got 1)"},
    {"nested metadata", file_of(R"({"__metadata__":{"a":{}}})"), "nested at most twice"},
    {"tensor that is a number", file_of(R"({"W":1})"), "an object of dtype"},
    {"tensor that is null", file_of(R"({"W":null})"), "an object of dtype"},
    {"empty entry", file_of(R"({"W":{}})"), "an object of dtype"},
    {"no dtype", file_of(header_with(R"({"shape":[1],"data_offsets":[0,1]})"), 1), "an object of dtype"},
    {"no shape", file_of(header_with(R"({"dtype":"U8","data_offsets":[0,1]})"), 1), "an object of dtype"},
    {"no offsets", file_of(header_with(R"({"dtype":"U8","shape":[1]})"), 1), "an object of dtype"},
    {"a key too many", file_of(header_with(R"({"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":1})"), 1),
     "an object of dtype"},
    {"a pointer of Git LFS",
     to_bytes("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n"),
     "expected a safetensors file, got a pointer of Git LFS; `git lfs pull`"},
    {"a web page", to_bytes("\n <!doctype HTML><html><body>404</body></html>"), "got a web page"},
    {"a web page without a doctype", to_bytes("<HTML><body>404</body></html>"), "got a web page"},
    {"an archive", to_bytes("PK\x03\x04 and so on"), "one of PyTorch's"},
    {"dtype that is a number", one_tensor("4", "[1]", "[0,1]", 1), "got 4"},
    {"dtype that is null", one_tensor("null", "[1]", "[0,1]", 1), "got null"},
    {"shape that is a number", one_tensor(R"("U8")", "1", "[0,1]", 1), "shape: expected a list"},
    {"shape that is an object", one_tensor(R"("U8")", "{}", "[0,1]", 1), "nested"},
    {"shape of texts", one_tensor(R"("U8")", R"(["1"])", "[0,1]", 1), "shape: expected a list"},
    {"negative dimension", one_tensor(R"("U8")", "[-1]", "[0,1]", 1), "shape: expected a list"},
    {"minus zero", one_tensor(R"("U8")", "[-0]", "[0,0]", 0), "shape: expected a list"},
    {"float dimension", one_tensor(R"("U8")", "[1.0]", "[0,1]", 1), "shape: expected a list"},
    {"exponent dimension", one_tensor(R"("U8")", "[1e0]", "[0,1]", 1), "shape: expected a list"},
    {"boolean dimension", one_tensor(R"("U8")", "[true]", "[0,1]", 1), "shape: expected a list"},
    {"dimension of 2^63", one_tensor(R"("U8")", "[9223372036854775808]", "[0,1]", 1),
     "shape: expected a list"},
    {"dimension of 2^64", one_tensor(R"("U8")", "[18446744073709551616]", "[0,1]", 1),
     "shape: expected a list"},
    {"dimension that wraps with the size", one_tensor(R"("F32")", "[4611686018427387904]", "[0,0]", 0),
     "of its"},
    {"dimensions that wrap", one_tensor(R"("U8")", "[4294967296,4294967296]", "[0,0]", 0), "of its"},
    {"dimensions that wrap to the right size", one_tensor(R"("U8")", "[6148914691236517206,3]", "[0,2]", 2),
     "of its"},
    {"nested shape", one_tensor(R"("U8")", "[[1]]", "[0,1]", 1), "got one elsewhere"},
    {"65 dimensions", one_tensor(R"("U8")", ones(65), "[0,1]", 1), "at most 64 dimensions"},
    {"no offsets in the list", one_tensor(R"("U8")", "[0]", "[]", 0), "a beginning and an end"},
    {"one offset", one_tensor(R"("U8")", "[1]", "[1]", 1), "a beginning and an end"},
    {"three offsets", one_tensor(R"("U8")", "[1]", "[0,1,1]", 1), "a beginning and an end"},
    {"negative offset", one_tensor(R"("U8")", "[1]", "[-1,0]", 1), "data_offsets: expected a list"},
    {"float offset", one_tensor(R"("U8")", "[1]", "[0,1.0]", 1), "data_offsets: expected a list"},
    {"end before beginning", one_tensor(R"("U8")", "[1]", "[1,0]", 1), "a beginning and an end"},
    {"offsets of 2^63", one_tensor(R"("U8")", "[1]", "[9223372036854775808,9223372036854775809]", 1),
     "data_offsets"},
    {"huge offsets", one_tensor(R"("U8")", "[1]", "[9223372036854775806,9223372036854775807]", 1),
     "beginning of 0"},
    {"too few bytes for the shape", one_tensor(R"("F32")", "[2]", "[0,4]", 4), "the 4 bytes"},
    {"too many bytes for the shape", one_tensor(R"("F32")", "[1]", "[0,8]", 8), "the 8 bytes"},
    {"scalar of two", one_tensor(R"("U8")", "[]", "[0,2]", 2), "the 2 bytes"},
};
INSTANTIATE_TEST_SUITE_P(Entries, BrokenFile, ::testing::ValuesIn(kEntries));

std::vector<std::byte> two_tensors(std::string_view first, std::string_view second, std::size_t data_bytes) {
  std::string header = R"({"a":{"dtype":"U8","shape":[2],"data_offsets":)";
  header.append(first)
      .append(R"(},"b":{"dtype":"U8","shape":[2],"data_offsets":)")
      .append(second)
      .append("}}");
  return file_of(header, data_bytes);
}

const Broken kCover[] = {
    {"data cut short", one_tensor(R"("U8")", "[4]", "[0,4]", 3), "expected 4 bytes, got 3"},
    {"data too long", one_tensor(R"("U8")", "[4]", "[0,4]", 5), "expected 4 bytes, got 5"},
    {"hole at the beginning", one_tensor(R"("U8")", "[2]", "[1,3]", 3), "beginning of 0, got 1"},
    {"hole in the middle", two_tensors("[0,2]", "[3,5]", 5), "beginning of 2, got 3"},
    {"overlap", two_tensors("[0,2]", "[1,3]", 3), "beginning of 2, got 1"},
    {"the same bytes twice", two_tensors("[0,2]", "[0,2]", 2), "beginning of 2, got 0"},
    {"the same bytes twice, padded", two_tensors("[0,2]", "[0,2]", 4), "beginning of 2, got 0"},
    {"empty tensor in the middle of another",
     file_of(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},)"
             R"("b":{"dtype":"U8","shape":[0],"data_offsets":[1,1]}})",
             2),
     "beginning of 2, got 1"},
    {"empty tensor past the end", one_tensor(R"("U8")", "[0]", "[4,4]", 0), "beginning of 0, got 4"},
};
INSTANTIATE_TEST_SUITE_P(Cover, BrokenFile, ::testing::ValuesIn(kCover));

TEST(Safetensors, MessagesStayShortAndOnOneLine) {
  const std::string name = "a\\nb" + std::string(100'000, 'x');
  const std::string message = complaint(file_of("{\"" + name + "\":1}"));
  EXPECT_LT(message.size(), 300U);
  EXPECT_THAT(message, Not(HasSubstr("\n")));
}

TEST(Safetensors, EveryTruncationIsRefused) {
  const auto bytes = serialise(example());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_NE(complaint(std::span(bytes).first(size)), "accepted") << size;
  }
}

TEST(Safetensors, FlippedBitsGiveAFileOrAComplaint) {
  const auto good = serialise(example());
  std::mt19937 random(1);
  for (int trial = 0; trial < 5000; ++trial) {
    auto bytes = good;
    for (unsigned flips = random() % 4 + 1; flips > 0; --flips) {
      bytes[random() % bytes.size()] ^= static_cast<std::byte>(1U << (random() % 8));
    }
    if (complaint(bytes) != "accepted") continue;  // anything but InvalidRequest would have failed the test
    File file = parse(bytes);
    file.unread.clear();  // is not written
    EXPECT_EQ(parse(serialise(file)), file);
  }
}

}  // namespace
}  // namespace superpose::safetensors
