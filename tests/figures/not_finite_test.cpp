#include "superpose/figures/not_finite.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <variant>
#include <vector>

#include "superpose/drawing/cairo/renderer.h"
#include "superpose/drawing/web/plotly.h"
#include "tests/drawing/layout_checks.h"
#include "tests/figures/every_kind.h"

namespace superpose::figures {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// Makes one instance what a diverged training leaves, from the second recorded row on.
void diverge(run::Run& run, std::int64_t instance, float value) {
  const auto fill = [&](Model& model) {
    for (auto part : {model.W(instance), model.W2(instance), model.b_final(instance)})
      std::ranges::fill(part, value);
  };
  fill(run.model);
  for (Model& model : run.restart_models) fill(model);
  run.loss[static_cast<std::size_t>(instance)] = value;
  for (std::size_t row = 1; row < run.history.models.size(); ++row) {
    fill(run.history.models[row]);
    run.history.loss[row * run.history.columns() + static_cast<std::size_t>(instance)] = value;
  }
}

run::Run diverged(run::Run run, std::int64_t first_instances, float value) {
  for (std::int64_t i = 0; i < first_instances; ++i) diverge(run, i, value);
  return run;
}

/// Everything that can be read in a panel without pointing at it.
std::vector<std::string> words_of(const drawing::Panel& panel) {
  std::vector<std::string> words = {panel.title, panel.x.label, panel.y.label};
  for (const auto* axis : {&panel.x, &panel.y}) {
    for (const drawing::Tick& tick : axis->ticks) words.push_back(tick.label);
  }
  for (const drawing::Mark& mark : panel.marks) {
    if (const auto* text = std::get_if<drawing::Text>(&mark)) words.push_back(text->text);
  }
  return words;
}

/// The words at dots that are drawn, and at cells.
std::vector<std::string> hovers_of(const drawing::Panel& panel) {
  std::vector<std::string> hovers;
  for (const drawing::Mark& mark : panel.marks) {
    if (const auto* points = std::get_if<drawing::Points>(&mark)) {
      for (const drawing::Point& point : points->points) {
        if (std::isfinite(point.at.x) && std::isfinite(point.at.y)) hovers.push_back(point.hover);
      }
    }
    if (const auto* cells = std::get_if<drawing::Cells>(&mark))
      hovers.insert(hovers.end(), cells->hover.begin(), cells->hover.end());
  }
  return hovers;
}

std::size_t panels_that_say_so(const drawing::Figure& figure) {
  std::size_t count = 0;
  for (const drawing::Panel& panel : figure.panels) {
    const auto words = words_of(panel);
    count +=
        std::ranges::any_of(
            words, [](const std::string& word) { return word.find(kNotFiniteText) != std::string::npos; })
            ? 1U
            : 0U;
  }
  return count;
}

void expect_no_raw_numbers(const drawing::Figure& figure) {
  for (const drawing::Panel& panel : figure.panels) {
    auto words = words_of(panel);
    for (std::string& hover : hovers_of(panel)) words.push_back(std::move(hover));
    for (const std::string& word : words) {
      EXPECT_THAT(word, Not(HasSubstr("nan")));
      EXPECT_EQ(word.find("inf"), std::string::npos) << word;
      EXPECT_THAT(word, Not(HasSubstr("no feature is"))) << "a finding";
      EXPECT_THAT(word, Not(HasSubstr("of this run shows"))) << "a finding";
    }
  }
}

/// The kinds that show runs.
std::vector<const FigureKind*> kinds_of_runs() {
  std::vector<const FigureKind*> kinds;
  for (const FigureKind& kind : figure_kinds()) {
    if (kind.build != nullptr) kinds.push_back(&kind);
  }
  return kinds;
}

TEST(NotFinite, IsSaidByEveryKindOfARunThatDiverged) {
  for (const FigureKind* kind : kinds_of_runs()) {
    for (const float value : {kNaN, kInfinity}) {
      SCOPED_TRACE(fmt::format("{}, {}", kind->name, value));
      const run::Run fine = example_for(kind->name);
      const run::Run run = diverged(fine, fine.model.shape().n_instances, value);
      const drawing::Figure figure = kind->build(std::array{&run}, {}, {}).value();
      expect_sound_layout(figure);
      EXPECT_THAT(figure.title, HasSubstr(fmt::format("({0} of {0} instances not finite)",
                                                      fine.model.shape().n_instances)));
      EXPECT_GE(panels_that_say_so(figure), 1U);
      expect_no_raw_numbers(figure);
      EXPECT_FALSE(drawing::render_png(figure, 1).empty());
      EXPECT_THAT(drawing::plotly_json(figure), HasSubstr(std::string(kNotFiniteText)));
    }
  }
}

TEST(NotFinite, IsSaidInThePlaceConcerned) {
  for (const FigureKind* kind : kinds_of_runs()) {
    SCOPED_TRACE(kind->name);
    const run::Run fine = example_for(kind->name);
    EXPECT_EQ(panels_that_say_so(kind->build(std::array{&fine}, {}, {}).value()), 0U);
    const run::Run run = diverged(fine, 1, kNaN);
    const drawing::Figure figure = kind->build(std::array{&run}, {}, {}).value();
    EXPECT_THAT(figure.title,
                HasSubstr(fmt::format("(1 of {} instances not finite)", fine.model.shape().n_instances)));
    if (kind->name == "dynamics" || kind->name == "animation" || kind->name == "inhibition")
      continue;  // show another instance
    EXPECT_GE(panels_that_say_so(figure), 1U);
    if (kind->name != "vulnerability") {  // whose panels show the same instances
      EXPECT_LT(panels_that_say_so(figure), figure.panels.size());
    }
    expect_no_raw_numbers(figure);
  }
}

TEST(NotFinite, DynamicsShowsAnInstanceThatIsFinite) {
  const run::Run run = diverged(example_for("dynamics"), 1, kNaN);
  const auto figure = find_figure_kind("dynamics").build(std::array{&run}, {}, {}).value();
  EXPECT_EQ(panels_that_say_so(figure), 0U);
}

TEST(NotFinite, DynamicsSaysFromWhichStepOn) {
  const run::Run run = diverged(example_for("dynamics"), 2, kNaN);
  const auto figure = find_figure_kind("dynamics").build(std::array{&run}, {}, {}).value();
  const auto loss = std::ranges::find(figure.panels, "loss", [](const auto& panel) { return panel.y.label; });
  ASSERT_NE(loss, figure.panels.end());
  EXPECT_THAT(words_of(*loss), ::testing::Contains("not finite from step 10 on"));
}

TEST(NotFinite, AFramesMarksAreThoseOfItsPanels) {
  const run::Run run = diverged(example_for("animation"), 2, kNaN);
  const auto figure = find_figure_kind("animation").build(std::array{&run}, {}, {}).value();
  for (const drawing::Frame& frame : figure.frames) {
    for (std::size_t p = 0; p < figure.panels.size(); ++p)
      EXPECT_EQ(frame.marks[p].size(), figure.panels[p].marks.size());
  }
}

TEST(NotFinite, StudiesSaySoToo) {
  for (study::StudyRun run : example_studies()) {
    auto* sensing = std::get_if<study::CompressedSensingResult>(&run.result);
    if (sensing == nullptr) continue;
    sensing->dimensions_per_feature.front() = kNaN;
    const auto figure = build_of_study(find_figure_kind("compressed-sensing"), run);
    EXPECT_GE(panels_that_say_so(figure), 1U);
    expect_no_raw_numbers(figure);
  }
}

TEST(NotFinite, WordsAreOnceForPlacesThatAreClose) {
  drawing::Figure figure{.width = 500, .height = 100};
  figure.panels.push_back({.area = {0, 0, 500, 100}, .x = {.first = 0, .last = 100}});
  drawing::Points points;
  for (const double x : {10.0, 11.0, 12.0, 90.0}) points.points.push_back({.at = {x, NAN}});
  points.points.push_back({.at = {50, 0.5}});
  figure.panels[0].marks.emplace_back(points);
  say_not_finite(figure);
  std::vector<double> words;
  for (const drawing::Mark& mark : figure.panels[0].marks) {
    if (const auto* text = std::get_if<drawing::Text>(&mark)) words.push_back(text->at.x);
  }
  ASSERT_EQ(words.size(), 2U);
  EXPECT_NEAR(words[0], 11, 1e-9);
  EXPECT_NEAR(words[1], 90, 1e-9);
  const auto& strokes = std::get<drawing::Segments>(figure.panels[0].marks.front()).segments;
  EXPECT_EQ(strokes.size(), 4U);
}

TEST(NotFinite, FiniteNumberWritesWhatThereIs) {
  EXPECT_EQ(finite_number(1.234, 2), "1.23");
  EXPECT_EQ(finite_number(NAN, 2), "not finite");
  EXPECT_EQ(finite_number(INFINITY, 2), "∞");
  EXPECT_EQ(finite_number(-INFINITY, 2), "−∞");
}

}  // namespace
}  // namespace superpose::figures
