#pragma once

#include <cstddef>
#include <vector>

#include "superpose/drawing/colormap.h"
#include "superpose/run/run.h"

namespace superpose::figures {

/// The outermost set of each feature of a run, from 1 on; 0: it is in none. returns: (n_features).
std::vector<std::size_t> sets_of(const run::Run& run);

/// A set's colour, as sets_of numbers them: Okabe and Ito's, told apart by most eyes; sets beyond the sixth
/// begin again. 0: grey.
drawing::Color set_color(std::size_t set);

}  // namespace superpose::figures
