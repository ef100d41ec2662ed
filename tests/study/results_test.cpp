#include "superpose/study/results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <span>
#include <string>
#include <utility>
#include <variant>
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

TEST(Losses, AreThoseOfTrainedModels) {
  for (const Study& study : small_studies()) {
    const StudyResult result = measured(study, 1);
    const auto* sensing = std::get_if<CompressedSensingResult>(&result);
    EXPECT_EQ(losses(result), sensing == nullptr ? std::vector<float>() : sensing->loss) << study.name;
    EXPECT_EQ(losses(result).size(), sensing == nullptr ? 0U : 4U) << "two sizes, two densities";
  }
}

TEST(Measure, IsNothingWhenStopped) {
  StopSource stop;
  stop.request_stop();
  for (const Study& study : small_studies())
    EXPECT_FALSE(measure(study, {.stop = stop.get_token()}).has_value());
}

/// Measures a study in pieces of one task, each as after an interruption. returns: the result and the pieces.
std::pair<StudyResult, int> measured_in_pieces(const Study& study) {
  StudyResult result = empty_result(study);
  std::vector<std::uint8_t> done;
  for (int pieces = 1;; ++pieces) {
    StopSource stop;
    const auto save = [&](std::span<const std::uint8_t> now, bool stopped) {
      done.assign(now.begin(), now.end());
      if (!stopped) stop.request_stop();
    };
    const bool is_whole =
        measure(study, {.threads = 1, .stop = stop.get_token(), .done = done, .save = save}, result);
    if (is_whole) return {result, pieces};
  }
}

TEST(Measure, InPiecesIsTheSame) {
  for (const Study& study : small_studies()) {
    const auto [result, pieces] = measured_in_pieces(study);
    EXPECT_EQ(result, measured(study, 1)) << study.name;
    EXPECT_GT(pieces, 5) << study.name;
  }
}

}  // namespace
}  // namespace superpose::study
