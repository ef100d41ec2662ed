#include "superpose/store/run_study.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "superpose/core/error.h"
#include "superpose/store/files.h"
#include "superpose/store/run_directory.h"
#include "superpose/store/run_experiment.h"
#include "tests/message_of.h"
#include "tests/temporary_directory.h"

namespace superpose::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

study::Study example(std::uint32_t seed = 0) {
  return {.name = "small",
          .seed = seed,
          .kind = study::JohnsonLindenstrauss{.n_points = 5, .n_dimensions = {8}, .eps = {0.9}, .trials = 2}};
}

StudyOptions into(const TemporaryDirectory& directory, bool resume = false) {
  return {.directory = directory / "s", .resume = resume, .measure = {.threads = 1}};
}

TEST(RunStudy, LeavesWhatLoadStudyReads) {
  const TemporaryDirectory directory;
  EXPECT_EQ(run_study(example(), into(directory)), Completion::kFinished);
  EXPECT_THAT(names_in(directory / "s"), ElementsAre("experiment.toml", "measurements.safetensors"));
  const study::StudyRun run = load_study(directory / "s");
  EXPECT_EQ(run.study, example());
  EXPECT_EQ(run.result, measure(example(), {.threads = 2}));
  EXPECT_EQ(noun(find_description(directory / "s").value()), "study");
  EXPECT_FALSE(find_description(directory.path()).has_value()) << "there are none";
}

TEST(RunStudy, ResumesByLeavingAWholeOneAlone) {
  const TemporaryDirectory directory;
  EXPECT_EQ(run_study(example(), into(directory, true)), Completion::kFinished) << "nothing is there";
  EXPECT_EQ(run_study(example(), into(directory, true)), Completion::kAlreadyDone);
  EXPECT_THAT(message_of<InvalidRequest>([&] { run_study(example(1), into(directory, true)); }),
              HasSubstr("expected a study to resume with `"));
  write_whole(directory / "s/claims.json", "[]");
  EXPECT_THROW(run_study(example(1), into(directory)), OtherResults);
  auto overwrite = into(directory);
  overwrite.overwrite = true;
  EXPECT_EQ(run_study(example(1), overwrite), Completion::kFinished);
  EXPECT_EQ(load_study(directory / "s").study, example(1));
  EXPECT_THAT(names_in(directory / "s"), ElementsAre("experiment.toml", "measurements.safetensors"))
      << "claims of the older one";
}

TEST(RunStudy, StoppedGoesOn) {
  const TemporaryDirectory directory;
  StopSource stop;
  stop.request_stop();
  auto options = into(directory);
  options.measure.stop = stop.get_token();
  EXPECT_EQ(run_study(example(), options), Completion::kStopped);
  EXPECT_THAT(names_in(directory / "s"), ElementsAre("checkpoint.safetensors", "experiment.toml"));
  EXPECT_THROW(run_study(example(), into(directory)), Interrupted);
  EXPECT_THAT(message_of<NotFinished>([&] { load_study(directory / "s"); }),
              HasSubstr("the study is not finished"));
  EXPECT_EQ(run_study(example(), into(directory, true)), Completion::kFinished);
}

TEST(RunStudy, InterruptedGoesOnToTheSameBytes) {
  const TemporaryDirectory directory;
  const study::Study study{.kind = study::JohnsonLindenstrauss{
                               .n_points = 40, .n_dimensions = {300}, .eps = {0.9}, .trials = 100}};
  ASSERT_EQ(run_study(study, {.directory = directory / "whole", .measure = {.threads = 1}}),
            Completion::kFinished);
  StopSource stop;
  StudyOptions options{.directory = directory / "s", .checkpoint_seconds = 0};
  options.measure = {.threads = 1, .stop = stop.get_token()};
  std::thread watch([&] {
    while (!is_there(directory / "s/checkpoint.safetensors")) std::this_thread::yield();
    stop.request_stop();
  });
  const Completion end = run_study(study, options);
  watch.join();
  ASSERT_EQ(end, Completion::kStopped);
  options.measure.stop = {};
  options.resume = true;
  EXPECT_EQ(run_study(study, options), Completion::kFinished);
  EXPECT_EQ(read_bytes(directory / "s/measurements.safetensors"),
            read_bytes(directory / "whole/measurements.safetensors"));
  EXPECT_EQ(names_in(directory / "s"), names_in(directory / "whole"));
}

TEST(RunStudy, RefusesTheCheckpointOfAnotherStudy) {
  const TemporaryDirectory directory;
  StopSource stop;
  stop.request_stop();
  for (const std::uint32_t seed : {0U, 1U}) {
    StudyOptions options{.directory = directory / (seed == 0 ? "a" : "b")};
    options.measure = {.threads = 1, .stop = stop.get_token()};
    ASSERT_EQ(run_study(example(seed), options), Completion::kStopped);
  }
  std::filesystem::copy_file(directory / "a/checkpoint.safetensors", directory / "b/checkpoint.safetensors",
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_THAT(message_of<CannotResume>([&] {
                run_study(example(1),
                          {.directory = directory / "b", .resume = true, .measure = {.threads = 1}});
              }),
              HasSubstr("checkpoint.safetensors: expected a checkpoint of this study, got another's"));
}

TEST(RunStudy, LeavesOthersFilesAlone) {
  const TemporaryDirectory directory;
  const auto file = directory / "s/experiment.toml";
  make_writable_directory(directory / "s");
  const std::string by_hand = "# mine\n" + to_toml(example());
  write_whole(file, by_hand);
  EXPECT_THAT(message_of<InvalidRequest>([&] { run_study(example(), into(directory)); }),
              HasSubstr("got one with an experiment.toml that no study wrote"));
  EXPECT_EQ(read_text(file), by_hand);
}

TEST(RunStudy, AndRunsKeepApart) {
  const TemporaryDirectory directory;
  ASSERT_EQ(run_study(example(), into(directory)), Completion::kFinished);
  write_whole(directory / "s/claims.json", "[]");
  const Experiment experiment = parse_experiment(
      {.text = "[model]\nn_features = 2\nn_hidden = 1\n[train]\nsteps = 1\n", .overrides = {}});
  EXPECT_THAT(message_of<InvalidRequest>([&] { run_experiment(experiment, {.directory = directory / "s"}); }),
              HasSubstr("got a study's"));
  EXPECT_THAT(message_of<InvalidRequest>([&] { load_run(directory / "s"); }), HasSubstr("got a study's"));
  EXPECT_EQ(load_study(directory / "s").study, example()) << "nothing changed";

  ASSERT_EQ(run_experiment(experiment, {.directory = directory / "r", .threads = 1}), Completion::kFinished);
  EXPECT_THAT(message_of<InvalidRequest>(
                  [&] { run_study(example(), {.directory = directory / "r", .measure = {.threads = 1}}); }),
              HasSubstr("expected an empty directory or a study's, got a run's"));
  EXPECT_EQ(load_run(directory / "r").experiment, experiment);
}

TEST(LoadStudy, SaysWhichFileIsBroken) {
  const TemporaryDirectory directory;
  ASSERT_EQ(run_study(example(), into(directory)), Completion::kFinished);
  const auto file = directory / "s/measurements.safetensors";
  const auto whole = read_bytes(file);
  for (const std::size_t length : {std::size_t{0}, std::size_t{9}, whole.size() - 1}) {
    write_whole(file, std::span(whole).first(length));
    EXPECT_THAT(message_of<InvalidRequest>([&] { load_study(directory / "s"); }),
                HasSubstr("measurements.safetensors"));
  }
  // Measurements of a study with other numbers.
  ASSERT_EQ(run_study({.kind =
                           study::JohnsonLindenstrauss{
                               .n_points = 5, .n_dimensions = {8}, .eps = {0.9}, .trials = 3}},
                      {.directory = directory / "t", .measure = {.threads = 1}}),
            Completion::kFinished);
  write_whole(file, read_bytes(directory / "t/measurements.safetensors"));
  EXPECT_THAT(message_of<InvalidRequest>([&] { load_study(directory / "s"); }), HasSubstr("distortion"));
}

}  // namespace
}  // namespace superpose::store
