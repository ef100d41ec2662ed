#pragma once

#include <span>

#include "superpose/experiment/run_directory.h"
#include "superpose/figures/figure.h"

namespace superpose::figures {

/// The features of each instance as arrows in the plane, in the colour of the set that they are in: a row for
/// each run, the last one on top, of at most six instances. [P, "Non-uniform superposition", correlated
/// features] Errors: InvalidRequest when there is no run, or one has another n_hidden than 2.
Figure sets_figure(std::span<const Run* const> runs);

}  // namespace superpose::figures
