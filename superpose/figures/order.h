#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "superpose/core/error.h"  // IWYU pragma: export
#include "superpose/drawing/figure.h"

namespace superpose::figures {

/// How a figure is to look, and which instances it is to show.
struct Order {
  double width = 0, height = 0;           ///< of the figure, in points; 0: what the kind takes
  double font_size = drawing::kTextSize;  ///< of ticks and labels, in points; strokes and dots grow with it
  std::string font = std::string(drawing::kFont);
  std::optional<std::string> title = {};  ///< in place of the kind's own; empty: none
  drawing::Theme theme = drawing::Theme::kLight;
  std::vector<std::int64_t> which = {};  ///< the instances to draw, of each run; empty: the kind chooses
};

/// A length as people write it, "3.25in", "8cm", "82.5mm" or "234pt", in points; inches where no unit stands.
/// name: of the argument, for errors. Errors: InvalidRequest when it is none, or not from half an inch to
/// 200.
double parse_length(std::string_view name, std::string_view text);

/// A length in inches, in points. Errors: as parse_length.
double checked_length(std::string_view name, double inches);

/// Instances as people write them: "2", "2,5" or "0-3,7". Errors: InvalidRequest when it is no such list.
std::vector<std::int64_t> parse_instances(std::string_view text);

/// The theme of that name. Errors: InvalidRequest that lists both.
drawing::Theme parse_theme(std::string_view name);

/// Errors: InvalidRequest when the font size is not from 4 to 96 points.
void check_font_size(double points);

}  // namespace superpose::figures
