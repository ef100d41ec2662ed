#pragma once

#include "superpose/drawing/figure.h"
#include "superpose/run/run.h"

namespace superpose::figures {

/// The paper's picture of a privileged basis: a column a neuron, its weights stacked and coloured by feature,
/// positive ones upward; a panel an instance, of at most 12. Neurons are in the order of the feature that
/// they answer to most. W1 where there are two matrices. [P, "Superposition in a privileged basis"] Errors:
/// InvalidRequest when the hidden layer has no activation.
drawing::Figure neurons_figure(const run::Run& run);

}  // namespace superpose::figures
