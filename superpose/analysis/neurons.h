#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace superpose {

/// A hidden unit whose largest |weight| is below this does nothing.
inline constexpr double kDeadNeuron = 0.1;

/// A neuron answers to one feature when the second largest of its |weights| is below this share of the
/// largest. [P, "Computation in superposition"]
inline constexpr double kMonosemantic = 0.1;

/// Where hidden units have an activation of their own they are neurons, and one can ask what each answers to.
/// [P, "Superposition in a privileged basis"]
struct NeuronCounts {
  std::int64_t monosemantic = 0;
  std::int64_t polysemantic = 0;
  std::int64_t dead = 0;
};

/// Counts the neurons of an instance. W: (n_features, n_hidden), row-major, of a model whose hidden layer has
/// an activation: a neuron's weights are a column. One with a weight that is not a number counts as
/// polysemantic. Errors: InvalidRequest when n_hidden is not above 0 or W has no whole number of rows.
NeuronCounts count_neurons(std::span<const float> W, std::int64_t n_hidden);

}  // namespace superpose
