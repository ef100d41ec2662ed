#include "superpose/study/results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "superpose/core/error.h"
#include "tests/message_of.h"
#include "tests/study/small_studies.h"

namespace superpose::study {
namespace {

using testing::HasSubstr;

TEST(Measure, GivesTheSameOnAnyNumberOfThreadsAndReadsBack) {
  for (const Study& study : small_studies()) {
    const StudyResult one = measured(study, 1);
    EXPECT_EQ(measured(study, 3), one) << study.name;
    Study other = study;
    other.seed += 1;
    EXPECT_NE(measured(other, 1), one) << study.name;

    const auto file = to_tensors({.study = study, .result = one});
    EXPECT_EQ(file.metadata.at("kind"), kind_name(study));
    EXPECT_EQ(read_result(safetensors::parse(safetensors::serialise(file)), study), one);
    for (const auto& [name, ignored] : file.tensors) {
      auto less = file;
      less.tensors.erase(name);
      EXPECT_THAT(message_of<InvalidRequest>([&] { read_result(less, study); }), HasSubstr(name));
    }
  }
}

TEST(Measure, IsNothingWhenStopped) {
  StopSource stop;
  stop.request_stop();
  for (const Study& study : small_studies())
    EXPECT_FALSE(measure(study, {.stop = stop.get_token()}).has_value());
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
