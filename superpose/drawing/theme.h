#pragma once

#include "superpose/drawing/colormap.h"

namespace superpose::drawing {

/// What a figure is drawn on.
enum class Theme { kLight, kDark };

/// The colour in the theme. Figures are made for light paper. In the dark theme greys change places, white
/// becomes nearly black, and saturated colours become lighter where they would not be seen. It is one smooth
/// function of the colour, so that a colour map is still one.
Color themed(const Color& color, Theme theme);

}  // namespace superpose::drawing
