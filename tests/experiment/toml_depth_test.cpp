#include "superpose/experiment/toml_depth.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "superpose/core/error.h"
#include "superpose/experiment/experiment.h"
#include "superpose/experiment/sweep.h"
#include "superpose/experiment/toml_reader.h"

namespace superpose {
namespace {

using testing::StartsWith;

std::string repeated(std::string_view text, std::size_t count) {
  std::string result;
  for (std::size_t i = 0; i < count; ++i) result += text;
  return result;
}

/// "a.a. ... .a", of that many parts.
std::string dotted(std::size_t parts) {
  return repeated("a.", parts - 1) + "a";
}

/// Whether that is the deepest level of the text: `text(n)` is fine, `text(n + 1)` is not.
template <class TextOf>
void expect_most(std::size_t n, const TextOf& text) {
  EXPECT_EQ(find_too_deep(text(n)), std::nullopt) << text(n);
  EXPECT_NE(find_too_deep(text(n + 1)), std::nullopt) << text(n + 1);
  EXPECT_NO_THROW(parse_toml(text(n), "a.toml"));
  EXPECT_THROW(parse_toml(text(n + 1), "a.toml"), InvalidRequest);
}

TEST(TomlDepth, CountsEveryKindOfLevel) {
  expect_most(kMostTomlLevels, [](std::size_t n) { return dotted(n) + " = 1"; });
  expect_most(kMostTomlLevels - 1, [](std::size_t n) { return "[" + dotted(n) + "]\nb = 1"; });
  expect_most(kMostTomlLevels - 1, [](std::size_t n) { return "[[" + dotted(n) + "]]\nb = 1"; });
  expect_most(kMostTomlLevels - 1,
              [](std::size_t n) { return "a = " + repeated("[", n) + repeated("]", n); });
  expect_most(kMostTomlLevels - 21, [](std::size_t n) {
    return "a." + dotted(9) + " = [1, {" + dotted(n - 1) + " = { " + dotted(8) + " = [ ] } }]";
  });
  expect_most(kMostTomlLevels - 3, [](std::size_t n) { return "[x.y.z]\nb = 1\n" + dotted(n) + " = 1"; });
  expect_most(kMostTomlLevels - 2, [](std::size_t n) { return "a = { b = 1, " + dotted(n) + " = 1 }"; });
}

TEST(TomlDepth, LevelsEndWithTheirBracketsLinesAndHeaders) {
  const std::string lines = repeated(dotted(60) + " = 1\n", 1);
  EXPECT_EQ(find_too_deep(lines + "[" + dotted(60) + "]\nb = [1, [2]]\n[c]\n" + dotted(60) + " = 1"),
            std::nullopt);
  EXPECT_EQ(find_too_deep("a = [" + repeated("[1], {b = 2}, ", 500) + "]\nc = 1.5\n"), std::nullopt);
  EXPECT_EQ(find_too_deep("a = [" + repeated("1.5, ", 500) + "]"), std::nullopt);
}

TEST(TomlDepth, PassesOverStringsAndComments) {
  const std::string deep = repeated("[", 500) + dotted(500);
  for (const std::string& text :
       {"a = \"" + deep + "\"", "a = '" + deep + "'", "a = \"\\\"" + deep + "\"", "# " + deep + "\na = 1",
        "a = \"\"\"\n" + deep + "\n\"" + deep + "\"\"\"", "a = '''\n" + deep + "\n'" + deep + "'''",
        "\"" + dotted(500) + "\" = 1", "a = \"\"  # " + deep, "a = \"\"\"\\\"\"\"\\\"" + deep + "\"\"\""}) {
    EXPECT_EQ(find_too_deep(text), std::nullopt) << text;
    EXPECT_NO_THROW(parse_toml(text, "a.toml")) << text;
  }
}

TEST(TomlDepth, ComesBackFromStrings) {
  for (const std::string begin :
       {R"(a = { s = "", )", R"(a = { s = '', )", R"(a = { s = "\\", )", R"(a = { s = '\', )",
        R"(a = { s = """x""", )", R"(a = { s = """x"""", )", R"(a = { s = """x""""", )",
        R"(a = { s = '''x'''', )", R"(a = { "s".'t' = 1, )"}) {
    EXPECT_EQ(find_too_deep(begin + dotted(3) + " = 1 }"), std::nullopt) << begin;
    EXPECT_NO_THROW(parse_toml(begin + dotted(3) + " = 1 }", "a.toml")) << begin;
    EXPECT_NE(find_too_deep(begin + dotted(500) + " = 1 }"), std::nullopt) << begin;
  }
}

TEST(TomlDepth, SaysWhere) {
  EXPECT_EQ(find_too_deep("b = 1\n" + dotted(200) + " = 1"), (TextPosition{2, 2 * kMostTomlLevels}));
  EXPECT_EQ(find_too_deep("b = '''\n\n'''\na = " + repeated("[", 200)),
            (TextPosition{4, 4 + kMostTomlLevels}));
}

TEST(TomlDepth, SurvivesEndsAnywhere) {
  const std::string text = "[a]\nb = [\"\\\"\", '''x''''', { c.d = \"\"\"y\\\"\"\"\" }] # end\n";
  for (std::size_t n = 0; n <= text.size(); ++n) EXPECT_EQ(find_too_deep(text.substr(0, n)), std::nullopt);
}

// 60 kB of one key: the process would end with SIGSEGV.
TEST(TomlDepth, WhoeverParsesRefuses) {
  const std::string text = dotted(32'000) + " = 1";
  const auto expect_refused = [](const auto& parse) {
    try {
      parse();
      ADD_FAILURE() << "expected InvalidRequest";
    } catch (const InvalidRequest& error) {
      EXPECT_EQ(std::string_view(error.what()),
                fmt::format("deep.toml:1:{}: expected tables and arrays nested at most "
                            "100 deep, got more",
                            2 * kMostTomlLevels));
    }
  };
  expect_refused([&] { parse_experiment({.text = text, .file = "deep.toml", .overrides = {}}); });
  expect_refused([&] { parse_sweep({.text = text, .file = "deep.toml", .overrides = {}}); });
}

TEST(TomlDepth, OverridesToo) {
  EXPECT_NO_THROW(parse_override(dotted(500), {}));  // a bare string
  for (const std::string& value : {repeated("[", 500) + repeated("]", 500), "{ " + dotted(32'000) + " = 1 }",
                                   "1\n" + dotted(32'000) + " = 1"}) {
    try {
      parse_override(value, override_place("name=..."));
      ADD_FAILURE() << "expected InvalidRequest";
    } catch (const InvalidRequest& error) {
      EXPECT_THAT(error.what(), StartsWith("name=...: expected tables and arrays nested at most 100 deep"));
    }
  }
}

}  // namespace
}  // namespace superpose
