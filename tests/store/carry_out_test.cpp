#include "superpose/store/carry_out.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "superpose/core/error.h"
#include "tests/message_of.h"
#include "tests/temporary_directory.h"

namespace superpose::store {
namespace {

using ::testing::HasSubstr;

const std::string kShort =
    "model = { n_features = 3, n_hidden = 2 }\ntrain = { steps = 20, batch_size = 8 }\n";
const std::string kSmallStudy =
    "study = { kind = \"johnson_lindenstrauss\", n_points = 5, n_dimensions = [8], eps = [0.9], trials = 2 "
    "}\n";

Description parsed(const std::string& text) {
  return parse_description({.text = text, .file = "a.toml", .overrides = {}});
}

/// Descriptions of every kind, by what their results are called.
std::vector<std::pair<std::string, Description>> of_every_kind() {
  return {{"run", parsed(kShort)},
          {"sweep", parsed(kShort + "sweep = { grid = { lr = [1.0, 2.0] } }\n")},
          {"study", parsed(kSmallStudy)}};
}

TEST(CarryOut, DoesWhateverIsAsked) {
  const TemporaryDirectory directory;
  for (const auto& [kind, description] : of_every_kind()) {
    SCOPED_TRACE(kind);
    CarryOutOptions options{.directory = directory / kind, .threads = 1};
    EXPECT_EQ(carry_out(description, options), Completion::kFinished);
    EXPECT_EQ(noun(find_description(directory / kind).value()), kind);
    options.resume = true;
    EXPECT_EQ(carry_out(description, options), Completion::kAlreadyDone);
    options.overwrite = true;
    EXPECT_THAT(message_of<InvalidRequest>([&] { carry_out(description, options); }),
                HasSubstr("resume, overwrite: expected one of them"));
  }
}

TEST(CarryOut, StopsAndReplacesOnlyWhatItMay) {
  StopSource stop;
  stop.request_stop();
  for (const auto& [kind, description] : of_every_kind()) {
    SCOPED_TRACE(kind);
    const TemporaryDirectory directory;
    for (const auto& [other, there] : of_every_kind()) {
      if (other == kind) continue;
      carry_out(there, {.directory = directory.path(), .threads = 1, .overwrite = true});
      CarryOutOptions options{.directory = directory.path(), .threads = 1, .stop = stop.get_token()};
      EXPECT_THROW(carry_out(description, options), OtherResults);
      options.overwrite = true;
      EXPECT_EQ(carry_out(description, options), Completion::kStopped);
    }
  }
}

TEST(CarryOut, TellsTheProgressOfTheWhole) {
  const TemporaryDirectory directory;
  for (const auto& [kind, description] : of_every_kind()) {
    SCOPED_TRACE(kind);
    std::vector<std::int64_t> steps;
    std::int64_t all = 0;
    CarryOutOptions options{.directory = directory / kind, .threads = 1};
    options.progress = [&](const TrainingProgress& progress) {
      steps.push_back(progress.step);
      all = progress.steps;
    };
    carry_out(description, options);
    if (kind == "study") {
      EXPECT_TRUE(steps.empty());
      continue;
    }
    ASSERT_FALSE(steps.empty());
    EXPECT_TRUE(std::ranges::is_sorted(steps));
    EXPECT_EQ(all, kind == "sweep" ? 40 : 20);
    EXPECT_EQ(steps.back(), all);
  }
}

TEST(ProgressObserver, IsCalledWhereTheHistoryIsRecordedOrOftener) {
  Experiment experiment;
  experiment.record.every = 30;
  const auto every = [&](std::int64_t steps) {
    experiment.train.steps = steps;
    return progress_observer(experiment, {}).first;
  };
  EXPECT_EQ(every(20), 1);
  EXPECT_EQ(every(1000), 10);
  EXPECT_EQ(every(10000), 30);
}

}  // namespace
}  // namespace superpose::store
