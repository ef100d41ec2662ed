#pragma once

#include "superpose/drawing/figure.h"
#include "superpose/figures/wanted.h"
#include "superpose/run/run.h"

namespace superpose::figures {

/// The paper's geometry of superposition. Above: D* = n_hidden / |W|_F^2, the hidden dimensions per feature
/// on average, over the density of the features. Below: the dimensionality D_f of every feature. A dot has
/// the colour of the polytope that the feature's component forms; features that are not represented are light
/// grey. Lines mark the values of the polytopes. [P, "The geometry of superposition"] Errors: InvalidRequest
/// when there are fewer than two densities.
drawing::Figure dimensionality_figure(const run::Run& run, const Wanted& wanted = {});

}  // namespace superpose::figures
