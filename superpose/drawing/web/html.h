#pragma once

#include <string>
#include <string_view>

#include "superpose/drawing/figure.h"

namespace superpose::drawing {

/// An interactive page: the figure as Plotly draws it, to hover, zoom and save from, and to play where it
/// moves.
/// script: the text of plotly.js, put into the page; if empty the page loads it from its public address.
std::string html_page(const Figure& figure, std::string_view script);

}  // namespace superpose::drawing
