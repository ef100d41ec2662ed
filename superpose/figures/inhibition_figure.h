#pragma once

#include "superpose/drawing/figure.h"
#include "superpose/run/run.h"

namespace superpose::figures {

/// Neurons in asymmetric superposition with inhibition (analysis/inhibition.h), those of the most cross-talk,
/// a column each: its circuit, from inputs through neurons to outputs, and below it what the quiet output
/// answers to the loud input alone, with and without the inhibition. A panel with words where there is none.
/// Errors: InvalidRequest when the run is of a kind without two matrices.
drawing::Figure inhibition_figure(const run::Run& run);

}  // namespace superpose::figures
