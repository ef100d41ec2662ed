#include "superpose/store/run_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "superpose/core/error.h"
#include "superpose/core/version.h"
#include "superpose/models/safetensors.h"
#include "superpose/store/files.h"
#include "tests/message_of.h"
#include "tests/temporary_directory.h"

namespace superpose::store {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

/// 2 x (3 -> 2), 5 steps of which 0, 2 and 4 are recorded.
run::Run example() {
  Experiment experiment;
  experiment.name = "example";
  experiment.model.shape = {.n_instances = 2, .n_features = 3, .n_hidden = 2};
  experiment.data.feature_probability = std::vector<double>{1.0, 0.5};
  experiment.data.importance = Power{.ratio = 0.9};
  experiment.train.steps = 5;
  experiment.train.seed = 7;
  experiment.record.every = 2;

  run::Run run{.experiment = experiment,
               .model = Model(experiment.model.kind, experiment.model.shape),
               .feature_probability = experiment.feature_probability(),
               .importance = experiment.importance(),
               .loss = {0.25F, std::numeric_limits<float>::infinity()},
               .history = {.step = {0, 2, 4}, .lr = {0.5F, 0.25F, 0.125F}, .loss = {1, 2, 3, 4, 5, 6}}};
  for (std::size_t i = 0; i < run.model.W().size(); ++i) run.model.W()[i] = static_cast<float>(i);
  for (std::size_t i = 0; i < run.model.b_final().size(); ++i)
    run.model.b_final()[i] = -static_cast<float>(i);
  return run;
}

safetensors::File tensors_of(const fs::path& file) {
  return safetensors::parse(read_bytes(file));
}

/// Changes a tensor file of a run.
void change(const fs::path& file, const std::function<void(safetensors::File&)>& change) {
  auto tensors = tensors_of(file);
  change(tensors);
  write_whole(file, safetensors::serialise(tensors));
}

std::string complaint(const fs::path& directory) {
  return message_of<InvalidRequest>([&] { load_run(directory); });
}

TEST(RunDirectory, LoadsWhatItSaved) {
  const TemporaryDirectory directory;
  const run::Run run = example();
  save_run(run, directory / "runs/example");
  const run::Run loaded = load_run(directory / "runs/example");
  EXPECT_EQ(loaded.experiment, run.experiment);
  EXPECT_EQ(loaded.model.kind(), run.model.kind());
  EXPECT_THAT(loaded.model.W(), ::testing::ElementsAreArray(run.model.W()));
  EXPECT_THAT(loaded.model.b_final(), ::testing::ElementsAreArray(run.model.b_final()));
  EXPECT_EQ(loaded.feature_probability, run.feature_probability);
  EXPECT_EQ(loaded.importance, run.importance);
  EXPECT_EQ(loaded.loss, run.loss);
  EXPECT_EQ(loaded.history.step, run.history.step);
  EXPECT_EQ(loaded.history.lr, run.history.lr);
  EXPECT_EQ(loaded.history.loss, run.history.loss);
}

TEST(RunDirectory, HoldsTheDocumentedFiles) {
  const TemporaryDirectory directory;
  save_run(example(), directory.path());
  EXPECT_THAT(names_in(directory.path()),
              ElementsAre("experiment.toml", "history.safetensors", "model.safetensors"));

  const auto describe = [](const safetensors::File& file) {
    std::map<std::string, std::pair<std::string, std::vector<std::int64_t>>> tensors;
    for (const auto& [name, tensor] : file.tensors)
      tensors[name] = {std::string(safetensors::name(tensor.dtype)), tensor.shape};
    return tensors;
  };
  const auto model = tensors_of(directory / "model.safetensors");
  EXPECT_THAT(describe(model), ElementsAre(Pair("W", Pair("F32", ElementsAre(2, 3, 2))),
                                           Pair("b_final", Pair("F32", ElementsAre(2, 3))),
                                           Pair("feature_probability", Pair("F32", ElementsAre(2, 3))),
                                           Pair("importance", Pair("F32", ElementsAre(2, 3))),
                                           Pair("loss", Pair("F32", ElementsAre(2)))));
  EXPECT_THAT(model.metadata,
              ElementsAre(Pair("format", "pt"), Pair("kind", "relu_output"), Pair("seed", "7"),
                          Pair("superpose_version", std::string(kVersion))));
  EXPECT_THAT(
      describe(tensors_of(directory / "history.safetensors")),
      ElementsAre(Pair("loss", Pair("F32", ElementsAre(3, 2))), Pair("lr", Pair("F32", ElementsAre(3))),
                  Pair("step", Pair("I64", ElementsAre(3)))));
}

TEST(RunDirectory, ReplacesAnOlderRunAndLeavesTheRest) {
  const TemporaryDirectory directory;
  save_run(example(), directory.path());
  write_whole(directory / "claims.json", "[]");
  write_whole(directory / "checkpoint.safetensors", "old");
  write_whole(directory / "notes.txt", "mine");
  EXPECT_THROW(save_run(example(), directory.path()), OtherResults);
  begin_results(directory.path(), nullptr, example().experiment, Older::kOverwrite, {});
  EXPECT_THAT(names_in(directory.path()), ElementsAre("experiment.toml", "notes.txt"));
}

TEST(RunDirectory, SparesFilesThatAreNoRuns) {
  const TemporaryDirectory directory;
  write_whole(directory / "model.safetensors", "somebody's model");
  EXPECT_EQ(
      message_of<InvalidRequest>([&] { save_run(example(), directory.path()); }),
      directory.path().string() +
          ": expected an empty directory or a run's, got one with model.safetensors but no experiment.toml");
  EXPECT_EQ(read_text(directory / "model.safetensors"), "somebody's model");
  EXPECT_THAT(names_in(directory.path()), ElementsAre("model.safetensors"));
}

TEST(RunDirectory, SaysWhyADirectoryIsNoFinishedRun) {
  const TemporaryDirectory directory;
  const std::string path = (directory / "run").string();
  EXPECT_EQ(complaint(path), path + ": no such directory");
  fs::create_directory(path);
  EXPECT_EQ(complaint(path), path + ": expected a run directory, got one without experiment.toml");
  begin_results(path, nullptr, example().experiment, Older::kKeep, {});
  EXPECT_EQ(message_of<NotFinished>([&] { load_run(path); }), path + ": the run is not finished");
  const std::string file = path + "/experiment.toml";
  EXPECT_EQ(complaint(file), file + ": expected a directory, got a file");
}

TEST(RunDirectory, LoadsAModelThatWasCopiedAlone) {
  const TemporaryDirectory directory;
  save_run(example(), directory / "run");
  fs::create_directory(directory / "home");
  for (const std::string_view name : {"experiment.toml", "model.safetensors"})
    fs::copy_file(directory / "run" / name, directory / "home" / name);
  const run::Run run = load_run(directory / "home");
  EXPECT_EQ(run.loss, example().loss);
  EXPECT_EQ(run.history.rows(), 0U);
  fs::remove(directory / "home/model.safetensors");
  EXPECT_EQ(complaint(directory / "home"), (directory / "home").string() + ": the run is not finished");
}

struct Damage {
  std::string_view file;
  std::function<void(safetensors::File&)> change;
  std::string_view complaint;
};

TEST(RunDirectory, SaysWhatIsWrongWithATensor) {
  const std::vector<float> zeros(6);
  const std::vector<Damage> damages = {
      {"model", [](auto& f) { f.tensors.erase("W"); }, R"(tensor "W": expected F32 (2, 3, 2), got nothing)"},
      {"model", [&](auto& f) { f.add("W", {1, 3, 2}, zeros); }, "expected F32 (2, 3, 2), got F32 (1, 3, 2)"},
      {"model", [&](auto& f) { f.add("b_final", {6}, zeros); }, "expected F32 (2, 3), got F32 (6)"},
      {"model", [&](auto& f) { f.add("feature_probability", {2, 3}, zeros); },
       "numbers above 0 and at most 1, got 0"},
      {"model", [](auto& f) { f.add("importance", {2, 3}, std::vector<float>{1, 1, -1, 1, 1, 1}); },
       "at least 0, got -1"},
      {"model", [](auto& f) { f.add("loss", {1}, std::vector<float>{1}); }, "expected F32 (2), got F32 (1)"},
      {"model", [](auto& f) { f.metadata["kind"] = "linear"; },
       "kind: expected relu_output as in experiment.toml, got linear"},
      {"model", [](auto& f) { f.metadata["seed"] = "8\n9"; },
       R"(seed: expected 7 as in experiment.toml, got 8\u000A9)"},
      {"history", [](auto& f) { f.tensors.erase("lr"); }, R"(tensor "lr": expected F32 (3), got nothing)"},
      {"history", [&](auto& f) { f.add("loss", {2, 3}, zeros); }, "expected F32 (3, 2), got F32 (2, 3)"},
      {"history", [](auto& f) { f.add("step", {3}, std::vector<std::int64_t>{0, 1, 2}); },
       "every 2 of 5 steps"},
      {"history", [](auto& f) { f.add("step", {2}, std::vector<std::int64_t>{0, 2}); },
       "expected I64 (3), got I64 (2)"},
  };
  for (const auto& damage : damages) {
    const TemporaryDirectory directory;
    save_run(example(), directory.path());
    const auto file = directory / (std::string(damage.file) + ".safetensors");
    change(file, damage.change);
    EXPECT_THAT(complaint(directory.path()),
                ::testing::AllOf(HasSubstr(file.string()), HasSubstr(damage.complaint)));
  }
}

TEST(RunDirectory, SaysWhichFileIsBroken) {
  for (const std::string_view name : {"experiment.toml", "model.safetensors", "history.safetensors"}) {
    const TemporaryDirectory directory;
    save_run(example(), directory.path());
    write_whole(directory / name, "\x01 broken");
    EXPECT_THAT(complaint(directory.path()), ::testing::StartsWith((directory / name).string() + ":"));
  }
}

TEST(RunDirectory, LoadsARunFromElsewhere) {
  const TemporaryDirectory directory;
  save_run(example(), directory.path());
  change(directory / "model.safetensors", [](auto& file) {
    file.metadata.clear();
    file.add("extra", {1}, std::vector<float>{1});
  });
  EXPECT_EQ(complaint(directory.path()), "(nothing thrown)");
}

}  // namespace
}  // namespace superpose::store
