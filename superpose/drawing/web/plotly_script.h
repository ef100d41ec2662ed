#pragma once

#include <string_view>

namespace superpose::drawing {

/// The plotly.js that pages are made for; scripts/fetch-plotly fetches this one.
inline constexpr std::string_view kPlotlyVersion = "3.1.0";

/// The text of plotly.js, for pages that stand on their own; empty when the build had none
/// (SUPERPOSE_PLOTLY_JS).
std::string_view plotly_script();

}  // namespace superpose::drawing
