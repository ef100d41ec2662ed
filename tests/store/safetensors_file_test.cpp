#include "superpose/store/safetensors_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "superpose/store/files.h"
#include "tests/message_of.h"
#include "tests/temporary_directory.h"

namespace superpose::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(SafetensorsFile, ReadsBackWhatItWrote) {
  const TemporaryDirectory directory;
  safetensors::File tensors;
  tensors.add("W", {2, 2}, std::vector<float>{1, 2, 3, 4});
  tensors.metadata["kind"] = "relu_output";
  write_safetensors(directory / "a.safetensors", tensors);
  EXPECT_EQ(read_safetensors(directory / "a.safetensors"), tensors);
}

TEST(SafetensorsFile, IsNamedByEveryError) {
  const TemporaryDirectory directory;
  const auto file = directory / "a.safetensors";
  const auto read = [&] { return message_of<InvalidRequest>([&] { read_safetensors(file); }); };
  EXPECT_THAT(read(), HasSubstr(file.string())) << "not there";
  write_whole(file, "version https://git-lfs.github.com/spec/v1\n");
  EXPECT_THAT(read(), StartsWith(file.string() + ": "));

  safetensors::File wrong;
  wrong.tensors["W"] = {.dtype = safetensors::DType::kF32, .shape = {3}, .bytes = {}};
  const auto other = directory / "b.safetensors";
  EXPECT_THAT(message_of<InvalidRequest>([&] { write_safetensors(other, wrong); }),
              StartsWith(other.string() + ": "));
  EXPECT_THAT(names_in(directory.path()), ElementsAre("a.safetensors")) << "nothing is left";
}

}  // namespace
}  // namespace superpose::store
