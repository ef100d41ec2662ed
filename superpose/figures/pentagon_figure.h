#pragma once

#include "superpose/drawing/figure.h"
#include "superpose/figures/wanted.h"
#include "superpose/run/run.h"

namespace superpose::figures {

/// The paper's competition of the pentagon with two digons. Left: the exact expected loss of every fit over
/// the relative density of the odd feature, the last of five. Dots have the colour of their geometry, and a
/// line joins the lowest of each geometry. A stroke marks where the geometry with the lowest loss changes.
/// Right: the best model at a few densities. [P, "The geometry of superposition"] Errors: InvalidRequest when
/// the run is not one of perturbed pentagons, or has fewer than two densities.
drawing::Figure pentagon_figure(const run::Run& run, const Wanted& wanted = {});

}  // namespace superpose::figures
