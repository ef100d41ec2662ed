#pragma once

#include "superpose/drawing/figure.h"
#include "superpose/run/run.h"

namespace superpose::figures {

/// The paper's geometry of superposition: above, D* = n_hidden / |W|_F^2, the hidden dimensions that a
/// feature has on average, over the features' density; below, the dimensionality D_f of every
/// feature, in the colour of the polytope that its component is, with the values of the polytopes as lines;
/// in light grey features that are not represented. [P, "The geometry of superposition"] Errors:
/// InvalidRequest when there are fewer than two densities.
drawing::Figure dimensionality_figure(const run::Run& run);

}  // namespace superpose::figures
