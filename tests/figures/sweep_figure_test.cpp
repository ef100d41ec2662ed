#include "superpose/figures/sweep_figure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <variant>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/drawing/cairo/renderer.h"
#include "tests/drawing/image.h"
#include "tests/drawing/layout_checks.h"
#include "tests/figures/example_sweep.h"

namespace superpose::figures {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;
using Role = run::Column::Role;

/// The marks of a kind in a figure's first panel.
template <class Mark>
std::vector<Mark> marks_of(const drawing::Figure& figure) {
  std::vector<Mark> marks;
  for (const drawing::Mark& mark : figure.panels.front().marks) {
    if (const auto* one = std::get_if<Mark>(&mark)) marks.push_back(*one);
  }
  return marks;
}

std::vector<std::string> labels_of(const std::vector<drawing::Tick>& ticks) {
  std::vector<std::string> labels;
  for (const drawing::Tick& tick : ticks) labels.push_back(tick.label);
  return labels;
}

/// Without a column.
run::Table without(run::Table table, std::string_view name) {
  std::erase_if(table.columns, [&](const run::Column& column) { return column.name == name; });
  return table;
}

template <class T>
run::Cells<T>& cells(run::Table& table, std::string_view name) {
  return std::get<run::Cells<T>>(std::ranges::find(table.columns, name, &run::Column::name)->cells);
}

TEST(SweepFigure, OfTwoKeysIsAHeatMapOfMedians) {
  const drawing::Figure figure = sweep_figure(example_sweep(), {.name = "mine"});
  EXPECT_EQ(figure.title, "mine: loss, median over train.seed");
  EXPECT_EQ(figure.panels[0].x.label, "train.lr");
  EXPECT_EQ(figure.panels[0].y.label, "model.n_hidden");
  EXPECT_THAT(labels_of(figure.panels[0].x.ticks), ElementsAre("0.001", "0.01", "0.1"));
  EXPECT_THAT(labels_of(figure.panels[0].y.ticks), ElementsAre("1", "2", "3"));
  const auto maps = marks_of<drawing::Cells>(figure);
  ASSERT_EQ(maps.size(), 1U);
  EXPECT_EQ(maps[0].columns, 3U);
  ASSERT_EQ(maps[0].hover.size(), 9U);
  EXPECT_EQ(maps[0].hover[5], "train.lr 0.1\nmodel.n_hidden 2\nloss 5.6, median of 2");
  EXPECT_EQ(maps[0].colors[6], drawing::color_at(drawing::Colormap::kViridis, 0)) << "the lowest";
  EXPECT_EQ(maps[0].colors[2], drawing::color_at(drawing::Colormap::kViridis, 1)) << "the highest";
  ASSERT_EQ(figure.color_bars.size(), 1U);
  expect_sound_layout(figure);
}

TEST(SweepFigure, BreaksTheLegendOfItsLinesWhereTheFigureIsNarrow) {
  const drawing::Room narrow{.width = 130};
  const drawing::Figure built = sweep_figure(example_sweep(), {.x = "lr"}, {.room = narrow});
  const drawing::Figure figure = drawing::fit(built, narrow);
  const auto is_legend = [](const drawing::Panel& panel) { return !panel.legend.empty(); };
  const auto legend = std::ranges::find_if(figure.panels, is_legend);
  ASSERT_NE(legend, figure.panels.end());
  EXPECT_EQ(legend->legend[0].text, "model.n_hidden 1");
  EXPECT_EQ(legend->legend[1].text, "2");
  EXPECT_GE(legend->y.first, 2) << "rows";
  EXPECT_LE(legend->area.bottom(), figure.panels[0].area.y);
}

TEST(SweepFigure, HasTheKeysThatAreAskedFor) {
  const drawing::Figure figure =
      sweep_figure(example_sweep(), {.metric = "represented", .x = "n_hidden", .y = "train.seed"});
  EXPECT_EQ(figure.panels[0].x.label, "model.n_hidden");
  EXPECT_EQ(figure.panels[0].y.label, "train.seed");
  EXPECT_THAT(figure.title, HasSubstr("represented, median over train.lr"));
  EXPECT_EQ(sweep_figure(example_sweep(), {.y = "lr"}).panels[0].x.label, "model.n_hidden");
}

TEST(SweepFigure, OverXAloneHasALineForEachValueOfAnotherKey) {
  const drawing::Figure figure = sweep_figure(example_sweep(), {.x = "train.lr"});
  const auto lines = marks_of<drawing::Line>(figure);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[1].at.size(), 3U);
  EXPECT_EQ(lines[1].at[2].x, 0.1);
  EXPECT_DOUBLE_EQ(lines[1].at[2].y, 5.6);
  EXPECT_TRUE(figure.panels[0].x.log) << "the values are a geometric series";
  ASSERT_EQ(figure.panels.size(), 2U);
  EXPECT_EQ(figure.panels[1].title, "model.n_hidden");
  // What the medians are of.
  const auto dots = marks_of<drawing::Points>(figure);
  EXPECT_EQ(std::ranges::count(dots, 6U, [](const auto& some) { return some.points.size(); }), 3);
  expect_sound_layout(figure);
  const drawing::Image image(drawing::render_png(figure, 1));
  for (const drawing::Panel& panel : figure.panels) EXPECT_TRUE(image.has_content(panel.area));
}

TEST(SweepFigure, OfOneKeyIsALine) {
  const run::Table table = without(without(example_sweep(), "train.lr"), "train.seed");
  const drawing::Figure figure = sweep_figure(table, {});
  EXPECT_EQ(marks_of<drawing::Line>(figure).size(), 1U);
  EXPECT_EQ(figure.panels.size(), 1U) << "no legend";
  EXPECT_FALSE(figure.panels[0].x.log);
  EXPECT_THAT(labels_of(figure.panels[0].x.ticks), ElementsAre("1", "2", "3"));
}

/// A sweep of a schedule, with two instances a point. probability: of the second one.
run::Table of_instances(double probability) {
  return {.columns = {column("point", run::Cells<std::int64_t>{0, 0, 1, 1}, Role::kPlace),
                      column("train.schedule",
                             run::Cells<std::string>{"linear", "linear", "cosine", "cosine"}, Role::kSwept),
                      column("feature_probability", run::Cells<double>{1, probability, 1, probability},
                             Role::kMeasured),
                      column("loss", run::Cells<double>{1, 2, 3, 4}, Role::kMeasured)}};
}

TEST(SweepFigure, InstancesOfOtherDensitiesAreLinesOfTheirOwn) {
  const drawing::Figure figure = sweep_figure(of_instances(0.25), {.name = "s"});
  const auto lines = marks_of<drawing::Line>(figure);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].at[1].y, 4) << "p = 0.25 comes first";
  EXPECT_EQ(lines[1].at[1].y, 3);
  EXPECT_EQ(figure.panels[1].title, "feature_probability");
  EXPECT_EQ(figure.title, "s: loss");
  EXPECT_THAT(labels_of(figure.panels[0].x.ticks), ElementsAre("linear", "cosine")) << "in the file's order";
}

TEST(SweepFigure, InstancesThatAreAlikeAreOneLine) {
  const drawing::Figure figure = sweep_figure(of_instances(1), {.name = "s"});
  const auto lines = marks_of<drawing::Line>(figure);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].at[1].y, 3.5);
  EXPECT_EQ(figure.title, "s: loss, median over 2 instances");
}

TEST(SweepFigure, SaysWhatIsNotFiniteAndWhatIsNotThere) {
  run::Table table = example_sweep();
  cells<double>(table, "loss")[0] = std::numeric_limits<double>::quiet_NaN();
  drawing::Figure figure = sweep_figure(table, {});
  EXPECT_EQ(marks_of<drawing::Cells>(figure)[0].colors[0], drawing::kNotFinite);
  EXPECT_THAT(marks_of<drawing::Cells>(figure)[0].hover[0], HasSubstr("loss not finite"));
  EXPECT_EQ(figure.panels.size(), 2U) << "a legend";
  expect_sound_layout(figure);

  figure = sweep_figure(table, {.x = "n_hidden"});
  const auto words = marks_of<drawing::Text>(figure);
  ASSERT_EQ(words.size(), 1U);
  EXPECT_EQ(words[0].text, "not finite");

  for (run::Column& column : table.columns)  // the first point, with either seed
    std::visit([](auto& some) { some.erase(some.begin(), some.begin() + 2); }, column.cells);
  figure = sweep_figure(table, {});
  EXPECT_EQ(marks_of<drawing::Cells>(figure)[0].colors[0], drawing::kWhite);
  EXPECT_THAT(marks_of<drawing::Cells>(figure)[0].hover[0], HasSubstr("no such point"));
}

TEST(SweepFigure, AFewOfManyValuesHaveLabels) {
  run::Table table;
  run::Cells<std::int64_t> point;
  run::Cells<double> x, y, loss;
  for (int i = 0; i < 900; ++i) {
    point.emplace_back(i);
    x.emplace_back(i % 30 + 0.123);
    y.emplace_back(i / 30);
    loss.emplace_back(i);
  }
  table.columns = {column("point", point, Role::kPlace), column("train.lr", x, Role::kSwept),
                   column("train.eps", y, Role::kSwept), column("feature_probability", y, Role::kMeasured),
                   column("loss", loss, Role::kMeasured)};
  const drawing::Figure map = sweep_figure(table, {.x = "lr", .y = "eps"});
  EXPECT_LT(map.panels[0].x.ticks.size(), 14U);
  expect_sound_layout(map);
  const drawing::Figure lines = sweep_figure(table, {.x = "lr"});
  EXPECT_EQ(marks_of<drawing::Line>(lines).size(), 30U);
  expect_sound_layout(lines);
}

TEST(SweepFigure, PowersOfTenAreFewHoweverFarTheyGo) {
  run::Table table = example_sweep();
  for (auto& rate : cells<double>(table, "train.lr")) {
    if (rate == 0.1) rate = 1e30;
  }
  const drawing::Figure figure = sweep_figure(table, {.x = "lr"});
  EXPECT_TRUE(figure.panels[0].x.log);
  EXPECT_LE(figure.panels[0].x.ticks.size(), 8U);
  EXPECT_GE(figure.panels[0].x.ticks.size(), 4U);
}

TEST(SweepFigure, RefusesWhatIsNotThere) {
  const auto refused = [](const SweepView& view, const std::string& why) {
    EXPECT_THAT([&] { sweep_figure(example_sweep(), view); }, ThrowsMessage<InvalidRequest>(HasSubstr(why)));
  };
  refused(
      {.metric = "los"},
      "figure sweep: metric: expected one of feature_probability, loss, represented, got \"los\"; did you "
      "mean `loss`?");
  refused({.metric = "outcome"}, "got \"outcome\"");
  refused({.x = "steps"}, "x: expected one of the swept keys model.n_hidden, train.lr, train.seed, got");
  refused({.x = "lr", .y = "train.lr"}, "y: expected another key than x, got \"train.lr\"");

  run::Table gap = example_sweep();
  cells<double>(gap, "train.lr")[3].reset();
  EXPECT_THAT([&] { sweep_figure(gap, {.x = "lr"}); },
              ThrowsMessage<InvalidRequest>(HasSubstr("x: expected a key that every point has")));
  const drawing::Figure figure = sweep_figure(gap, {.name = "s"});
  EXPECT_EQ(figure.panels[0].x.label, "model.n_hidden");
  EXPECT_EQ(figure.title, "s: loss, median over train.lr, train.seed");
}

}  // namespace
}  // namespace superpose::figures
