#pragma once

#include "superpose/drawing/figure.h"
#include "superpose/figures/wanted.h"
#include "superpose/run/run.h"

namespace superpose::figures {

/// The paper's first picture: each feature's row of W as an arrow in the plane, coloured by importance, a
/// panel for each instance. Of more than 100 instances, 100 evenly chosen ones are drawn, and the title says
/// so. [P], [N] Errors: InvalidRequest unless n_hidden is 2.
drawing::Figure intro_figure(const run::Run& run, const Wanted& wanted = {});

}  // namespace superpose::figures
