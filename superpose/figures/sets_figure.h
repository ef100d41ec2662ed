#pragma once

#include <span>

#include "superpose/drawing/figure.h"
#include "superpose/figures/wanted.h"
#include "superpose/run/run.h"

namespace superpose::figures {

/// The features of each instance as arrows in the plane, in the colour of their set. Each run is a row of at
/// most six instances, the last run on top. For runs with another number of dimensions than two it is W^T W,
/// with the features in the order of their sets. [P, "Non-uniform superposition", correlated features]
/// Errors: InvalidRequest when there is no run, or one has another n_hidden than 2 and more than 200
/// features.
drawing::Figure sets_figure(std::span<const run::Run* const> runs, const Wanted& wanted = {});

}  // namespace superpose::figures
