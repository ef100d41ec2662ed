#pragma once

#include <cstddef>
#include <vector>

#include "superpose/drawing/colormap.h"
#include "superpose/run/run.h"

namespace superpose::figures {

/// The number of the outermost set of each feature of a run, from 1 on; 0 where it is in none. returns:
/// (n_features).
std::vector<std::size_t> sets_of(const run::Run& run);

/// The colour of a set, by its number in sets_of. They are Okabe and Ito's, which most eyes can tell apart;
/// after the sixth set they repeat. 0: grey.
drawing::Color set_color(std::size_t set);

}  // namespace superpose::figures
