#include "superpose/store/figure_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "superpose/core/error.h"
#include "superpose/store/files.h"
#include "tests/message_of.h"
#include "tests/temporary_directory.h"

namespace superpose::store {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

drawing::Figure empty_figure() {
  return {.width = 100, .height = 100, .title = "empty"};
}

TEST(Render, KnowsFormatsBySuffix) {
  EXPECT_EQ(check_format("a/b.svg"), FileFormat::kSvg);
  EXPECT_EQ(check_format("b.PDF"), FileFormat::kPdf);
  EXPECT_EQ(check_format("b.c.png"), FileFormat::kPng);
  EXPECT_EQ(check_format("b.html"), FileFormat::kHtml);
}

TEST(Render, RefusesOtherSuffixes) {
  EXPECT_THAT(
      [] { check_format("b.jpeg"); },
      ThrowsMessage<InvalidRequest>(AllOf(HasSubstr("b.jpeg"), HasSubstr(".svg, .pdf, .png, .html"))));
  EXPECT_THAT([] { check_format("figure"); }, ThrowsMessage<InvalidRequest>(HasSubstr("no suffix")));
  EXPECT_THROW(check_format(""), InvalidRequest);
  EXPECT_THROW(check_format(".svg"), InvalidRequest);
  EXPECT_THROW(render(empty_figure(), "b.gif"), InvalidRequest);
}

TEST(Render, RefusesTheNameOfADirectory) {
  const TemporaryDirectory directory;
  std::filesystem::create_directory(directory / "a.svg");
  EXPECT_EQ(message_of<InvalidRequest>([&] { check_format(directory / "a.svg"); }),
            (directory / "a.svg").string() + ": expected a file, got a directory");
}

TEST(Render, WritesEveryFormat) {
  const std::filesystem::path directory =
      std::filesystem::path(::testing::TempDir()) / "superpose_render_test";
  std::filesystem::create_directories(directory);
  struct Expected {
    std::string name, beginning;
  };
  for (const auto& [name, beginning] :
       {Expected{"f.svg", "<?xml"}, Expected{"f.pdf", "%PDF"}, Expected{"f.png", "\x89PNG"},
        Expected{"f.html", "<!DOCTYPE html>"}}) {
    render(empty_figure(), directory / name);
    EXPECT_TRUE(read_text(directory / name).starts_with(beginning)) << name;
  }
  std::filesystem::remove_all(directory);
}

TEST(Render, SaysWhenAFileCannotBeWritten) {
  EXPECT_THROW(render(empty_figure(), "/nonexistent-directory/f.svg"), Error);
}

}  // namespace
}  // namespace superpose::store
