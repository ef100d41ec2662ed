#include "superpose/figures/dynamics_figure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <string>

#include "superpose/core/error.h"
#include "superpose/drawing/web/plotly.h"
#include "tests/drawing/layout_checks.h"
#include "tests/figures/example_runs.h"
#include "tests/message_of.h"

namespace superpose::figures {
namespace {

using Json = nlohmann::json;

TEST(DynamicsFigure, HasMomentsAndCurvesARun) {
  const auto main = recorded(identity_run({.n_instances = 2, .n_features = 12, .n_hidden = 5}));
  const auto companion = recorded(polygon_run(1));
  const drawing::Figure figure = dynamics_figure(std::array{&companion, &main});
  expect_sound_layout(figure);
  std::size_t curves = 0;
  for (const drawing::Panel& panel : figure.panels) curves += panel.x.label == "step" ? 1U : 0U;
  EXPECT_EQ(curves, 2U);
  EXPECT_TRUE(figure.frames.empty());
}

TEST(DynamicsFigure, RefusesARunWithoutParameters) {
  const auto run = polygon_run(1);
  EXPECT_THAT(message_of<InvalidRequest>([&] { dynamics_figure(std::array{&run}); }),
              ::testing::HasSubstr("record.parameters=true"));
  EXPECT_EQ(message_of<InvalidRequest>([&] { (void)animation_figure({}); }),
            "figure animation: expected a run, got none");
}

TEST(AnimationFigure, MovesFromTheFirstRowToTheLast) {
  const auto main = recorded(identity_run({.n_instances = 2, .n_features = 12, .n_hidden = 5}));
  const auto companion = recorded(polygon_run(1));
  const drawing::Figure figure = animation_figure(std::array{&companion, &main});
  expect_sound_layout(figure);
  ASSERT_EQ(figure.frames.size(), 20U);
  EXPECT_EQ(figure.frames.front().label, "step 0");
  EXPECT_EQ(figure.frames.back().label, "step 190");

  const Json json = Json::parse(drawing::plotly_json(figure));
  ASSERT_EQ(json["frames"].size(), 20U);
  const Json& first = json["frames"].front();
  EXPECT_FALSE(first["traces"].empty());
  for (const Json& frame : json["frames"]) {
    EXPECT_EQ(frame["traces"], first["traces"]) << "one left out would stay as it was";
    ASSERT_EQ(frame["traces"].size(), frame["data"].size());
    for (std::size_t i = 0; i < frame["traces"].size(); ++i) {
      const Json& own = json["data"][frame["traces"][i].get<std::size_t>()];
      EXPECT_EQ(frame["data"][i]["type"], own["type"]);
      EXPECT_EQ(frame["data"][i]["xaxis"], own["xaxis"]);
    }
  }
  const Json& last = json["frames"].back();
  for (std::size_t i = 0; i < last["traces"].size(); ++i)
    EXPECT_EQ(last["data"][i], json["data"][last["traces"][i].get<std::size_t>()])
        << "the figure itself is the end";
  EXPECT_EQ(json["layout"]["sliders"][0]["steps"].size(), 20U);
  for (const Json& step : json["layout"]["sliders"][0]["steps"]) EXPECT_EQ(step["args"][0][0], step["label"]);
}

TEST(AnimationFigure, OthersDoNotMove) {
  EXPECT_FALSE(
      Json::parse(drawing::plotly_json(drawing::Figure{.width = 10, .height = 10})).contains("frames"));
}

}  // namespace
}  // namespace superpose::figures
