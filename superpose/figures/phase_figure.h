#pragma once

#include "superpose/drawing/figure.h"
#include "superpose/figures/wanted.h"
#include "superpose/run/run.h"

namespace superpose::figures {

/// The paper's phase diagram: what models with one feature more than dimensions do with the extra feature,
/// which is the last one. It is drawn over the relative importance of that feature and the density of the
/// features. Trained models stand beside what theory says is best, on one colour scale of two dimensions,
/// with the boundaries of the theory on both. "Trained" is the mean of all restarts but the worst where their
/// models are recorded, else the kept restart. [P, "Superposition as a phase change"] Errors: InvalidRequest
/// when the run is not a grid: n_hidden 1 or 2, n_features one more, importance 1 for all features but the
/// last, one instance for every pair of a density and an importance.
drawing::Figure phase_figure(const run::Run& run, const Wanted& wanted = {});

}  // namespace superpose::figures
