#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "superpose/core/error.h"  // IWYU pragma: export

namespace superpose {

/// The motif of asymmetric superposition with inhibition. A neuron holds two features: one with a large input
/// and a small output weight, the other with a small input and a large output weight. When the first is
/// active, the neuron raises the output of the second without reason, and other neurons take that back. The
/// other way round hardly anything happens. The paper's example has the input weights (2, -1/2) and the
/// output weights (1/2, 2), and so a cross-talk of 4 one way and of 1/4 the other. [P, "Computation in
/// superposition"]
struct AsymmetricNeuron {
  std::int64_t neuron;
  std::int64_t loud;           ///< the feature with the large input weight: its cross-talk is taken back
  std::int64_t quiet;          ///< the feature with the large output weight
  double loud_in, quiet_in;    ///< input weights: of W1
  double loud_out, quiet_out;  ///< output weights: of W2
  /// What all other neurons write on the quiet output, per unit of the loud input with the sign s that this
  /// neuron answers to: the sum over them of max(0, s in) out, with `in` of the loud feature and `out` of the
  /// quiet one. Below 0 where they take back.
  double inhibition;
  std::int64_t inhibitor;  ///< the neuron that takes back most; this neuron itself where none does

  /// What the loud input writes on the quiet output through the neuron, per unit; and the same from quiet to
  /// loud.
  [[nodiscard]] double crosstalk() const;
  [[nodiscard]] double reverse_crosstalk() const;
  /// Whether the other neurons take back at least half of the cross-talk.
  [[nodiscard]] bool is_inhibited() const { return -inhibition >= crosstalk() / 2; }
};

/// How many times larger one input weight must be than the other, and likewise the other way round for output
/// weights. The two cross-talks then differ by the product of both factors.
inline constexpr double kAsymmetry = 2;

/// The asymmetric neurons of an instance, the most cross-talk first. Of the two features with the largest
/// |input weights|, the larger one's weight is at least kAsymmetry times the other's, and its output weight
/// at most a kAsymmetry-th of the other's. Both output weights are above 0, and the neuron is neither dead
/// nor monosemantic (neurons.h). W1, W2: (n_features, n_hidden), row-major, of h = ReLU(W1^T x), y = ReLU(W2
/// h + b). Errors: InvalidRequest when n_hidden is not above 0, the sizes are no whole number of rows, or
/// they differ.
std::vector<AsymmetricNeuron> asymmetric_neurons(std::span<const float> W1, std::span<const float> W2,
                                                 std::int64_t n_hidden);

}  // namespace superpose
