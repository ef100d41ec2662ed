#pragma once

#include <span>

#include "superpose/drawing/figure.h"
#include "superpose/run/run.h"

namespace superpose::figures {

/// How learning goes, a column a run, of its instance in which most happens: the loss and the dimensionality
/// of every feature over the steps, and above them what the features look like in the stillest moments of the
/// way, arrows in up to three dimensions and W^T W beyond. runs: recorded with their parameters ([record]
/// parameters = true). Errors: InvalidRequest when one is not, or there is none.
drawing::Figure dynamics_figure(std::span<const run::Run* const> runs);

/// The same as an animation: the features large, and where the loss and the dimensionalities are. The figure
/// itself is the end of it. Errors: as dynamics_figure.
drawing::Figure animation_figure(std::span<const run::Run* const> runs);

}  // namespace superpose::figures
