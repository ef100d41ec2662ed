#include "superpose/paper/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/figures/figure_kinds.h"
#include "superpose/paper/run_paper.h"
#include "superpose/store/result_directory.h"
#include "tests/paper/measure_briefly.h"

namespace superpose::paper {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;
using testing::ThrowsMessage;

CatalogueRequest resolve_with(std::string_view name, std::vector<std::string> overrides) {
  return resolve(find_catalogue_entry(name), overrides);
}

std::vector<std::string> sentences(const Claims& claims) {
  std::vector<std::string> result;
  for (const auto& claim : claims) result.push_back(claim.claim);
  return result;
}

TEST(Catalogue, EntriesAreWholeAndTheirExperimentsValid) {
  std::set<std::string> names;
  for (const auto& entry : catalogue()) {
    SCOPED_TRACE(entry.name);
    EXPECT_TRUE(names.insert(entry.name).second);
    EXPECT_THAT(entry.summary, Not(IsEmpty()));
    EXPECT_THAT(entry.summary, Not(HasSubstr("\n")));
    EXPECT_THAT(entry.figures, Not(IsEmpty()));
    EXPECT_EQ(!entry.measure, entry.is_study);
    if (entry.is_study) {
      const study::Study full = resolve_study(entry, {});
      EXPECT_EQ(full.name, entry.name);
      EXPECT_NE(resolve_study(entry, std::vector<std::string>{"quick=true"}), full);
      continue;
    }

    const auto full = resolve(entry, {});
    EXPECT_EQ(full.experiment.name, entry.name);
    EXPECT_FALSE(full.quick);
    EXPECT_THAT(full.companions, SizeIs(entry.companions.size()));
    const auto quick = resolve(entry, std::vector<std::string>{"quick=true"});
    EXPECT_TRUE(quick.quick);
    EXPECT_EQ(quick.experiment == full.experiment, entry.quick.empty());
  }
  EXPECT_FALSE(names.contains(std::string(kEveryEntry)));
}

TEST(Catalogue, FindsEntriesByNameAndListsThemOtherwise) {
  EXPECT_EQ(find_catalogue_entry("intro").name, "intro");
  EXPECT_THAT(
      [] { find_catalogue_entry("pentagon"); },
      ThrowsMessage<InvalidRequest>(AllOf(StartsWith("paper: expected one of intro, features, phase-2-1, "),
                                          EndsWith(", all, got \"pentagon\""))));
  EXPECT_THAT([] { find_catalogue_entry("intr"); },
              ThrowsMessage<InvalidRequest>(EndsWith(", got \"intr\"; did you mean `intro`?")));
  EXPECT_THAT([] { find_catalogue_entry("al"); },
              ThrowsMessage<InvalidRequest>(EndsWith("did you mean `all`?")));
}

TEST(Resolve, GivesIntroAsThePaperHasIt) {
  const auto experiment = resolve_with("intro", {}).experiment;
  EXPECT_EQ(experiment.model.shape, (Shape{.n_instances = 10, .n_features = 5, .n_hidden = 2}));
  const auto p = experiment.feature_probability();
  EXPECT_EQ(p.front(), 1.0F);
  EXPECT_EQ(p.back(), 0.05F);
  EXPECT_FLOAT_EQ(experiment.importance()[4], 0.6561F);
  TrainOptions expected;  // the notebook's are the defaults
  expected.seed = experiment.train.seed;
  EXPECT_EQ(experiment.train, expected);
}

TEST(Resolve, GivesFeaturesALinearCompanion) {
  const auto request = resolve_with("features", {"seed=3", "feature_probability=0.5"});
  ASSERT_THAT(request.companions, SizeIs(1));
  const Experiment& linear = request.companions[0];
  EXPECT_EQ(linear.model.kind, ModelKind::kLinear);
  EXPECT_EQ(linear.model.shape, (Shape{.n_instances = 1, .n_features = 20, .n_hidden = 5}));
  EXPECT_EQ(linear.feature_probability(), std::vector<float>(20, 1.0F)) << "over the user's";
  EXPECT_EQ(linear.train.seed, 3U);
  EXPECT_EQ(request.experiment.feature_probability()[139], 0.5F);
}

TEST(Resolve, TakesTheNotebooksSizes) {
  const auto request =
      resolve_with("features", {"n_features=100", "n_hidden=20", "importance={geometric=[1.0,0.01]}",
                                "n_instances=20", "feature_probability={geometric=[1,0.05]}"});
  EXPECT_EQ(request.experiment.model.shape, (Shape{.n_instances = 20, .n_features = 100, .n_hidden = 20}));
  EXPECT_EQ(request.companions[0].model.shape, (Shape{.n_instances = 1, .n_features = 100, .n_hidden = 20}));
}

TEST(Resolve, LetsTheUsersChangesWinOverTheQuickOnes) {
  EXPECT_EQ(resolve_with("intro", {"steps=77", "quick=true"}).experiment.train.steps, 77);
  EXPECT_FALSE(resolve_with("intro", {"quick=true", "quick=false"}).quick) << "the last one wins";
  EXPECT_TRUE(resolve_with("intro", {"quick = true"}).quick);
  EXPECT_TRUE(resolve_with("intro", {"quick\t=\ttrue"}).quick);
}

TEST(Resolve, RefusesWhatIsNeitherTrueNorFalse) {
  EXPECT_THAT([] { resolve_with("intro", {"quick=yes"}); },
              ThrowsMessage<InvalidRequest>("quick=yes: expected true or false"));
  EXPECT_THAT([] { resolve_with("intro", {"n_hidden=0"}); },
              ThrowsMessage<InvalidRequest>(StartsWith("n_hidden=0: ")));
}

TEST(Resolve, CountsQuickAmongTheKeysOfOverrides) {
  EXPECT_THAT([] { resolve_with("intro", {"Quick=true"}); },
              ThrowsMessage<InvalidRequest>("Quick=true: unknown key `Quick`; did you mean `quick`?"));
  EXPECT_THAT(
      [] { resolve_with("intro", {"fast=true"}); },
      ThrowsMessage<InvalidRequest>(StartsWith("fast=true: unknown key `fast`; known: quick, name, ")));
  const auto resolve_packing = [](std::vector<std::string> overrides) {
    return resolve_study(find_catalogue_entry("almost-orthogonal"), overrides);
  };
  EXPECT_THAT([&] { resolve_packing({"quikc=true"}); },
              ThrowsMessage<InvalidRequest>("quikc=true: unknown key `quikc`; did you mean `quick`?"));
  EXPECT_EQ(study::kind_name(resolve_packing({"trials=3", "kind=johnson_lindenstrauss"})),
            "johnson_lindenstrauss")
      << "with a key of that kind";
}

TEST(Resolve, TellsWhichChangesAnEntryKnows) {
  const auto& intro = find_catalogue_entry("intro");
  const auto& study = find_catalogue_entry("johnson-lindenstrauss");
  EXPECT_TRUE(knows(intro, "train.steps=1"));
  EXPECT_TRUE(knows(intro, " steps = 1"));
  EXPECT_TRUE(knows(intro, "quick=true"));
  EXPECT_FALSE(knows(intro, "trials=1"));
  EXPECT_FALSE(knows(study, "steps=1"));
  EXPECT_TRUE(knows(study, "study.trials=1"));
  EXPECT_TRUE(knows(study, "quick=false"));
  EXPECT_FALSE(knows(study, "trials"));
  EXPECT_EQ(std::get<study::JohnsonLindenstrauss>(
                resolve_study(study, std::vector<std::string>{"trials=3", "quick=true"}).kind)
                .trials,
            3)
      << "over the quick version's";
}

TEST(Measure, MakesTheClaimsOfIntro) {
  const auto claims = measure_briefly("intro", {});
  ASSERT_THAT(sentences(claims),
              ElementsAre(StartsWith("dense"), StartsWith("about 80 %"), StartsWith("90 %")));
  EXPECT_EQ(claims[0].seeds, 10);
  EXPECT_EQ(claims[2].seeds, 30) << "three instances have p at most 0.1";
  for (const auto& claim : claims) EXPECT_FALSE(claim.holds()) << claim.claim << ", after two steps";
}

TEST(Measure, LeavesOutWhatTheExperimentHasNoInstanceFor) {
  EXPECT_THAT(sentences(measure_briefly("intro", {"feature_probability=0.05"})),
              ElementsAre(StartsWith("90 %")));
  EXPECT_THAT(sentences(measure_briefly("intro", {"importance=1"})),
              ElementsAre(StartsWith("about 80 %"), StartsWith("90 %")))
      << "no feature is more important than another";
  EXPECT_THAT(measure_briefly("intro", {"n_features=6"}), IsEmpty());
  EXPECT_THAT(measure_briefly("intro", {"n_hidden=3"}), IsEmpty());
  EXPECT_THAT(measure_briefly("intro", {"kind=linear"}), IsEmpty());
}

TEST(Measure, MakesTheClaimsOfFeatures) {
  const auto claims = sentences(measure_briefly("features", {}));
  ASSERT_GE(claims.size(), 7U);
  EXPECT_THAT(claims[0], StartsWith("linear: exactly"));
  EXPECT_THAT(claims[1], StartsWith("linear: the bias"));
  EXPECT_THAT(claims, testing::Contains(StartsWith("dense: exactly")));
  EXPECT_THAT(claims.back(), HasSubstr("negative"));

  EXPECT_THAT(sentences(measure_briefly("features", {"kind=linear"})), Each(StartsWith("linear")));
  EXPECT_THAT(sentences(measure_briefly("features", {"n_instances=1", "feature_probability=0.5"})),
              Not(testing::Contains(HasSubstr("at high sparsity"))));
  EXPECT_THAT(sentences(measure_briefly("features", {"n_instances=1", "feature_probability=0.001"})),
              Not(testing::Contains(HasSubstr("begins"))))
      << "with nothing denser to begin after";
}

TEST(Measure, TakesGeometrysClaimsAtDensitiesOfTheirOwn) {
  const auto claims = measure_briefly("geometry", {"n_features=30", "n_hidden=5", "n_instances=2"});
  ASSERT_EQ(claims.size(), 15U);
  EXPECT_THAT(claims[0].claim, StartsWith("dense"));
  EXPECT_EQ(claims[0].seeds, 1);
  EXPECT_THAT(claims[1].claim, StartsWith("D* sticks"));
  EXPECT_EQ(claims[1].seeds, 14);
}

TEST(Measure, GivesTheSameClaimsOnAnyNumberOfThreads) {
  const auto request = resolve_with("intro", {"steps=20", "batch_size=64", "quick=true"});
  const auto& measure = find_catalogue_entry("intro").measure;
  const auto with = [&](int threads) {
    return to_json(measure({.experiment = request.experiment, .quick = true, .threads = threads}).value());
  };
  EXPECT_EQ(with(1), with(3));
}

TEST(Resolve, FitsAFullImportanceTableToEveryCompanion) {
  std::string table = "importance=[";
  for (int i = 0; i < 7; ++i) {
    std::string row;
    for (int f = 0; f < 20; ++f) row += (f == 0 ? "" : ", ") + std::to_string(100 * i + f);
    table += (i == 0 ? "[" : ", [") + row + "]";
  }
  const auto features = resolve_with("features", {table + "]"});
  EXPECT_EQ(features.experiment.importance()[139], 619.0F);
  const auto linear = features.companions.at(0).importance();
  ASSERT_THAT(linear, SizeIs(20));
  EXPECT_EQ(linear[19], 19.0F) << "its one instance has the first row";

  const std::string rows = "importance=[[1,2,3,4],[5,6,7,8],[1,1,1,1],[1,1,1,1],[1,1,1,1]]";
  const auto correlated = resolve_with("correlated", {rows});
  const auto three_pairs = correlated.companions.at(0).importance();
  ASSERT_THAT(three_pairs, SizeIs(30));
  EXPECT_EQ(three_pairs[6], 5.0F) << "the second instance";
  EXPECT_EQ(three_pairs[11], 6.0F) << "its sixth feature: the numbers begin again";
  EXPECT_EQ(correlated.companions.at(1).importance(), correlated.experiment.importance());
  EXPECT_THAT([] { resolve_with("correlated", {"importance=[[1,2],[3,4]]"}); },
              ThrowsMessage<InvalidRequest>(HasSubstr("importance")))
      << "it has to fit the main experiment";
}

TEST(Measure, IsNothingWhenStopped) {
  StopSource stop;
  stop.request_stop();
  for (const auto& entry : catalogue()) {
    if (entry.is_study) continue;  // tests/study
    SCOPED_TRACE(entry.name);
    const auto request = resolve(entry, {});
    EXPECT_EQ(entry.measure({.experiment = request.experiment, .stop = stop.get_token()}).has_value(), false);
    // Another value than that no claim applies, which is known at once.
    const auto of_another = resolve(entry, std::vector<std::string>{"kind=gelu_output"});
    if (entry.name == "features") continue;  // its claims about linear models apply to every kind
    const auto none = entry.measure({.experiment = of_another.experiment, .stop = stop.get_token()});
    ASSERT_TRUE(none.has_value());
    EXPECT_THAT(*none, IsEmpty());
  }
}

TEST(Claims, AreNotMadeOfOtherExperiments) {
  EXPECT_THAT(measure_briefly("phase-2-1", {"n_hidden=2"}), IsEmpty());
  EXPECT_THAT(measure_briefly("correlated", {"sets=[]"}), IsEmpty());
  EXPECT_THAT(measure_briefly("perturbed-pentagon", {"kind=linear"}), IsEmpty());
  EXPECT_THAT(measure_briefly("adversarial", {"importance={power=0.9}"}), IsEmpty());
  EXPECT_THAT(measure_briefly("adversarial", {"n_instances=4"}), IsEmpty()) << "too few densities";
  EXPECT_THAT(measure_briefly("geometry", {"kind=linear", "n_features=30", "n_hidden=5"}), IsEmpty());
  EXPECT_THAT(measure_briefly("geometry", {"importance={power=0.9}"}), IsEmpty());
  EXPECT_THAT(measure_briefly("geometry", {"sets=[{correlated=[0, 1]}]"}), IsEmpty());
}

TEST(Catalogue, FiguresOfEveryKindGoWithTheResultsThatTheyShow) {
  for (const figures::FigureKind& kind : figures::figure_kinds()) {
    for (const std::string_view format : kPaperFormats)
      EXPECT_TRUE(store::is_figure_name(std::string(kind.name) + "." + std::string(format))) << kind.name;
  }
  EXPECT_FALSE(store::is_figure_name("mine.svg"));
  EXPECT_FALSE(store::is_figure_name("intro.txt"));
  EXPECT_FALSE(store::is_figure_name("intro"));
}

TEST(Catalogue, FiguresAreOfKindsThatShowTheirEntries) {
  for (const CatalogueEntry& entry : catalogue()) {
    for (const std::string& kind : entry.figures)
      EXPECT_EQ(figures::find_figure_kind(kind).build_study != nullptr, entry.is_study) << entry.name;
  }
}

}  // namespace
}  // namespace superpose::paper
