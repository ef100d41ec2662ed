#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "superpose/drawing/figure.h"

namespace superpose::figures {

/// An axis along the rows or the columns of a matrix. The first one is at the left edge, or, if downward, at
/// the upper edge.
drawing::PanelAxis matrix_axis(std::size_t length, bool downward);

/// W^T W of some features, in that order, as a heat map without names. W: (n_features, n_hidden), row-major.
/// features: numbers below n_features, at least one.
drawing::HeatMap gram_map(std::span<const float> W, std::int64_t n_hidden,
                          std::span<const std::size_t> features);

/// A square panel for W^T W of so many features, without marks.
drawing::Panel gram_panel(const drawing::Rect& area, std::size_t features);

}  // namespace superpose::figures
