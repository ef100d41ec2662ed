#include "superpose/study/compressed_sensing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "tests/study/parse.h"

namespace superpose::study {
namespace {

using testing::HasSubstr;

TEST(CompressedSensing, RefusesToyModelsThatCannotBe) {
  const std::string text = "[study]\nkind = \"compressed_sensing\"\nn_hidden = [5]\n";
  EXPECT_EQ(refusal(text), "s.toml:3:12: [study] n_hidden: expected one for each of the 2 n_features, got 1");
  EXPECT_EQ(std::get<CompressedSensing>(parse(text, {"n_features=[7]"}).kind).n_features,
            (std::vector<std::int64_t>{7}));
  EXPECT_THAT(refusal(text, {"values=cauchy"}), HasSubstr("expected one of normal, uniform, got \"cauchy\""));
  // The largest there are: 200 GiB and more.
  EXPECT_THAT(
      refusal(text, {"n_features=[5000]", "n_hidden=[1000]", array_of("feature_probability", 1000, "0.5")}),
      HasSubstr("of memory that this process may use, got ones"));
}

TEST(ToyExperiment, IsWhatItSays) {
  const CompressedSensing study{.n_features = {6, 9}, .n_hidden = {2, 3}, .feature_probability = {0.5, 0.1}};
  const Experiment toy = toy_experiment(study, 1, 7);
  EXPECT_EQ(toy.model.shape, (Shape{.n_instances = 2, .n_features = 9, .n_hidden = 3}));
  EXPECT_EQ(toy.feature_probability()[9], 0.1F);
  EXPECT_EQ(toy.train.seed, 7U);
}

}  // namespace
}  // namespace superpose::study
