#pragma once

#include <span>
#include <vector>

#include "superpose/core/error.h"  // IWYU pragma: export
#include "superpose/core/shape.h"

namespace superpose {

// These are measured from parameters alone, in float64. W is always (n_instances, n_features, n_hidden),
// row-major; results are (n_instances, n_features) unless said otherwise, dimensionless. A weight that is NaN
// makes everything that depends on it NaN. Errors: InvalidRequest when an argument does not have the size of
// the shape.

/// |W_f|, the L2 norm of each feature's row. About 1 where the feature is represented, about 0 where it is
/// not.
std::vector<double> norms(std::span<const float> W, const Shape& shape);

/// dot(W_f / (norm(W_f) + 1e-5), W_g), with the diagonal set to 0: how much of feature g's direction lies
/// along feature f's. Not symmetric. returns: (n_instances, n_features, n_features), [i, f, g]. [N]
std::vector<double> interference(std::span<const float> W, const Shape& shape);

/// L2 norm over g of interference[f, g]: 0 for a feature with a dimension of its own. It is the colour of the
/// feature bars. [N]; the figure in the paper shows its square. [P]
std::vector<double> polysemanticity(std::span<const float> W, const Shape& shape);

/// sum over g of interference[f, g]^2 p_g. feature_probability: (n_instances, n_features). [N]
std::vector<double> net_interference(std::span<const float> W, std::span<const float> feature_probability,
                                     const Shape& shape);

/// D_f = norm(W_f)^2 / sum_g (unit(W_f) . W_g)^2, the share of a hidden dimension that feature f has; 0 where
/// W_f is 0. Summed over f it is at most n_hidden. [P, "The geometry of superposition"]
std::vector<double> dimensionality(std::span<const float> W, const Shape& shape);
/// Dimensionality of weights in float64.
std::vector<double> dimensionality(std::span<const double> W, const Shape& shape);

/// The sum over f of D_f: how many hidden dimensions are in use, at most n_hidden. Scherlis et al. (2022),
/// "Polysemanticity and capacity in neural networks", call D_f the capacity C_f allocated to feature f.
/// returns: (n_instances).
std::vector<double> capacity(std::span<const float> W, const Shape& shape);

/// D* = n_hidden / norm(W)_F^2; infinity where W is 0. returns: (n_instances). [P]
std::vector<double> dimensions_per_feature(std::span<const float> W, const Shape& shape);

/// W^T W in the paper's layout, W W^T in this one: dot(W_f, W_g). returns: (n_instances, n_features,
/// n_features).
std::vector<double> gram(std::span<const float> W, const Shape& shape);

}  // namespace superpose
