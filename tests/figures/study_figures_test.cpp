#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/drawing/cairo/renderer.h"
#include "superpose/drawing/legend.h"
#include "superpose/figures/compressed_sensing_figure.h"
#include "superpose/figures/figure_kinds.h"
#include "superpose/figures/johnson_lindenstrauss_figure.h"
#include "superpose/figures/packing_figure.h"
#include "superpose/paper/catalogue.h"
#include "superpose/study/results.h"
#include "tests/drawing/image.h"
#include "tests/drawing/layout_checks.h"
#include "tests/figures/example_runs.h"

namespace superpose::figures {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

study::JohnsonLindenstraussResult maps(const study::JohnsonLindenstrauss& study, float distortion) {
  study::JohnsonLindenstraussResult result;
  for (std::size_t e = 0; e < study.eps.size(); ++e) result.k.push_back(100 << e);
  const auto cells = study.n_dimensions.size() * static_cast<std::size_t>(study.trials) * study.eps.size();
  result.distortion.assign(cells * 3, distortion);
  result.share_beyond.assign(cells, 0);
  return result;
}

study::AlmostOrthogonalResult packing(const study::AlmostOrthogonal& study, std::int64_t count) {
  const auto trials = static_cast<std::size_t>(study.trials);
  study::AlmostOrthogonalResult result;
  result.drawn.assign(trials * study.eps.size() * study.drawn_dimensions.size(), count);
  result.spread.assign(study.eps.size() * study.spread_dimensions.size(), count);
  result.curve_drawn.assign(trials * study.curve_vectors.size(), 0.9F);
  result.curve_spread.assign(study.curve_vectors.size(), 0.4F);
  result.known_coherence.assign(5, 0.5F);
  return result;
}

study::CompressedSensingResult sensing(const study::CompressedSensing& study) {
  study::CompressedSensingResult result;
  for (std::int64_t m = 1; m <= study.grid; ++m) {
    result.m.push_back(m * study.n / study.grid);
    for (std::int64_t k = 1; k <= study.grid; ++k) {
      result.k.push_back(std::max<std::int64_t>(1, result.m.back() * k / study.grid));
      result.recovered.push_back(2 * k <= m ? 1.0F : 0.0F);
    }
  }
  result.dimensions_per_feature.assign(study.n_features.size() * study.feature_probability.size(), 0.25F);
  result.represented.assign(result.dimensions_per_feature.size(), 4);
  result.loss.assign(result.dimensions_per_feature.size(), 0.01F);
  return result;
}

/// Studies as they come and at their smallest, each with a result.
std::vector<study::StudyRun> examples() {
  std::vector<study::StudyRun> runs;
  const auto add = [&](const auto& study, const auto& result) {
    runs.push_back({.study = {.name = "example", .kind = study}, .result = result});
  };
  for (const study::JohnsonLindenstrauss& study :
       {study::JohnsonLindenstrauss{},
        study::JohnsonLindenstrauss{.n_dimensions = {3}, .eps = {0.5}, .trials = 1}})
    add(study, maps(study, 0.2F));
  for (const study::AlmostOrthogonal& study :
       {study::AlmostOrthogonal{},
        study::AlmostOrthogonal{.eps = {0.1},
                                .drawn_dimensions = {2},
                                .most_drawn = 2,
                                .trials = 1,
                                .spread_dimensions = {2},
                                .most_spread = 2,
                                .curve_vectors = {2}},
        study::AlmostOrthogonal{.eps = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7}}})
    add(study, packing(study, 2));
  for (const study::CompressedSensing& study :
       {study::CompressedSensing{.grid = 9}, study::CompressedSensing{.n = 2,
                                                                      .grid = 2,
                                                                      .most_k_over_m = 0.01,
                                                                      .n_features = {2},
                                                                      .n_hidden = {1},
                                                                      .feature_probability = {1e-6}}})
    add(study, sensing(study));
  return runs;
}

drawing::Figure draw(const study::StudyRun& run) {
  constexpr std::array kKinds = {"johnson-lindenstrauss", "packing", "compressed-sensing"};
  return build_of_study(find_figure_kind(kKinds.at(run.study.kind.index())), run);
}

TEST(StudyFigures, FillTheirPanelsWhateverTheSizes) {
  for (const study::StudyRun& run : examples()) {
    SCOPED_TRACE(run.study.kind.index());
    const drawing::Figure figure = draw(run);
    expect_sound_layout(figure);
    const drawing::Image image(drawing::render_png(figure, 1));
    for (const drawing::Panel& panel : figure.panels)
      EXPECT_TRUE(image.has_content(panel.area)) << panel.title;
    for (const drawing::ColorBar& bar : figure.color_bars)
      EXPECT_TRUE(image.has_content(bar.area)) << bar.label;
  }
}

TEST(StudyFigures, ShowTheirOwnKindOnly) {
  for (const study::StudyRun& run : examples()) {
    int drawn = 0;
    for (const FigureKind& kind : figure_kinds()) {
      try {
        build_of_study(kind, run);
        ++drawn;
      } catch (const InvalidRequest& error) {
        EXPECT_THAT(error.what(), HasSubstr("expected"));
      }
    }
    EXPECT_EQ(drawn, 1);
  }
  const auto run = polygon_run(2);
  EXPECT_THAT([&] { find_figure_kind("packing").build(std::array{&run}, {}); },
              ThrowsMessage<InvalidRequest>(HasSubstr("expected a study's directory")));
}

TEST(StudyFigures, OfTheCatalogueAreOfItsKinds) {
  for (const paper::CatalogueEntry& entry : paper::catalogue()) {
    for (const std::string& kind : entry.figures)
      EXPECT_EQ(find_figure_kind(kind).build_study != nullptr, entry.is_study) << entry.name;
  }
}

TEST(JohnsonLindenstraussFigure, WritesTheBoundOut) {
  const study::JohnsonLindenstrauss study;
  const drawing::Figure figure = johnson_lindenstrauss_figure({.kind = study}, study, maps(study, 0.2F));
  std::vector<std::string> texts;
  for (const auto& mark : figure.panels[0].marks) {
    if (const auto* text = std::get_if<drawing::Text>(&mark)) texts.push_back(text->text);
  }
  for (const char* number : {"368,414", "921,035", "1,289,448", "3,685", "148"})
    EXPECT_THAT(texts, ::testing::Contains(number));
}

TEST(PackingFigure, DrawsCountsWhereTheyAre) {
  const study::AlmostOrthogonal study{
      .eps = {0.5}, .drawn_dimensions = {4, 8, 12}, .trials = 1, .spread_dimensions = {4}};
  auto result = packing(study, 5);
  result.drawn = {5, study.most_drawn, study.most_drawn};
  const drawing::Figure figure = packing_figure({.kind = study}, study, result);
  const auto& drawn = mark<drawing::Points>(figure.panels[0]).points;
  ASSERT_EQ(drawn.size(), 2U) << "the first that was cut off is enough";
  EXPECT_EQ(drawn[0].at.x, 4);
  EXPECT_EQ(drawn[0].at.y, 5);
  EXPECT_EQ(drawn[1].color, drawing::kFaint);
  EXPECT_THAT(drawn[1].hover, HasSubstr("at least 2000 vectors in 8"));
  // The bound: 12 lines in four dimensions.
  const auto& bound = mark<drawing::Line>(figure.panels[0]).at;
  EXPECT_EQ(std::ranges::find(bound, 4.0, &drawing::Position::x)->y, 12);
}

TEST(CompressedSensingFigure, PutsTheTransitionWhereTheRateIsAHalf) {
  const study::CompressedSensing study{.n = 8, .grid = 8, .most_k_over_m = 1};
  const drawing::Figure figure = compressed_sensing_figure({.kind = study}, study, sensing(study));
  const auto& map = mark<drawing::HeatMap>(figure.panels[0]);
  EXPECT_EQ(map.values[0 * 8 + 7], 1) << "k / m = 1 / 8 at m = n";
  EXPECT_EQ(map.values[7 * 8 + 7], 0);
  const drawing::Line* transition = nullptr;
  for (const auto& mark : figure.panels[0].marks) {
    if (const auto* line = std::get_if<drawing::Line>(&mark)) transition = line;
  }
  ASSERT_NE(transition, nullptr);
  // Of m = 8, k = 4 is recovered and k = 5 not: halfway between rows 3 and 4.
  EXPECT_NEAR(transition->at[7].y, 3.5, 1e-6);
  EXPECT_EQ(transition->at[7].x, 7);
  EXPECT_TRUE(std::isnan(transition->at[0].y)) << "of m = 1 nothing is";
}

TEST(Legend, PutsEntriesSideBySide) {
  using Shown = drawing::LegendEntry::Mark;
  const drawing::Panel panel = drawing::legend(
      {0, 0, 300, 14}, {{Shown::kLine, drawing::kInk, "one"}, {Shown::kDots, drawing::kFaint, "two"}});
  ASSERT_EQ(panel.marks.size(), 4U);
  const auto& one = std::get<drawing::Text>(panel.marks[1]);
  const auto& dots = std::get<drawing::Points>(panel.marks[2]);
  EXPECT_LT(one.at.x, dots.points[0].at.x);
  EXPECT_LT(dots.points[0].at.x, std::get<drawing::Text>(panel.marks[3]).at.x);
  EXPECT_LT(std::get<drawing::Text>(panel.marks[3]).at.x, 300);
}

}  // namespace
}  // namespace superpose::figures
