#pragma once

#include <string>
#include <string_view>

namespace superpose::drawing {

/// The plotly.js that pages are made for; scripts/fetch-plotly fetches this one.
inline constexpr std::string_view kPlotlyVersion = "3.1.0";

/// The text of plotly.js, for pages that stand on their own: the build's, or else what was given; empty where
/// there is neither.
std::string_view plotly_script();

/// The build's (SUPERPOSE_PLOTLY_JS); empty when it had none.
std::string_view embedded_plotly_script();

/// Gives one to a build that has none, for the rest of the process. The first one counts. Any thread may do
/// so.
void give_plotly_script(std::string script);

}  // namespace superpose::drawing
