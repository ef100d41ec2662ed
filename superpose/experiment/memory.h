#pragma once

#include <string>

#include "superpose/experiment/experiment.h"

namespace superpose {

/// About how many bytes training the experiment takes at its peak: parameters and optimiser moments of every
/// restart, the tables of the data, the history, a checkpoint while it is written, and the scratch memory of
/// all the machine's threads. It is a double so that absurd sizes do not wrap around.
double training_bytes(const Experiment& experiment);

/// "1.2 GiB", for people.
std::string describe_bytes(double bytes);

}  // namespace superpose
