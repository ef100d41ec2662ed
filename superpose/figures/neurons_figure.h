#pragma once

#include "superpose/drawing/figure.h"
#include "superpose/figures/wanted.h"
#include "superpose/run/run.h"

namespace superpose::figures {

/// The paper's picture of a privileged basis. A column is a neuron: its weights are stacked and coloured by
/// feature, positive ones upward. A panel is an instance; at most 12 are drawn. Neurons are in the order of
/// the feature that they answer to most. Where there are two matrices, the weights are W1's. [P,
/// "Superposition in a privileged basis"] Errors: InvalidRequest when the hidden layer has no activation.
drawing::Figure neurons_figure(const run::Run& run, const Wanted& wanted = {});

}  // namespace superpose::figures
