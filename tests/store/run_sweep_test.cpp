#include "superpose/store/run_sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "superpose/core/error.h"
#include "superpose/store/files.h"
#include "tests/message_of.h"
#include "tests/temporary_directory.h"

namespace superpose::store {
namespace {

namespace fs = std::filesystem;

const std::string kText = R"([model]
n_features = 3
n_hidden = 2
[train]
steps = 40
batch_size = 16
[record]
every = 5
[sweep]
grid = { n_hidden = [2, 1], feature_probability = [1.0, 0.3] }
)";

Sweep example() {
  return parse_sweep({.text = kText, .file = "s.toml", .overrides = {}});
}

/// Every file's bytes by its path.
std::map<std::string, std::string> contents(const fs::path& directory) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) {
      files[fs::relative(entry.path(), directory).string()] = read_text(entry.path());
    }
  }
  return files;
}

TEST(RunSweep, PointIsTheInstanceOfAnOrdinaryExperiment) {
  const Sweep sweep = example();
  const TemporaryDirectory directory;
  ASSERT_EQ(run_sweep(sweep, {.directory = directory / "a", .threads = 2}), Completion::kFinished);
  const SweepResults results = load_sweep_results(directory / "a");
  ASSERT_EQ(results.points.size(), 4u);

  // Point 3 is instance 1 of its run: the same instance of an experiment that is otherwise another.
  const SweepPoint& point = results.points[3];
  ASSERT_EQ(point.first_instance, 1);
  const Experiment ordinary =
      parse_experiment({.text = kText.substr(0, kText.find("[sweep]")),
                        .overrides = {"n_hidden=1", "n_instances=3", "feature_probability=[0.9, 0.3, 0.7]"}});
  Trainer trainer(ordinary.ensemble(), ordinary.train, 1);
  trainer.run();
  const TrainedModel expected = trainer.result();
  const run::Run& run = results.runs[point.run];
  EXPECT_TRUE(std::ranges::equal(run.model.W(1), expected.model.W(1)));
  EXPECT_TRUE(std::ranges::equal(run.model.b_final(1), expected.model.b_final(1)));
  EXPECT_EQ(run.loss[1], expected.loss[1]);
  EXPECT_FALSE(std::ranges::equal(run.model.W(0), expected.model.W(0)));

  const auto in_memory = train_sweep(sweep, 1);
  ASSERT_TRUE(in_memory.has_value());
  ASSERT_EQ(in_memory->size(), 2u);
  EXPECT_TRUE(std::ranges::equal((*in_memory)[1].model.W(), run.model.W()));
  StopSource stop;
  stop.request_stop();
  EXPECT_FALSE(train_sweep(sweep, 1, stop.get_token()).has_value());
}

TEST(RunSweep, ValuesInJsonAreOfTheTypesAndInTheOrderOfTheFile) {
  SweepPoint point;
  point.values = {{"train.lr", "1.0"},
                  {"model.n_hidden", "2"},
                  {"data.values", "\"signed\""},
                  {"data.importance", "[1, [0.5]]"},
                  {"data.sets", "[{ \"correlated\" = [0, 1] }]"}};
  EXPECT_EQ(values_json(point),
            R"({"train.lr":1.0,"model.n_hidden":2,"data.values":"signed","data.importance":[1,[0.5]],)"
            R"("data.sets":[{"correlated":[0,1]}]})");
}

TEST(RunSweep, TwiceGivesTheSameBytesInAnyOrderOfJobs) {
  const Sweep sweep = example();
  const TemporaryDirectory directory;
  const Executor backwards = [](const Directory& root, std::span<const Job> jobs, const JobOptions& options) {
    for (std::size_t i = jobs.size(); i > 0; --i) run_in_turn(root, jobs.subspan(i - 1, 1), options);
    return Completion::kFinished;
  };
  run_sweep(sweep, {.directory = directory / "a", .threads = 1});
  run_sweep(sweep, {.directory = directory / "b", .threads = 3, .execute = backwards});
  const auto files = contents(directory / "a");
  EXPECT_EQ(files.size(), 10u);
  EXPECT_TRUE(files == contents(directory / "b"));
}

TEST(RunSweep, StoppedAndResumedGivesTheSameBytes) {
  const Sweep sweep = example();
  const TemporaryDirectory directory;
  run_sweep(sweep, {.directory = directory / "whole"});

  StopSource stop;
  SweepOptions options{.directory = directory / "b", .stop = stop.get_token(), .progress_every = 5};
  // In the middle of the second run.
  options.progress = [&](const TrainingProgress& progress) {
    EXPECT_EQ(progress.steps, 80);
    if (progress.step == 61) stop.request_stop();
  };
  ASSERT_EQ(run_sweep(sweep, options), Completion::kStopped);
  EXPECT_TRUE(is_there(directory / "b" / "runs/000/model.safetensors"));
  EXPECT_TRUE(is_there(directory / "b" / "runs/001/checkpoint.safetensors"));
  EXPECT_FALSE(is_there(directory / "b" / kSweepFile));
  EXPECT_EQ(message_of<NotFinished>([&] { (void)load_sweep_results(directory / "b"); }),
            (directory / "b").string() + ": the sweep is not finished");

  ASSERT_EQ(run_sweep(sweep, {.directory = directory / "b", .resume = true}), Completion::kFinished);
  EXPECT_TRUE(contents(directory / "whole") == contents(directory / "b"));
  EXPECT_EQ(run_sweep(sweep, {.directory = directory / "b", .resume = true}), Completion::kAlreadyDone);
}

TEST(RunSweep, ReplacesAnOlderSweepAndNothingElse) {
  const TemporaryDirectory directory;
  run_sweep(example(), {.directory = directory / "a"});
  write_whole(directory / "a/runs/001/notes.txt", std::string_view("mine"));
  const Sweep smaller = parse_sweep({.text = kText, .file = "s.toml", .overrides = {"steps=3"}});
  EXPECT_NE(message_of<InvalidRequest>([&] {
              run_sweep(smaller, {.directory = directory / "a", .resume = true});
            }).find("got one with"),
            std::string::npos);
  EXPECT_THROW(run_sweep(smaller, {.directory = directory / "a"}), OtherResults);
  EXPECT_EQ(run_sweep(smaller, {.directory = directory / "a", .overwrite = true}), Completion::kFinished);
  EXPECT_EQ(load_sweep_results(directory / "a").runs[0].experiment.train.steps, 3);
  EXPECT_EQ(read_text(directory / "a/runs/001/notes.txt"), "mine");

  // A sweep that somebody wrote is not replaced by its own results.
  fs::create_directories(directory / "b");
  write_whole(directory / "b/experiment.toml", std::string_view(kText));
  EXPECT_THROW(run_sweep(example(), {.directory = directory / "b"}), InvalidRequest);
  EXPECT_EQ(read_text(directory / "b/experiment.toml"), kText);
}

TEST(RunSweep, IsMadeLonger) {
  const TemporaryDirectory directory;
  const Sweep longer = parse_sweep({.text = kText, .file = "s.toml", .overrides = {"steps=70"}});
  run_sweep(example(), {.directory = directory / "a", .threads = 1});
  EXPECT_EQ(run_sweep(longer, {.directory = directory / "a", .threads = 1, .resume = true}),
            Completion::kFinished);
  run_sweep(longer, {.directory = directory / "b", .threads = 1});
  EXPECT_TRUE(contents(directory / "a") == contents(directory / "b"));
}

TEST(RunSweep, ItsRunsBecomeLongerTogetherOnly) {
  const TemporaryDirectory directory;
  run_sweep(example(), {.directory = directory / "a", .threads = 1});
  Experiment longer = example().runs.front();
  longer.train.steps += 10;
  const auto before = contents(directory / "a");
  for (const char* const name : {"a/runs/000", "a/runs/000/"}) {
    EXPECT_THAT(message_of<InvalidRequest>([&] {
                  run_experiment(longer, {.directory = directory / name, .threads = 1, .resume = true});
                }),
                ::testing::HasSubstr("got a run of the sweep in " + (directory / "a").string()));
  }
  EXPECT_TRUE(contents(directory / "a") == before);
}

TEST(RunSweep, ThatCannotBeMadeLongerStaysAsItIs) {
  const TemporaryDirectory directory;
  const Sweep longer = parse_sweep({.text = kText, .file = "s.toml", .overrides = {"steps=70"}});
  run_sweep(example(), {.directory = directory / "a", .threads = 1});
  for (const bool is_there : {true, false}) {
    const auto checkpoint = directory / "a/runs/001/checkpoint.safetensors";
    is_there ? write_whole(checkpoint, std::string_view("garbage")) : void(fs::remove(checkpoint));
    const auto before = contents(directory / "a");
    EXPECT_THROW(run_sweep(longer, {.directory = directory / "a", .resume = true}), CannotResume);
    EXPECT_TRUE(contents(directory / "a") == before);
  }
}

TEST(RunSweep, ItsDirectoryIsNoRun) {
  const TemporaryDirectory directory;
  run_sweep(example(), {.directory = directory / "a"});
  EXPECT_NE(message_of<InvalidRequest>([&] { (void)load_run(directory / "a"); }).find("name one of"),
            std::string::npos);
}

}  // namespace
}  // namespace superpose::store
