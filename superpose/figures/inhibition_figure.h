#pragma once

#include "superpose/drawing/figure.h"
#include "superpose/figures/wanted.h"
#include "superpose/run/run.h"

namespace superpose::figures {

/// Neurons in asymmetric superposition with inhibition (analysis/inhibition.h): those with the most
/// cross-talk, a column each. A column has the circuit of the neuron, from inputs through neurons to outputs.
/// Below it stands how the quiet output answers to the loud input alone, with and without the inhibition.
/// Where there is no such neuron, one panel says so. Errors: InvalidRequest when the run is of a kind without
/// two matrices.
drawing::Figure inhibition_figure(const run::Run& run, const Wanted& wanted = {});

}  // namespace superpose::figures
