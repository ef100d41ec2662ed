#include "superpose/drawing/web/plotly.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/drawing/plotly_checks.h"

namespace superpose::drawing {
namespace {

TEST(Plotly, MovesLongTitlesBelowTheModeBar) {
  Figure figure{.width = 400, .height = 100, .title = "short"};
  figure.panels.push_back({.area = {10, 30, 50, 50}});
  const Json beside = json_of(figure)["layout"];
  EXPECT_EQ(beside["margin"]["t"], 0);
  figure.title = std::string(40, 'W');
  const Json below = json_of(figure)["layout"];
  EXPECT_GE(below["margin"]["t"], 30) << "the bar's height in pixels";
  EXPECT_EQ(below["height"].get<double>() - below["margin"]["t"].get<double>(),
            beside["height"].get<double>());
  EXPECT_EQ(below["title"]["yref"], "paper");
  EXPECT_EQ(below["xaxis"]["domain"], beside["xaxis"]["domain"]);
}

TEST(Plotly, HasNoRawControls) {
  const std::string raw = "a\x1B\u009B\u2028\u202Eb";
  Figure figure{.width = 100, .height = 100, .title = raw};
  figure.panels.push_back({.area = {10, 30, 50, 50},
                           .title = raw,
                           .x = {.ticks = {{0, raw}}, .label = raw},
                           .marks = {Points{.points = {{.at = {0, 0}, .hover = raw}}}, Text{.text = raw},
                                     HeatMap{.values = {1}, .value_name = raw}}});
  figure.color_bars.push_back({.area = {70, 30, 5, 50}, .label = raw});
  figure.frames.push_back({.label = raw, .marks = {figure.panels[0].marks}});
  const std::string json = plotly_json(figure);
  for (const char* control : {"\x1B", "\\u001b", "\u009B", "\u2028", "\u202E"})
    EXPECT_EQ(json.find(control), std::string::npos) << control;
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
  expect_sound_plotly(json);
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
