#include "superpose/figures/wanted.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "superpose/core/error.h"
#include "superpose/drawing/layout.h"

namespace superpose::figures {

void expect_room(std::string_view kind, std::size_t n, std::size_t most, const Wanted& wanted) {
  if (wanted.named.empty() || n <= most) return;
  throw InvalidRequest({.place = argument_place(fmt::format("figure {}", kind)),
                        .key = "which",
                        .expected = fmt::format("at most {} instances in a figure of this size", most),
                        .got = fmt::to_string(n)});
}

std::vector<std::size_t> instances_to_draw(std::string_view kind, std::size_t n, std::size_t most,
                                           const Wanted& wanted) {
  expect_room(kind, n, most, wanted);
  if (most == 1) return {n - 1};
  return drawing::choose_evenly(n, most);
}

Columns columns_in(const drawing::Room& room, std::size_t n, const GridSpace& space, double least) {
  Columns best;
  for (std::size_t columns = 1; columns <= n; ++columns) {
    const auto c = static_cast<double>(columns), r = std::ceil(static_cast<double>(n) / c);
    double side = room.width > 0 ? (room.width - space.across - (c - 1) * space.column_gap) / c : INFINITY;
    if (columns > 1 && side < least) break;
    if (room.height > 0)
      side = std::min(side, (room.height - space.down - (r - 1) * space.row_gap) / r / space.height_of_width);
    if (!(room.height > 0) || side > best.side) best = {.columns = columns, .side = side};
  }
  return best;
}

std::size_t panels_in(const drawing::Room& room, const GridSpace& space, double least, std::size_t most) {
  if (!(room.width > 0 && room.height > 0)) return most;
  const double columns =
      std::floor((room.width - space.across + space.column_gap) / (least + space.column_gap));
  const double rows = std::floor((room.height - space.down + space.row_gap) /
                                 (least * space.height_of_width + space.row_gap));
  return std::min(most, static_cast<std::size_t>(std::max(1.0, columns) * std::max(1.0, rows)));
}

}  // namespace superpose::figures
