#pragma once

#include "superpose/drawing/figure.h"
#include "superpose/run/run.h"

namespace superpose::figures {

/// The paper's competition of the pentagon with two digons: the exact expected loss of every fit over the
/// relative density of the odd feature, the last of five, in the colour of its geometry, the lowest of each
/// geometry joined, with a line where the lowest of all changes; beside it the best model at a few densities.
/// [P, "The geometry of superposition"] Errors: InvalidRequest when the run is none of perturbed pentagons,
/// or of fewer than two densities.
drawing::Figure pentagon_figure(const run::Run& run);

}  // namespace superpose::figures
