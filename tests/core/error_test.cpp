#include "superpose/core/error.h"

#include <gtest/gtest.h>

#include <string>

namespace superpose {
namespace {

const Fault kFault{.place = {.kind = Place::Kind::kFile, .name = "intro.toml", .line = 4, .column = 14},
                   .section = "model",
                   .key = "n_hidden",
                   .expected = "a whole number above 0",
                   .got = "0"};

TEST(Error, SaysWhereWhatWasExpectedAndWhatWasGot) {
  EXPECT_EQ(describe(kFault), "intro.toml:4:14: [model] n_hidden: expected a whole number above 0, got 0");
  EXPECT_STREQ(InvalidRequest(kFault).what(), describe(kFault).c_str());
  EXPECT_EQ(InvalidRequest(kFault).fault(), kFault);
}

TEST(Error, LeavesOutWhatIsNotKnown) {
  EXPECT_EQ(describe(Fault{.problem = "no such file"}), "no such file");
  EXPECT_EQ(describe(Fault{.key = "sets", .expected = "a set"}), "sets: expected a set");
  EXPECT_EQ(describe(Fault{.place = {.kind = Place::Kind::kFile, .name = "a.toml"},
                           .problem = "unknown key `step`",
                           .hint = "did you mean `steps`?"}),
            "a.toml: unknown key `step`; did you mean `steps`?");
}

TEST(Error, NamesASectionWithItsKeyOrAlone) {
  EXPECT_EQ(describe(Fault{.section = "train", .problem = "unknown key `step`"}),
            "[train]: unknown key `step`");
  EXPECT_EQ(qualified_key({.section = "train", .key = "steps"}), "[train] steps");
  EXPECT_EQ(qualified_key({.key = "steps"}), "steps");
}

TEST(Error, ClipsWhatSomebodyWroteAtLength) {
  const std::string line = describe(Fault{.key = std::string(100000, 'k'), .got = std::string(3000, 'x')});
  EXPECT_LT(line.size(), 500U);
  std::string begin(200, 'k');
  begin += "..., got xxx";
  EXPECT_TRUE(line.starts_with(begin)) << line;
  std::string arrows;
  for (int i = 0; i < 100; ++i) arrows += "\u2192";
  std::string clipped = arrows.substr(0, 198);  // whole characters
  clipped += "...";
  EXPECT_EQ(describe(Fault{.key = arrows}), clipped);
}

TEST(Error, LeavesTheWordsForAnOverrideToTheCaller) {
  const Fault fault{
      .place = {.kind = Place::Kind::kOverride, .name = "seed=-1"}, .section = "train", .key = "seed"};
  EXPECT_EQ(describe(fault), "seed=-1: [train] seed");
  EXPECT_EQ(describe(fault, "--set "), "--set seed=-1: [train] seed");
}

TEST(Error, BeginsWithTheArgument) {
  const Fault fault{
      .place = argument_place("figure intro"), .expected = "a run's directory", .got = "a study's"};
  EXPECT_EQ(fault.place.kind, Place::Kind::kArgument);
  EXPECT_EQ(describe(fault), "figure intro: expected a run's directory, got a study's");
}

TEST(Error, IsMovedToAPlaceThatIsKnownFurtherOut) {
  const InvalidRequest inner(Fault{.key = "tensor \"W\"", .expected = "float32", .got = "int8"});
  const InvalidRequest outer = inner.at({.kind = Place::Kind::kFile, .name = "model.safetensors"}, "header");
  EXPECT_STREQ(outer.what(), "model.safetensors: header tensor \"W\": expected float32, got int8");
  EXPECT_EQ(outer.fault().got, "int8");
}

}  // namespace
}  // namespace superpose
