#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "superpose/drawing/fit.h"

namespace superpose::figures {

/// What somebody asked of a figure that its builder has to know. Builders arrange their panels for about this
/// room; drawing::fit then gives the figure its exact size.
struct Wanted {
  drawing::Room room = {};  ///< in units in which text is drawing::kTextSize high
  /// The numbers of the instances where they were named: each is drawn, or the request refused. The runs hold
  /// these alone, in this order.
  std::vector<std::int64_t> named = {};

  /// The number that an instance of the runs has for whoever asked.
  [[nodiscard]] std::int64_t number_of(std::size_t instance) const {
    return named.empty() ? static_cast<std::int64_t>(instance) : named.at(instance);
  }
};

/// The instances to draw of n: all where they were named, else at most `most`, evenly chosen, or the last
/// where there is room for one. kind: of figure, for the error. Errors: InvalidRequest when more are named
/// than have room.
std::vector<std::size_t> instances_to_draw(std::string_view kind, std::size_t n, std::size_t most,
                                           const Wanted& wanted);

/// Errors: InvalidRequest when instances were named and these n are more than the `most` that have room.
void expect_room(std::string_view kind, std::size_t n, std::size_t most, const Wanted& wanted);

/// A grid of equal panels.
struct Columns {
  std::size_t columns = 1;
  double side = 0;  ///< about the width of a panel
};

/// What a grid of panels takes beside the panels, in units of length.
struct GridSpace {
  double across = 0, down = 0;         ///< at the edges: titles, labels, colour bars
  double column_gap = 0, row_gap = 0;  ///< between panels, with their titles and labels
  double height_of_width = 1;          ///< of a panel
};

/// The columns that make n panels largest in this room, with panels at least `least` wide. Where only the
/// width is given, the most such columns. room: with a width or a height.
Columns columns_in(const drawing::Room& room, std::size_t n, const GridSpace& space, double least);

/// How many panels of at least this width have room; `most` where the room is free in some direction.
std::size_t panels_in(const drawing::Room& room, const GridSpace& space, double least, std::size_t most);

}  // namespace superpose::figures
