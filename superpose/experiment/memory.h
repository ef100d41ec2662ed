#pragma once

#include <string>

#include "superpose/experiment/experiment.h"

namespace superpose {

/// Bytes that training the experiment takes at its peak, about: parameters and the optimiser's moments of
/// every restart, the data's tables, the history, a checkpoint being written and the scratch of all the
/// machine's threads. A double, so that absurd sizes do not wrap.
double training_bytes(const Experiment& experiment);

/// "1.2 GiB", for people.
std::string describe_bytes(double bytes);

}  // namespace superpose
