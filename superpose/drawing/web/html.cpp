#include "superpose/drawing/web/html.h"

#include <fmt/format.h>

#include "superpose/drawing/labels.h"
#include "superpose/drawing/web/html_text.h"
#include "superpose/drawing/web/plotly.h"
#include "superpose/drawing/web/plotly_script.h"

namespace superpose::drawing {
namespace {

// Inside <script> there are no entities, and only these two texts can end or nest it. In JavaScript's strings
// and patterns, "\/" and "\!" mean "/" and "!".
std::string script_element(std::string_view script) {
  if (script.empty()) {
    return fmt::format(
        R"(<script src="https://cdn.plot.ly/plotly-cartesian-{}.min.js" charset="utf-8"></script>)",
        kPlotlyVersion);
  }
  return fmt::format("<script>{}</script>",
                     replaced(replaced(script, "</script", "<\\/script"), "<!--", "<\\!--"));
}

constexpr std::string_view kHead = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{}</title>
<style>
body {{ margin: 0; background: {}; color: {}; font: 14px "DejaVu Sans", Verdana, Arial, sans-serif; }}
#figure {{ width: max-content; margin: 32px auto; padding: 0 16px; }}
</style>
)";

constexpr std::string_view kBody = R"(
</head>
<body>
<div id="figure"></div>
<script>
const figure = {};
const element = document.getElementById("figure");
if (typeof Plotly === "undefined") {{
  element.textContent = "This page draws with plotly.js {} from cdn.plot.ly, which could not be loaded.";
}} else {{
  Plotly.newPlot(element, {{...figure, config: {{displaylogo: false}}}});
}}
</script>
</body>
</html>
)";

}  // namespace

std::string html_page(const Figure& figure, std::string_view script) {
  const std::string json = replaced(plotly_json(figure), "<", "\\u003c");
  const std::string head = fmt::format(kHead, html_escaped(one_line(figure.title, 200)),
                                       hex(themed(kWhite, figure.theme)), hex(themed(kInk, figure.theme)));
  return head + script_element(script) + fmt::format(kBody, json, kPlotlyVersion);
}

}  // namespace superpose::drawing
