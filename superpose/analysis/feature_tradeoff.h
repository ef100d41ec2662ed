#pragma once

#include <span>
#include <vector>

#include "superpose/core/error.h"  // IWYU pragma: export
#include "superpose/core/shape.h"
#include "superpose/models/model_kind.h"

namespace superpose {

/// What the trade-off depends on, besides the parameters.
struct TradeoffProblem {
  ModelKind kind;  ///< kLinear or kReluOutput
  Shape shape;
  std::span<const float> feature_probability;  ///< (n_instances, n_features)
  std::span<const float> importance;           ///< (n_instances, n_features)
};

/// What each feature brings and costs, as parts of the program's loss, which is the mean over features.
struct FeatureTradeoff {
  std::vector<double> benefit;  ///< (n_instances, n_features): how much the feature lowers its own error
  std::vector<double>
      interference_loss;  ///< (n_instances, n_features): how much it raises the errors of the others
};

/// The paper's decomposition of the loss into feature benefit and interference, feature by feature: the model
/// is compared with itself at W_f = 0. Features are independent, and uniform on [0, 1] where active. Summed
/// over features, loss = loss with W = 0 - sum of the benefits + sum of the interference losses:
///
/// linear, on all data and exactly, where the bias is the best for the weights: with v_f = p_f/3 - p_f^2/4,
///   benefit_f = v_f I_f [1 - (1 - |W_f|^2)^2] / n,   interference_loss_f = v_f sum_{g != f} I_g (W_g .
///   W_f)^2 / n;
/// relu_output, with f the only active feature (the paper's L_1 of f, times p_f) and x uniform on [0, 1]:
///   benefit_f = p_f I_f E[(x - ReLU(b_f))^2 - (x - ReLU(|W_f|^2 x + b_f))^2] / n,
///   interference_loss_f = p_f sum_{g != f} I_g E[ReLU(W_g . W_f x + b_g)^2 - ReLU(b_g)^2] / n,
/// which sum to the loss of sparse data up to terms in p^2. Where b <= 0, the terms of W = 0 are 1/3 and 0.
/// [P, section 2 and "Mathematical understanding"]
///
/// W: (n_instances, n_features, n_hidden), row-major; b_final: (n_instances, n_features), not used for
/// a linear model. Errors: InvalidRequest when the kind is another or an argument does not have the shape's
/// size.
FeatureTradeoff feature_tradeoff(std::span<const float> W, std::span<const float> b_final,
                                 const TradeoffProblem& problem);

}  // namespace superpose
