#include "superpose/experiment/experiment_sets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "superpose/core/error.h"
#include "tests/message_of.h"

namespace superpose {
namespace {

using ::testing::StartsWith;
using Rule = FeatureSet::Rule;

FeatureSet leaf(std::int64_t feature) {
  return {.rule = Rule::kFeature, .feature = feature};
}

/// Reads `sets = TEXT` of an experiment with n features.
std::vector<FeatureSet> read(const std::string& text, std::int64_t n_features = 3) {
  const toml::table document = parse_toml("sets = " + text, "a.toml");
  return read_sets(TomlValue(*document.get("sets"), "data", "sets", "a.toml"), n_features);
}

std::string refusal(const std::string& text) {
  return message_of<InvalidRequest>([&] { read(text); });
}

TEST(ReadSets, ReadsEveryRule) {
  EXPECT_EQ(read("[]"), std::vector<FeatureSet>());
  EXPECT_EQ(read("[{ correlated = [2, 0] }, { anticorrelated = [1] }]"),
            (std::vector<FeatureSet>{{.rule = Rule::kCorrelated, .members = {leaf(2), leaf(0)}},
                                     {.rule = Rule::kAnticorrelated, .members = {leaf(1)}}}));
  EXPECT_EQ(read("[{ exactly = 2, of = [0, 1, 2] }]"),
            (std::vector<FeatureSet>{
                {.rule = Rule::kExactly, .count = 2, .members = {leaf(0), leaf(1), leaf(2)}}}));
}

TEST(ReadSets, TakesAllForEveryFeature) {
  EXPECT_EQ(read("[{ exactly = 3, of = 'all' }]"), read("[{ exactly = 3, of = [0, 1, 2] }]"));
}

TEST(ReadSets, TakesASetForAMember) {
  const FeatureSet inner{.rule = Rule::kAnticorrelated, .probability = 0.5, .members = {leaf(0), leaf(1)}};
  EXPECT_EQ(read("[{ correlated = [2, { anticorrelated = [0, 1], probability = 0.5 }] }]"),
            (std::vector<FeatureSet>{{.rule = Rule::kCorrelated, .members = {leaf(2), inner}}}));
}

TEST(ReadSets, CountsAnInnerSetAsOneMember) {
  EXPECT_EQ(read("[{ exactly = 2, of = [0, { correlated = [1, 2] }] }]").front().count, 2);
  EXPECT_EQ(refusal("[{ exactly = 3, of = [0, { correlated = [1, 2] }] }]"),
            "a.toml:1:21: [data] sets[0] exactly: expected a whole number from 1 to 2, got 3");
}

TEST(ReadSets, RefusesWhatIsNoSet) {
  EXPECT_EQ(refusal("1"), "a.toml:1:8: [data] sets: expected an array, got 1");
  for (const char* set :
       {"1", "{ }", "{ correlated = [0], of = [1] }", "{ exactly = 1 }", "{ of = [0] }",
        "{ correlated = [0], anticorrelated = [1] }", "{ correlated = [0], exactly = 1 }"}) {
    EXPECT_THAT(
        refusal(std::string("[") + set + "]"),
        StartsWith("a.toml:1:9: [data] sets[0]: expected { correlated = [...] }, { anticorrelated = [...] } "
                   "or { exactly = COUNT, of = [...] }, got "))
        << set;
  }
}

TEST(ReadSets, NamesAKeyThatNoSetHas) {
  EXPECT_EQ(refusal("[{ corelated = [0, 1] }]"),
            "a.toml:1:11: [data] sets[0]: unknown key `corelated`; did you mean `correlated`?");
  EXPECT_EQ(refusal("[{ correlated = [2, { exactly = 1, off = [0, 1] }] }]"),
            "a.toml:1:43: [data] sets[0] correlated[1]: unknown key `off`; did you mean `of`?");
  EXPECT_EQ(refusal("[{ one_of = [0] }]"),
            "a.toml:1:11: [data] sets[0]: unknown key `one_of`; known: correlated, anticorrelated, exactly, "
            "of, probability");
}

TEST(ReadSets, SaysWhichPartIsWrong) {
  const std::vector<std::pair<std::string, std::string>> refusals = {
      {"[{ correlated = [0, 3] }]",
       "28: [data] sets[0] correlated[1]: expected a whole number from 0 to 2, got 3"},
      {"[{ correlated = [-1] }]",
       "25: [data] sets[0] correlated[0]: expected a whole number from 0 to 2, got -1"},
      {"[{ correlated = ['all'] }]",
       "25: [data] sets[0] correlated[0]: expected a whole number from 0 to 2, got \"all\""},
      {"[{ correlated = [0, 1] }, { anticorrelated = [1, 2] }]",
       "54: [data] sets[1] anticorrelated[0]: expected a feature in one set only, got 1 again"},
      {"[{ correlated = [0, { anticorrelated = [1, 0] }] }]",
       "51: [data] sets[0] correlated[1] anticorrelated[1]: expected a feature in one set only, got 0 again"},
      {"[{ correlated = [0] }, { correlated = 'all' }]",
       "46: [data] sets[1] correlated: expected a feature in one set only, got 0 again"},
      {"[{ correlated = [] }]",
       "24: [data] sets[0] correlated: expected an array of features and sets, got an empty one"},
      {"[{ correlated = 'some' }]",
       "24: [data] sets[0] correlated: expected an array of features and sets, or \"all\", got \"some\""},
      {"[{ exactly = 4, of = 'all' }]",
       "21: [data] sets[0] exactly: expected a whole number from 1 to 3, got 4"},
      {"[{ exactly = 0, of = 'all' }]", "21: [data] sets[0] exactly: expected a whole number above 0, got 0"},
      {"[{ correlated = [0, 1], probability = 0.5 }]",
       "46: [data] sets[0] probability: an outermost set has the feature_probability of its features"},
      {"[{ correlated = [0, { anticorrelated = [1, 2], probability = 0 }] }]",
       "69: [data] sets[0] correlated[1] probability: expected a number from 1e-06 to 1, got 0"}};
  for (const auto& [text, expected] : refusals) EXPECT_EQ(refusal(text), "a.toml:1:" + expected);
}

TEST(SetsText, ReadsBackTheSame) {
  for (const char* text :
       {"[]", "[{ correlated = [2, 0] }, { anticorrelated = [1] }]", "[{ exactly = 2, of = [0, 1, 2] }]",
        "[{ correlated = [2, { anticorrelated = [0, 1], probability = 1e-06 }] }]",
        "[{ exactly = 1, of = [{ exactly = 1, of = [0, 1], probability = 0.1 }, { correlated = [2] }] }]"}) {
    EXPECT_EQ(sets_text(read(text)), text);
  }
}

TEST(SetsText, ListsEveryFeatureOfAll) {
  EXPECT_EQ(sets_text(read("[{ correlated = 'all' }]")), "[{ correlated = [0, 1, 2] }]");
}

}  // namespace
}  // namespace superpose
