#pragma once

#include <span>

#include "superpose/drawing/figure.h"
#include "superpose/figures/wanted.h"
#include "superpose/run/run.h"

namespace superpose::figures {

/// How learning goes: a column for each run, which shows its liveliest instance. Below: the loss, and the
/// dimensionality of every feature, over the steps. Above: what the features look like in the stillest
/// moments of the way, as arrows in up to three dimensions and as W^T W beyond. runs: recorded with their
/// parameters ([record] parameters = true). Errors: InvalidRequest when one is not, or there is none.
drawing::Figure dynamics_figure(std::span<const run::Run* const> runs, const Wanted& wanted = {});

/// The dynamics figure as an animation: the features are large, and marks move along the curves of loss and
/// dimensionality. The figure itself shows the end. Errors: as dynamics_figure.
drawing::Figure animation_figure(std::span<const run::Run* const> runs, const Wanted& wanted = {});

}  // namespace superpose::figures
