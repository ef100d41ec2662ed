#pragma once

#include <string>

#include "superpose/drawing/figure.h"

namespace superpose::drawing {

/// The figure in Plotly's JSON schema, `{"data": [...], "layout": {...}}`, with "frames" where it moves, on
/// one line. plotly.io.from_json and Plotly.newPlot take it. A point is 4/3 pixels, as in CSS. Numbers that
/// are not finite become null.
std::string plotly_json(const Figure& figure);

}  // namespace superpose::drawing
