#include "superpose/drawing/web/plotly.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "superpose/figures/features_figure.h"
#include "superpose/figures/intro_figure.h"
#include "tests/figures/example_runs.h"

namespace superpose::drawing {
namespace {

using Json = nlohmann::json;

Json json_of(const Figure& figure) {
  return Json::parse(plotly_json(figure));
}

std::size_t count_type(const Json& figure, const std::string& type) {
  std::size_t n = 0;
  for (const Json& trace : figure["data"]) n += trace["type"] == type ? 1U : 0U;
  return n;
}

// Every axis lies within the page, and every trace has axes that there are.
void expect_sound(const Json& figure) {
  const Json& layout = figure["layout"];
  std::set<std::string> axes;
  for (const auto& [key, value] : layout.items()) {
    if (key.substr(1, 4) != "axis") continue;
    axes.insert(key.substr(0, 1) + key.substr(5));
    const double low = value["domain"][0];
    const double high = value["domain"][1];
    EXPECT_GE(low, 0) << key;
    EXPECT_LT(low, high) << key;
    EXPECT_LE(high, 1) << key;
    EXPECT_EQ(value["tickvals"].size(), value["ticktext"].size()) << key;
  }
  for (const Json& trace : figure["data"]) {
    EXPECT_TRUE(axes.contains(trace["xaxis"].get<std::string>())) << trace["xaxis"];
    EXPECT_TRUE(axes.contains(trace["yaxis"].get<std::string>())) << trace["yaxis"];
    if (trace["type"] != "heatmap") {
      EXPECT_EQ(trace["x"].size(), trace["y"].size());
    }
  }
}

TEST(Plotly, IntroHasAPanelAnInstance) {
  const Json figure = json_of(figures::intro_figure(figures::polygon_run(10)));
  expect_sound(figure);
  // A panel: two axes' strokes, five features' strokes in their colours, their heads; and the colour bar.
  EXPECT_EQ(figure["data"].size(), 10U * (2 + 5 + 1) + 1);
  EXPECT_EQ(figure["layout"]["xaxis10"]["range"], Json({-1.5, 1.5}));
  EXPECT_EQ(figure["layout"]["yaxis10"]["scaleanchor"], "x10");
  EXPECT_EQ(figure["layout"]["shapes"].size(), 10U);  // backgrounds
  EXPECT_EQ(figure["layout"]["title"]["text"], "<b>example: 5 features in 2 dimensions</b>");
  const Json& bar = figure["data"].back()["marker"]["colorbar"];
  EXPECT_EQ(bar["orientation"], "v");
  EXPECT_EQ(bar["tickvals"].size(), bar["ticktext"].size());
}

TEST(Plotly, FeaturesHasThreePanelsAnInstance) {
  const auto run = figures::identity_run({.n_instances = 7, .n_features = 20, .n_hidden = 5});
  const Json figure = json_of(figures::features_figure(std::array{&run}));
  expect_sound(figure);
  EXPECT_EQ(count_type(figure, "heatmap"), 14U);
  EXPECT_EQ(count_type(figure, "bar"), 7U);
  const Json& map = figure["data"][0];
  EXPECT_EQ(map["hovertemplate"], "In: %{x}<br>Out: %{y}<br>Weight: %{z:0.2f}<extra></extra>");
  EXPECT_EQ(map["z"].size(), 20U);
  EXPECT_EQ(map["z"][3].size(), 20U);
  EXPECT_EQ(map["z"][3][3], 1);
  EXPECT_EQ(map["z"][3][4], 0);
  EXPECT_EQ(map["zmin"], -1);
  EXPECT_EQ(map["colorscale"].front(), Json({0.0, "#3b4cc0"}));
  EXPECT_EQ(map["colorscale"].back(), Json({1.0, "#b40426"}));
  EXPECT_EQ(figure["data"][1]["hovertemplate"], "Feature: %{y}<br>Bias: %{z:0.2f}<extra></extra>");
  EXPECT_EQ(figure["layout"]["yaxis"]["range"], Json({19.5, -0.5}));
  EXPECT_EQ(figure["data"][2]["orientation"], "h");
}

TEST(Plotly, EscapesItsMarkup) {
  Figure figure{.width = 100, .height = 100, .title = "a <b> & c"};
  figure.panels.push_back({.area = {10, 30, 50, 50},
                           .title = "<i>",
                           .marks = {Points{.points = {{.at = {0, 0}, .color = kInk, .hover = "x < y\nz"}}},
                                     Text{.at = {0, 0}, .text = "&"}}});
  const Json json = json_of(figure);
  EXPECT_EQ(json["layout"]["title"]["text"], "<b>a &lt;b&gt; &amp; c</b>");
  EXPECT_EQ(json["data"][0]["text"][0], "x &lt; y<br>z");
  EXPECT_EQ(json["layout"]["annotations"][0]["text"], "&lt;i&gt;");
  EXPECT_EQ(json["layout"]["annotations"][1]["text"], "&amp;");
}

TEST(Plotly, WritesNullForWhatIsNoNumber) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Figure figure{.width = 100, .height = 100};
  figure.panels.push_back(
      {.area = {10, 30, 50, 50},
       .marks = {HeatMap{.columns = 2, .values = {nan, 0.123456789, 1, 2}},
                 Bars{.bars = {{.at = 0, .length = std::numeric_limits<double>::infinity()}}}}});
  const Json json = json_of(figure);
  EXPECT_TRUE(json["data"][0]["z"][0][0].is_null());
  EXPECT_EQ(json["data"][0]["z"][0][1], 0.123457);
  EXPECT_TRUE(json["data"][1]["x"][0].is_null());
}

TEST(Plotly, NumbersHaveSixDigits) {
  Figure figure{.width = 100, .height = 100};
  Line line;
  std::vector<double> expected;
  for (int exponent = -16; exponent <= 26; ++exponent) {
    for (const double digits : {1.0, 1.234565, 2.9999995, -3.14159265, 6.5432149, 9.9999999}) {
      const double value = digits * std::pow(10, exponent);
      line.at.push_back({value, 0});
      std::array<char, 32> text{};
      std::snprintf(text.data(), text.size(), "%.6g", value);
      expected.push_back(std::stod(text.data()));
    }
  }
  for (const double far : {1e-30, -2.5e-300, 1.7e300}) {  // as they are
    line.at.push_back({far, 0});
    expected.push_back(far);
  }
  figure.panels.push_back({.area = {10, 10, 50, 50}, .marks = {line}});
  const Json x = json_of(figure)["data"][0]["x"];
  ASSERT_EQ(x.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(x[i].get<double>(), expected[i]) << expected[i];
}

TEST(Plotly, ShowsCellsAsAnImage) {
  Figure figure{.width = 100, .height = 100};
  figure.panels.push_back(
      {.area = {10, 30, 50, 50},
       .marks = {Cells{.columns = 1, .colors = {{1, 2, 3}, {4, 5, 6}}, .hover = {"a\nb", "<c>"}}}});
  const Json trace = json_of(figure)["data"][0];
  EXPECT_EQ(trace["type"], "image");
  EXPECT_EQ(trace["z"], Json::parse("[[[1, 2, 3]], [[4, 5, 6]]]"));
  EXPECT_EQ(trace["text"], Json::parse(R"([["a<br>b"], ["&lt;c&gt;"]])"));
}

TEST(Plotly, KeepsPanelsWithoutTraces) {
  Figure figure{.width = 100, .height = 100};
  figure.panels.push_back({.area = {10, 30, 50, 50}, .marks = {Points{}, Segments{}}});
  figure.panels.push_back({.area = {70, 30, 20, 50}});
  const Json json = json_of(figure);
  expect_sound(json);
  EXPECT_EQ(json["data"].size(), 2U);
  EXPECT_EQ(json["data"][1]["xaxis"], "x2");
}

TEST(Plotly, LogAxesAreInDecades) {
  Figure figure{.width = 100, .height = 100};
  figure.panels.push_back({.area = {10, 30, 50, 50}, .x = {.first = 0.01, .last = 10, .log = true}});
  const Json axis = json_of(figure)["layout"]["xaxis"];
  EXPECT_EQ(axis["type"], "log");
  EXPECT_EQ(axis["range"], Json({-2.0, 1.0}));
}

TEST(Plotly, WordsAreInTheirPanels) {
  Figure figure{.width = 100, .height = 100};
  figure.panels = {{.area = {0, 0, 100, 100},
                    .x = {.first = 1, .last = 1000, .log = true},
                    .y = {.first = 0, .last = 50},
                    .marks = {Text{.at = {10, 20}, .text = "here"}}}};
  const auto json = Json::parse(plotly_json(figure));
  const auto& word = json["layout"]["annotations"][0];
  EXPECT_DOUBLE_EQ(word["x"], 1) << "in decades, as the axis";
  EXPECT_DOUBLE_EQ(word["y"], 20);
}

TEST(Plotly, GroupsSegmentsByColor) {
  Segments segments;
  for (int i = 0; i < 10; ++i) {
    segments.segments.push_back({.from = {0, 0}, .to = {1, 1}, .color = i % 2 == 0 ? kInk : kFaint});
  }
  Figure figure{.width = 100, .height = 100};
  figure.panels.push_back({.area = {10, 30, 50, 50}, .marks = {segments}});
  const Json json = json_of(figure);
  ASSERT_EQ(json["data"].size(), 2U);
  EXPECT_EQ(json["data"][0]["x"].size(), 15U);  // two ends and a gap each
  EXPECT_TRUE(json["data"][0]["x"][2].is_null());
}

}  // namespace
}  // namespace superpose::drawing
