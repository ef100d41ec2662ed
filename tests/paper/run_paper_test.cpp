#include "superpose/paper/run_paper.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/store/files.h"
#include "tests/temporary_directory.h"

namespace superpose::paper {
namespace {

const std::vector<std::string> kQuick = {"quick=true"};

TEST(RunPaper, TrainsDrawsAndMeasures) {
  const TemporaryDirectory directory;
  std::vector<std::string> lines;
  std::int64_t observed = 0;
  PaperOptions options{.threads = 1};
  options.status = [&](const char* line) { lines.emplace_back(line); };
  options.progress = [&] { return [&](const TrainingProgress&) { ++observed; }; };
  const PaperPlan plan = plan_paper(find_catalogue_entry("intro"), directory.path() / "intro",
                                    std::vector<std::string>{"quick=true", "steps=50"});
  const PaperResult result = carry_out(plan, options).value();

  EXPECT_FALSE(result.report.claims.empty());
  EXPECT_EQ(result.loss.size(), 1U);
  EXPECT_GT(observed, 0);
  EXPECT_EQ(lines, (std::vector<std::string>{"measuring the paper's claims ...", ""}));
  for (const std::string_view format : kPaperFormats) {
    EXPECT_TRUE(store::is_there(directory.path() / "intro/figures" / ("intro." + std::string(format))));
  }
  EXPECT_EQ(store::read_text(directory.path() / "intro/claims.json"), to_json(result.report.claims));

  const auto page = write_report({result.report}, directory.path());
  EXPECT_NE(store::read_text(page).find("intro/figures/intro.svg"), std::string::npos);
}

TEST(RunPaper, StopsWithoutClaims) {
  const TemporaryDirectory directory;
  StopSource stop;
  stop.request_stop();
  const PaperPlan plan = plan_paper(find_catalogue_entry("intro"), directory.path() / "intro", kQuick);
  EXPECT_EQ(carry_out(plan, {.threads = 1, .stop = stop.get_token()}).has_value(), false);
  EXPECT_FALSE(store::is_there(directory.path() / "intro/claims.json"));
}

TEST(RunPaper, StopsWhileItMeasures) {
  const TemporaryDirectory directory;
  for (const char* name : {"intro", "johnson-lindenstrauss"}) {
    SCOPED_TRACE(name);
    StopSource stop;
    PaperOptions options{.threads = 1, .stop = stop.get_token()};
    options.status = [&](const char* line) {
      if (*line != '\0') stop.request_stop();
    };
    const PaperPlan plan = plan_paper(find_catalogue_entry(name), directory.path() / name, kQuick);
    const auto result = carry_out(plan, options);
    EXPECT_TRUE(stop.stop_requested());
    EXPECT_FALSE(result.has_value());
    EXPECT_TRUE(store::is_there(directory.path() / name / "experiment.toml"));
    EXPECT_FALSE(store::is_there(directory.path() / name / "claims.json"));
  }
}

TEST(RunPaper, WhatIsToldProgressLivesAsLongAsItsTraining) {
  const TemporaryDirectory directory;
  std::weak_ptr<int> held;
  std::size_t trainings = 0;
  PaperOptions options{.threads = 1};
  options.progress = [&] {
    EXPECT_TRUE(held.expired()) << "the training before this one is over";
    ++trainings;
    const auto bar = std::make_shared<int>(0);
    held = bar;
    return [bar, &held](const TrainingProgress&) { EXPECT_FALSE(held.expired()); };
  };
  options.status = [&](const char*) { EXPECT_TRUE(held.expired()); };
  const CatalogueEntry& features = find_catalogue_entry("features");
  const std::vector<std::string> short_run = {"quick=true", "steps=200"};
  ASSERT_TRUE(carry_out(plan_paper(features, directory.path() / "features", short_run), options).has_value());
  EXPECT_EQ(trainings, 1 + features.companions.size());
}

TEST(RunPaper, SaysInThePictureThatTheSeedWasChosen) {
  const TemporaryDirectory directory;
  const auto html = [&](const std::string& name, const std::string& seed) {
    std::vector<std::string> changes = {"quick=true", "steps=2"};
    if (!seed.empty()) changes.push_back("seed=" + seed);
    const auto plan = plan_paper(find_catalogue_entry("intro"), directory.path() / name, changes);
    EXPECT_TRUE(carry_out(plan, {.threads = 1}).has_value());
    return store::read_text(directory.path() / name / "figures/intro.html");
  };
  EXPECT_NE(html("as-it-is", "").find("seed 5, chosen"), std::string::npos);
  EXPECT_EQ(html("another", "6").find("chosen"), std::string::npos) << "the user's seed";
}

TEST(RunPaper, MeasuresAStudy) {
  const TemporaryDirectory directory;
  std::vector<std::string> lines;
  PaperOptions options{.threads = 1};
  options.status = [&](const char* line) { lines.emplace_back(line); };
  const auto path = directory.path() / "study";
  const std::vector<std::string> short_study = {"quick=true", "trials=2"};
  const PaperResult result =
      carry_out(plan_paper(find_catalogue_entry("johnson-lindenstrauss"), path, short_study), options)
          .value();
  EXPECT_FALSE(result.report.claims.empty());
  ASSERT_EQ(result.report.notes.size(), 1U);
  EXPECT_NE(result.report.notes[0].find("368414, 921035 and 1289448"), std::string::npos)
      << "8 ln(N) / eps^2";
  EXPECT_TRUE(result.loss.empty());
  EXPECT_EQ(lines, (std::vector<std::string>{"measuring ...", ""}));
  EXPECT_TRUE(store::is_there(path / "figures/johnson-lindenstrauss.svg"));
  EXPECT_EQ(store::read_text(path / "claims.json"), to_json(result.report.claims));
}

TEST(RunPaper, RefusesBeforeItWrites) {
  const TemporaryDirectory directory;
  const CatalogueEntry& intro = find_catalogue_entry("intro");
  const auto plan = [&](const std::string& change) {
    return plan_paper(intro, directory.path() / "intro", std::vector{change});
  };
  EXPECT_THROW(plan("steps=0"), InvalidRequest);
  EXPECT_THROW(plan("n_hidden=3"), InvalidRequest) << "its figure shows a plane";
  EXPECT_THROW(plan_every_paper(directory.path(), std::vector<std::string>{"no_such_key=1"}), InvalidRequest);
  EXPECT_FALSE(store::is_there(directory.path() / "intro"));
}

TEST(RunPaper, AnOverrideGoesToWhoKnowsIt) {
  const auto plans = plan_every_paper("out", std::vector<std::string>{"quick=true", "steps=77"});
  ASSERT_EQ(plans.size(), catalogue().size());
  for (const PaperPlan& plan : plans) {
    EXPECT_EQ(plan.directories.front(), std::filesystem::path("out") / plan.entry->name);
    if (!plan.study) {
      EXPECT_EQ(plan.experiments.front().train.steps, 77) << plan.entry->name;
    }
  }
}

}  // namespace
}  // namespace superpose::paper
