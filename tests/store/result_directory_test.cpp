#include "superpose/store/result_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "superpose/store/files.h"
#include "superpose/store/run_experiment.h"
#include "superpose/store/run_study.h"
#include "superpose/store/run_sweep.h"
#include "tests/message_of.h"
#include "tests/temporary_directory.h"

namespace superpose::store {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Experiment small() {
  Experiment experiment;
  experiment.model.shape = {.n_instances = 1, .n_features = 3, .n_hidden = 2};
  experiment.train.steps = 8;
  experiment.train.batch_size = 16;
  experiment.record.every = 4;
  return experiment;
}

/// The names of the files that a kind of results leaves, figures and runs below apart.
std::vector<std::string_view> whole_files(const Description& description) {
  if (std::holds_alternative<Sweep>(description)) return {kSweepFile};
  if (std::holds_alternative<study::Study>(description)) return {kMeasurementsFile, kClaimsFile};
  return {kHistoryFile, kRestartsFile, kModelFile, kClaimsFile};
}

TEST(ResultDirectory, AMovedRunAndTheOneThatTookItsNameBothSurvive) {
  const TemporaryDirectory directory;
  Experiment other = small();
  other.train.seed = 1;
  RunOptions options{.directory = directory / "out", .threads = 1};
  options.observers.emplace_back(8, [&](const Observation& seen) {
    if (seen.step != 0) return;
    fs::rename(directory / "out", directory / "moved");
    EXPECT_EQ(run_experiment(other, {.directory = directory / "out", .threads = 1}), Completion::kFinished);
  });
  const RunEnd end = run_experiment(small(), options);
  EXPECT_EQ(end.completion, Completion::kFinished);
  EXPECT_TRUE(end.directory.is_moved());
  EXPECT_EQ(load_run(end.directory).experiment, small());
  EXPECT_EQ(load_run(directory / "moved").experiment, small());
  EXPECT_EQ(load_run(directory / "out").experiment, other);
}

TEST(ResultDirectory, AMovedSweepGoesOnWhereItIs) {
  const TemporaryDirectory directory;
  const Sweep sweep =
      parse_sweep({.text = "[model]\nn_features = 3\nn_hidden = 2\n[train]\nsteps = 4\n[record]\nevery = 2\n"
                           "[sweep]\ngrid = { n_hidden = [1, 2] }\n",
                   .file = "s.toml",
                   .overrides = {}});
  SweepOptions options{.directory = directory / "out", .threads = 1, .progress_every = 1};
  options.progress = [&](const TrainingProgress& progress) {
    if (progress.step == 1) fs::rename(directory / "out", directory / "moved");
  };
  EXPECT_EQ(run_sweep(sweep, options), Completion::kFinished);
  EXPECT_FALSE(is_there(directory / "out"));
  EXPECT_EQ(load_sweep_results(directory / "moved").runs.size(), 2U);
}

/// A run in a process of its own that may not write files as large as its checkpoint.
/// returns: what it was warned of, a line each.
std::string train_with_small_files(const fs::path& directory, rlim_t bytes, bool stop_half_way) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = bytes, .rlim_max = bytes};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    Experiment experiment = small();
    experiment.model.shape = {.n_instances = 1, .n_features = 60, .n_hidden = 20};
    StopSource stop;
    RunOptions options{.directory = directory,
                       .threads = 1,
                       .overwrite = true,
                       .checkpoint_seconds = 0,
                       .stop = stop.get_token()};
    options.observers.emplace_back(1, [&](const Observation& seen) {
      if (stop_half_way && seen.step >= 4) stop.request_stop();
    });
    options.warn = [&](const std::string& line) {
      const std::string said = line + "\n";
      [[maybe_unused]] const auto written = ::write(ends[1], said.data(), said.size());
    };
    const std::string end = message_of<Error>([&] {
      const Completion completion = run_experiment(experiment, options);
      options.warn(completion == Completion::kFinished ? "finished" : "stopped");
    });
    if (end != "(nothing thrown)") options.warn("failed: " + end);
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string said;
  char chunk[256];
  for (ssize_t got = 0; (got = ::read(ends[0], chunk, sizeof chunk)) > 0;)
    said.append(chunk, static_cast<std::size_t>(got));
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return said;
}

TEST(ResultDirectory, ACheckpointThatCannotBeWrittenEndsNothing) {
  const TemporaryDirectory directory;
  const std::string failure =
      (directory / "run/checkpoint.safetensors").string() + ": cannot be written: file too large";
  const std::string warning = failure + "; the run goes on, and tries again later\n";
  // The model has 1,260 parameters, so 5 KB; a checkpoint three times as many and the text.
  EXPECT_EQ(train_with_small_files(directory / "run", 10000, /*stop_half_way=*/false),
            warning + failure + "; a longer run starts over\nfinished\n");
  EXPECT_EQ(load_run(directory / "run").history.rows(), 3U);
  EXPECT_THAT(names_in(directory / "run"),
              ElementsAre("experiment.toml", "history.safetensors", "model.safetensors"));
  EXPECT_EQ(train_with_small_files(directory / "run", 10000, /*stop_half_way=*/true),
            warning + failure + "; to resume starts over\nstopped\n");
  // The results' own failure is fatal.
  EXPECT_THAT(train_with_small_files(directory / "run", 3000, /*stop_half_way=*/false),
              HasSubstr("failed: " + (directory / "run/model.safetensors").string() + ": cannot be written"));
}

// Trained on a larger machine.
TEST(ResultDirectory, IsReadWhereItsTrainingWouldNotFitInMemory) {
  const TemporaryDirectory directory;
  run_experiment(small(), {.directory = directory / "run", .threads = 1});
  Experiment larger = small();
  larger.train.steps = 4'000'000'000;
  larger.record.every = 1;
  EXPECT_THAT(message_of<InvalidRequest>([&] {
                (void)parse_description(
                    {.text = to_toml(larger), .file = "a.toml", .overrides = {}, .memory_limit = 1e9});
              }),
              HasSubstr("of memory that this process may use"));
  write_whole(directory / "run/experiment.toml", to_toml(larger));
  EXPECT_EQ(message_of<InvalidRequest>([&] { (void)load_run(directory / "run"); }),
            (directory / "run/history.safetensors").string() +
                ": tensor \"step\": expected I64 (4000000000), got I64 (3)");
  fs::remove(directory / "run/history.safetensors");
  EXPECT_EQ(load_run(directory / "run").experiment, larger);
}

TEST(ResultDirectory, StaleFiguresGoWithTheResultsThatTheyShow) {
  const TemporaryDirectory directory;
  run_experiment(small(), {.directory = directory / "out", .threads = 1});
  fs::create_directory(directory / "out/figures");
  for (const std::string_view name : {"intro.svg", "intro.html", "mine.svg", "notes.txt"})
    write_whole(directory / "out/figures" / name, "of the older run");
  EXPECT_EQ(run_experiment(small(), {.directory = directory / "out", .resume = true}),
            Completion::kAlreadyDone);
  EXPECT_EQ(names_in(directory / "out/figures").size(), 4U) << "the results are the same";
  run_experiment(small(), {.directory = directory / "out", .threads = 1, .overwrite = true});
  EXPECT_THAT(names_in(directory / "out/figures"), ElementsAre("mine.svg", "notes.txt"));
}

TEST(ResultDirectory, LeavesTheFiguresOfADirectoryWithoutResults) {
  const TemporaryDirectory directory;
  fs::create_directory(directory / "figures");
  write_whole(directory / "figures/intro.svg", "of an article");
  run_experiment(small(), {.directory = directory.path(), .threads = 1});
  EXPECT_EQ(read_text(directory / "figures/intro.svg"), "of an article");
}

// A project's own file beside the directory of its runs.
TEST(ResultDirectory, ASweepWrittenByHandStaysWithTheRunsBesideIt) {
  const TemporaryDirectory directory;
  const std::string by_hand =
      "# mine\n[model]\nn_features = 4\nn_hidden = 2\n[train]\nsteps = 5\n"
      "[sweep.grid]\n\"train.seed\" = [1, 2]\n";
  write_whole(directory / "experiment.toml", by_hand);
  fs::create_directory(directory / "runs");
  run_experiment(small(), {.directory = directory / "runs/first", .threads = 1});
  const auto sweep = std::get<Sweep>(parse_description({.text = by_hand, .file = "a.toml", .overrides = {}}));
  for (const bool overwrite : {false, true}) {
    EXPECT_THAT(message_of<InvalidRequest>([&] {
                  run_sweep(sweep, {.directory = directory.path(), .threads = 1, .overwrite = overwrite});
                }),
                HasSubstr("got one with an experiment.toml that no sweep wrote and that would be replaced"));
  }
  EXPECT_EQ(read_text(directory / "experiment.toml"), by_hand);
  EXPECT_EQ(load_run(directory / "runs/first").experiment, small());
}

TEST(ResultDirectory, OnlyItsOwnRunsGoWithASweep) {
  const TemporaryDirectory directory;
  const auto sweep =
      std::get<Sweep>(parse_description({.text = "[model]\nn_features = 4\nn_hidden = 2\n[train]\nsteps = 5\n"
                                                 "[sweep.grid]\n\"train.seed\" = [1]\n",
                                         .file = "a.toml",
                                         .overrides = {}}));
  run_sweep(sweep, {.directory = directory / "out", .threads = 1});
  run_experiment(small(), {.directory = directory / "out/runs/mine", .threads = 1});
  run_experiment(small(), {.directory = directory / "elsewhere", .threads = 1});
  fs::create_directory_symlink("../../elsewhere", directory / "out/runs/007");
  run_sweep(sweep, {.directory = directory / "out", .threads = 1});
  EXPECT_EQ(load_run(directory / "out/runs/mine").experiment, small());
  EXPECT_EQ(load_run(directory / "elsewhere").experiment, small());
}

TEST(ResultDirectory, TellsOfLinksThatItReplaces) {
  const TemporaryDirectory directory;
  run_experiment(small(), {.directory = directory / "first", .threads = 1});
  fs::create_directory(directory / "out");
  for (const std::string_view name : {"experiment.toml", "model.safetensors"})
    fs::create_symlink("../first/" + std::string(name), directory / "out" / name);
  const std::string before = read_text(directory / "first/model.safetensors");
  std::vector<std::string> warnings;
  Experiment other = small();
  other.train.seed = 1;
  run_experiment(other, {.directory = directory / "out",
                         .threads = 1,
                         .overwrite = true,
                         .warn = [&](const std::string& line) { warnings.push_back(line); }});
  const auto line = [&](std::string_view name) {
    return (directory / "out" / name).string() + ": was a link to ../first/" + std::string(name) +
           ", which stays as it is: the link is replaced";
  };
  EXPECT_THAT(warnings, ElementsAre(line("model.safetensors"), line("experiment.toml")));
  EXPECT_EQ(read_text(directory / "first/model.safetensors"), before);
  EXPECT_EQ(load_run(directory / "out").experiment, other);
}

TEST(ResultDirectory, GoesOnWithItsOwnDescriptionOnly) {
  const TemporaryDirectory directory;
  const Description run = small();
  EXPECT_EQ(look(directory / "out", nullptr, run, Older::kResume), Found::kNothing);
  {
    const Begun begun = begin_results(directory / "out", nullptr, run, Older::kResume, {});
  }
  EXPECT_EQ(look(directory / "out", nullptr, run, Older::kResume), Found::kBegun);
  EXPECT_EQ(look(directory / "out", nullptr, run, Older::kKeep), Found::kNothing);
  write_whole(directory / "out/model.safetensors", "");
  EXPECT_EQ(look(directory / "out", nullptr, run, Older::kResume), Found::kWhole);

  const Description study = study::Study{.kind = study::JohnsonLindenstrauss{}};
  EXPECT_THAT(message_of<CannotResume>([&] { look(directory / "out", nullptr, study, Older::kResume); }),
              HasSubstr("expected a study to resume, got a run's"));
}

TEST(ResultDirectory, NoKindReplacesResultsOfAnother) {
  const std::vector<Description> descriptions = {
      small(),
      parse_description({.text = "[model]\nn_features = 3\nn_hidden = 2\n[sweep]\ngrid = { lr = [1.0] }\n",
                         .file = "s.toml",
                         .overrides = {}}),
      study::Study{.kind = study::JohnsonLindenstrauss{}}};
  for (const Description& there : descriptions) {
    const TemporaryDirectory directory;
    {
      const Begun begun = begin_results(directory / "out", nullptr, there, Older::kKeep, {});
    }
    const std::string text = read_text(directory / "out/experiment.toml");
    EXPECT_EQ(noun(find_description(directory / "out").value()), noun(there));
    for (const Description& asked : descriptions) {
      if (asked.index() == there.index()) continue;
      EXPECT_THAT(message_of<InvalidRequest>(
                      [&] { begin_results(directory / "out", nullptr, asked, Older::kKeep, {}); }),
                  HasSubstr("got a " + std::string(noun(there)) + "'s"));
    }
    EXPECT_EQ(read_text(directory / "out/experiment.toml"), text);
  }
}

TEST(ResultDirectory, OverwritesResultsOfAnotherKindIfAsked) {
  const std::vector<Description> descriptions = {
      small(),
      parse_description({.text = "[model]\nn_features = 3\nn_hidden = 2\n[sweep]\ngrid = { lr = [1.0] }\n",
                         .file = "s.toml",
                         .overrides = {}}),
      study::Study{.kind = study::JohnsonLindenstrauss{}}};
  for (const Description& there : descriptions) {
    for (const Description& asked : descriptions) {
      const TemporaryDirectory directory;
      {
        const Begun older = begin_results(directory / "out", nullptr, there, Older::kKeep, {});
        for (const std::string_view name : whole_files(there)) older.directory.write_whole(name, "older");
        older.directory.write_whole("notes.txt", "mine");
      }
      const Begun begun = begin_results(directory / "out", nullptr, asked, Older::kOverwrite, {});
      EXPECT_EQ(begun.found, Found::kNothing);
      EXPECT_THAT(names_in(directory / "out"), ElementsAre("experiment.toml", "notes.txt"));
      EXPECT_EQ(noun(find_description(begun.directory.path()).value()), noun(asked));
    }
  }
}

TEST(ResultDirectory, OverwritesNothingThatItDidNotWrite) {
  const TemporaryDirectory directory;
  const Description study = study::Study{.kind = study::JohnsonLindenstrauss{}};
  const auto refusal = [&](Older older) {
    return message_of<InvalidRequest>([&] { look(directory.path(), nullptr, study, older); });
  };
  write_whole(directory / "model.safetensors", "mine");
  EXPECT_THAT(refusal(Older::kOverwrite), HasSubstr("got one with model.safetensors but no experiment.toml"));
  write_whole(directory / "experiment.toml", "# by hand\n" + to_toml(Description(small())));
  EXPECT_THAT(refusal(Older::kOverwrite), HasSubstr("expected an empty directory or a study's, got a run's"));
  write_whole(directory / "experiment.toml", to_toml(Description(small())));
  write_whole(directory / "measurements.safetensors", "mine");
  EXPECT_THAT(refusal(Older::kOverwrite),
              HasSubstr("got one with measurements.safetensors that no run wrote"));
  EXPECT_THROW(look(directory.path(), nullptr, study, Older::kKeep), OtherResults);
  EXPECT_EQ(read_text(directory / "measurements.safetensors"), "mine");
}

TEST(ResultDirectory, IsResumedOrOverwrittenNotBoth) {
  EXPECT_EQ(older_results(/*resume=*/false, /*overwrite=*/false), Older::kKeep);
  EXPECT_EQ(older_results(/*resume=*/true, /*overwrite=*/false), Older::kResume);
  EXPECT_EQ(older_results(/*resume=*/false, /*overwrite=*/true), Older::kOverwrite);
  EXPECT_EQ(message_of<InvalidRequest>([] { older_results(/*resume=*/true, /*overwrite=*/true); }),
            "resume, overwrite: expected one of them, got both");
}

TEST(ResultDirectory, FilesWithoutADescriptionAreSomebodyElses) {
  for (const std::string_view name :
       {"model.safetensors", "measurements.safetensors", "sweep.json", "runs", "claims.json"}) {
    const TemporaryDirectory directory;
    write_whole(directory / name, "mine");
    EXPECT_THAT(message_of<InvalidRequest>(
                    [&] { begin_results(directory.path(), nullptr, small(), Older::kKeep, {}); }),
                HasSubstr("got one with " + std::string(name) + " but no experiment.toml"));
    EXPECT_EQ(read_text(directory / name), "mine");
  }
}

}  // namespace
}  // namespace superpose::store
