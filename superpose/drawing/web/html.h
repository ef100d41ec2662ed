#pragma once

#include <string>
#include <string_view>

#include "superpose/drawing/figure.h"

namespace superpose::drawing {

/// An interactive page: the figure drawn by Plotly, to hover over, zoom and save. A figure that moves can be
/// played. script: the text of plotly.js, which goes into the page. If it is empty, the page loads plotly.js
/// from its public address.
std::string html_page(const Figure& figure, std::string_view script);

}  // namespace superpose::drawing
