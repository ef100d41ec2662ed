#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "superpose/drawing/web/plotly.h"

namespace superpose::drawing {

using Json = nlohmann::json;

inline Json json_of(const Figure& figure) {
  return Json::parse(plotly_json(figure));
}

inline std::size_t count_type(const Json& figure, const std::string& type) {
  std::size_t n = 0;
  for (const Json& trace : figure["data"]) n += trace["type"] == type ? 1U : 0U;
  return n;
}

/// Checks that every axis lies within the page, and that every trace has axes that exist.
inline void expect_sound_plotly(const Json& figure) {
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

}  // namespace superpose::drawing
