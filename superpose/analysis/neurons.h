#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "superpose/core/error.h"  // IWYU pragma: export

namespace superpose {

/// A neuron whose largest |weight| is below this does nothing.
inline constexpr double kDeadNeuron = 0.1;

/// A neuron answers to one feature when the second largest of its |weights| is below this share of the
/// largest. [P, "Computation in superposition"]
inline constexpr double kMonosemantic = 0.1;

/// What the hidden units of an instance answer to. They are neurons where they have an activation of their
/// own. [P, "Superposition in a privileged basis"]
struct NeuronCounts {
  std::int64_t monosemantic = 0;
  std::int64_t polysemantic = 0;
  std::int64_t dead = 0;
};

/// Counts the neurons of an instance. W: (n_features, n_hidden), row-major, of a model whose hidden layer has
/// an activation; a column has the weights of a neuron. A neuron with a weight that is NaN counts as
/// polysemantic. Errors: InvalidRequest when n_hidden is not above 0 or W has no whole number of rows.
NeuronCounts count_neurons(std::span<const float> W, std::int64_t n_hidden);

}  // namespace superpose
