#pragma once

#include <string>
#include <string_view>

namespace superpose::drawing {

/// The version of plotly.js that pages are made for; scripts/fetch-plotly fetches this one.
inline constexpr std::string_view kPlotlyVersion = "3.1.0";

/// The text of plotly.js, for pages that work on their own: the one of the build, or else the one that was
/// given; empty where there is neither.
std::string_view plotly_script();

/// The text of the build (SUPERPOSE_PLOTLY_JS); empty when the build had none.
std::string_view embedded_plotly_script();

/// Gives a text to a build that has none, for the rest of the process. Only the first call counts. Any thread
/// may call this.
void give_plotly_script(std::string script);

}  // namespace superpose::drawing
