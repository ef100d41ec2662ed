#include "superpose/figures/figure_kinds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

#include "superpose/core/error.h"
#include "superpose/drawing/cairo/renderer.h"
#include "tests/drawing/image.h"
#include "tests/drawing/layout_checks.h"
#include "tests/figures/example_runs.h"
#include "tests/figures/example_studies.h"
#include "tests/figures/example_sweep.h"

namespace superpose::figures {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(FigureKinds, AreFoundByName) {
  for (const FigureKind& kind : figure_kinds()) {
    EXPECT_EQ(&find_figure_kind(kind.name), &kind);
    EXPECT_FALSE(kind.summary.empty());
  }
  EXPECT_THAT([] { find_figure_kind("Intro"); },
              ThrowsMessage<InvalidRequest>(
                  AllOf(HasSubstr("intro, features"), HasSubstr("got \"Intro\"; did you mean `intro`?"))));
}

TEST(FigureKinds, EveryKindFillsItsPanels) {
  auto run = polygon_run(3);
  for (std::size_t i = 0; i < run.model.b_final().size(); i += 2) run.model.b_final()[i] = 0.5F;
  run.experiment.train.steps = 2;
  for (const std::int64_t step : {0, 1}) {
    run.history.step.push_back(step);
    run.history.loss.insert(run.history.loss.end(), {0.1F, 0.2F, 0.3F});
    run.history.models.push_back(run.model);
  }
  for (const FigureKind& kind : figure_kinds()) {
    if (kind.build == nullptr) continue;  // below
    constexpr std::array kOthers = {"phase", "neurons", "inhibition", "pentagon", "vulnerability"};
    if (std::ranges::find(kOthers, kind.name) != kOthers.end()) continue;  // their own tests
    const drawing::Figure figure = kind.build(std::array{&run}, {}, {}).value();
    expect_sound_layout(figure);
    const drawing::Image image(drawing::render_png(figure, 1));
    for (const drawing::Panel& panel : figure.panels)
      EXPECT_TRUE(image.has_content(panel.area)) << panel.title;
    for (const drawing::ColorBar& bar : figure.color_bars)
      EXPECT_TRUE(image.has_content(bar.area)) << bar.label;
  }
}

TEST(FigureKinds, IntroDrawsTheMainRun) {
  const auto companion = polygon_run(2);
  const auto main = polygon_run(4);
  EXPECT_EQ(find_figure_kind("intro").build(std::array{&companion, &main}, {}, {})->panels.size(), 4U);
}

drawing::Figure figure_of(const study::StudyRun& run) {
  constexpr std::array kKinds = {"johnson-lindenstrauss", "packing", "compressed-sensing"};
  return build_of_study(find_figure_kind(kKinds.at(run.study.kind.index())), run);
}

TEST(FigureKinds, OfStudiesFillTheirPanelsWhateverTheSizes) {
  for (const study::StudyRun& run : example_studies()) {
    SCOPED_TRACE(run.study.kind.index());
    const drawing::Figure figure = figure_of(run);
    expect_sound_layout(figure);
    const drawing::Image image(drawing::render_png(figure, 1));
    for (const drawing::Panel& panel : figure.panels)
      EXPECT_TRUE(image.has_content(panel.area)) << panel.title;
    for (const drawing::ColorBar& bar : figure.color_bars)
      EXPECT_TRUE(image.has_content(bar.area)) << bar.label;
  }
}

TEST(FigureKinds, OfStudiesShowTheirOwnKindOnly) {
  for (const study::StudyRun& run : example_studies()) {
    int drawn = 0;
    for (const FigureKind& kind : figure_kinds()) {
      try {
        build_of_study(kind, run);
        ++drawn;
      } catch (const InvalidRequest& error) {
        EXPECT_TRUE((error.fault().expected == "a run's directory" && error.fault().got == "a study's") ||
                    (error.fault().expected == "a sweep's directory" && error.fault().got == "a study's") ||
                    error.fault().expected.starts_with("a study of the kind"))
            << error.what();
        EXPECT_EQ(error.fault().place.kind, Place::Kind::kArgument) << error.what();
        EXPECT_TRUE(error.fault().place.name.starts_with("figure")) << error.what();
      }
    }
    EXPECT_EQ(drawn, 1);
  }
  const auto run = polygon_run(2);
  EXPECT_THAT([&] { build_of_runs(find_figure_kind("packing"), std::array{&run}, {}); },
              ThrowsMessage<InvalidRequest>("figure packing: expected a study's directory, got a run's"));
}

TEST(FigureKinds, OfSweepsShowSweepsOnlyAndTheirViews) {
  const run::Table table = example_sweep();
  EXPECT_EQ(build_of_sweep(find_figure_kind("sweep"), table, {.name = "mine"}).title,
            "mine: loss, median over train.seed");
  EXPECT_THAT([&] { build_of_sweep(find_figure_kind("intro"), table, {}); },
              ThrowsMessage<InvalidRequest>("figure intro: expected a run's directory, got a sweep's"));
  const auto run = polygon_run(2);
  EXPECT_THAT([&] { build_of_runs(find_figure_kind("sweep"), std::array{&run}, {}); },
              ThrowsMessage<InvalidRequest>("figure sweep: expected a sweep's directory, got a run's"));
  check_view(find_figure_kind("sweep"), {.metric = "capacity", .x = "n_hidden"});
  check_view(find_figure_kind("intro"), {.name = "mine"});
  EXPECT_THAT([] { check_view(find_figure_kind("intro"), {.x = "n_hidden"}); },
              ThrowsMessage<InvalidRequest>(
                  "figure intro: expected metric, x and y for the kind sweep only, got \"n_hidden\""));
}

}  // namespace
}  // namespace superpose::figures
