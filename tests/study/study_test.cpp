#include "superpose/study/study.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/experiment/experiment_keys.h"
#include "tests/study/parse.h"

namespace superpose::study {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::string kPacking = "name = \"mine\"\n[study]\nkind = \"almost_orthogonal\"\n";

TEST(Study, NeedsOnlyItsKind) {
  const Study study = parse("[study]\nkind = \"johnson_lindenstrauss\"\n");
  EXPECT_EQ(study, (Study{.name = "study", .seed = 0, .kind = JohnsonLindenstrauss()}));
  EXPECT_EQ(parse(kPacking).name, "mine");
  EXPECT_EQ(parse("", {"kind=compressed_sensing"}).kind, StudyKind(CompressedSensing()));
}

TEST(Study, ReadsItsKeysAndOverrides) {
  const Study study =
      parse(kPacking + "seed = 4\neps = [0.25, 0.5]\npatience = 7\n", {"study.patience=8", "steps = 9"});
  EXPECT_EQ(study.seed, 4U);
  const auto& packing = std::get<AlmostOrthogonal>(study.kind);
  EXPECT_EQ(packing.eps, (std::vector<double>{0.25, 0.5}));
  EXPECT_EQ(packing.patience, 8);
  EXPECT_EQ(packing.steps, 9);
  EXPECT_EQ(
      std::get<CompressedSensing>(parse(kPacking, {"values=uniform", "kind=compressed_sensing"}).kind).values,
      SparseValues::kUniform)
      << "whichever comes first, the kind says what keys there are";
}

TEST(Study, WrittenOutReadsBackTheSame) {
  for (const char* kind : {"johnson_lindenstrauss", "almost_orthogonal", "compressed_sensing"}) {
    Study study = parse(std::string("[study]\nkind = \"") + kind + "\"\n", {"seed=4294967295", "trials=3"});
    study.name = "a \"b\"\n";
    EXPECT_EQ(parse(to_toml(study)), study) << to_toml(study);
    EXPECT_EQ(to_toml(parse(to_toml(study))), to_toml(study));
    EXPECT_EQ(kind_name(study), kind);
  }
}

TEST(Study, SaysWhereARequestIsWrong) {
  EXPECT_EQ(refusal("name = \"a\"\n"), "s.toml: expected a [study], got none");
  EXPECT_EQ(refusal("study = 3\n"), "s.toml:1:9: [study]: expected a table, got 3");
  EXPECT_EQ(refusal("[study]\n"),
            "s.toml:1:1: [study] kind: expected one of johnson_lindenstrauss, almost_orthogonal, "
            "compressed_sensing, got nothing");
  EXPECT_THAT(refusal("[study]\nkind = \"welch\"\n"),
              StartsWith("s.toml:2:8: [study] kind: expected one of"));
  EXPECT_EQ(refusal("[study]\nkind = \"johnson_lindenstraus\"\n"),
            "s.toml:2:8: [study] kind: expected one of johnson_lindenstrauss, almost_orthogonal, "
            "compressed_sensing, got \"johnson_lindenstraus\"; did you mean \"johnson_lindenstrauss\"?");
  EXPECT_EQ(refusal(kPacking + "patiense = 3\n"),
            "s.toml:4:1: [study]: unknown key `patiense`; did you mean `patience`?");
  EXPECT_THAT(refusal(kPacking + "[model]\nn_features = 3\n"),
              StartsWith("s.toml:4:2: unknown table [model]; known: [study]"));
  EXPECT_EQ(refusal(kPacking + "eps = [0.5, 1.5]\n"),
            "s.toml:4:13: [study] eps[1]: expected a number of at least 0.1 and below 1, got 1.5");
  EXPECT_EQ(refusal(kPacking + "eps = []\n"),
            "s.toml:4:7: [study] eps: expected an array of 1 to 1000 numbers, got an array of 0");
  EXPECT_EQ(refusal(kPacking + "eps = 0.5\n"), "s.toml:4:7: [study] eps: expected an array, got 0.5");
  EXPECT_EQ(refusal("[study]\nkind = \"compressed_sensing\"\nvalues = \"unifrom\"\n"),
            "s.toml:3:10: [study] values: expected one of normal, uniform, got \"unifrom\"; did you mean "
            "\"uniform\"?");
  EXPECT_EQ(refusal(kPacking, {"restarts=0"}),
            "restarts=0: [study] restarts: expected a whole number above 0, got 0");
  EXPECT_EQ(refusal(kPacking, {"n_points=3"}),
            "n_points=3: unknown key `n_points`; " +
                refusal(kPacking, {"qqqqqqqqq=1"})
                    .substr(std::string("qqqqqqqqq=1: unknown key `qqqqqqqqq`; ").size()))
      << "another kind's";
  EXPECT_THAT(refusal(kPacking, {"study.step=3"}), HasSubstr("did you mean `study.steps`?"));
  EXPECT_THAT(refusal(kPacking, {"seed=-1"}), StartsWith("seed=-1: [study] seed: expected a whole number"));
}

TEST(KeysOf, AreTheKindsOwn) {
  const Study study = parse(kPacking);
  EXPECT_TRUE(names_key("patience=1", keys_of(study)));
  EXPECT_TRUE(names_key("study.seed=1", keys_of(study)));
  EXPECT_TRUE(names_key("name=x", keys_of(study)));
  EXPECT_FALSE(names_key("n_points=1", keys_of(study)));
}

}  // namespace
}  // namespace superpose::study
