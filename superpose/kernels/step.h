#pragma once

#include <cstddef>

#include "superpose/core/activation.h"

/// What a member computes and how it learns, as data: a new kind of model fills in these fields, and every
/// back end sees them.
namespace superpose::kernels {

/// What a member's outputs should become.
enum class Target {
  kInput,     ///< x
  kAbsolute,  ///< |x|
  kGiven,     ///< the targets come with the samples
};

/// One step of an autoencoder x' = output(W2 h + b_final), h = hidden(W1^T x). Its loss is the mean over
/// batch and features of importance_f |t_f - x'_f|^loss_exponent. A back end refuses a step that it cannot do
/// (BackEnd::open) and ignores no field.
struct Step {
  std::size_t n_features = 1;  ///< inputs and outputs
  std::size_t n_hidden = 1;
  bool tied = true;  ///< W2 and W1 are one matrix, W
  Activation hidden = Activation::kIdentity;
  Activation output = Activation::kRelu;
  Target target = Target::kInput;
  double loss_exponent = 2;

  /// Elements of W.
  [[nodiscard]] std::size_t matrix() const { return n_features * n_hidden; }
  /// Elements of W, and of W2 where there is one.
  [[nodiscard]] std::size_t weights() const { return tied ? matrix() : 2 * matrix(); }
  /// Parameters of a member: weights, then b_final.
  [[nodiscard]] std::size_t parameters() const { return weights() + n_features; }

  friend bool operator==(const Step&, const Step&) = default;
};

/// How one step turns a gradient g into an update of a parameter w, the same for all parameters; m and v are
/// its two moments.
struct Update {
  enum class Rule { kAdam, kMomentum };
  Rule rule = Rule::kAdam;
  float l2 = 0;         ///< g += l2 w
  float decay = 1;      ///< w *= decay, before the step
  float step_size = 0;  ///< kAdam: lr / (1 - beta1^t); kMomentum: lr
  float beta1 = 0;      ///< kAdam: m = beta1 m + (1 - beta1) g; kMomentum: m = beta1 m + g
  float beta2 = 0;      ///< kAdam: v = beta2 v + (1 - beta2) g^2
  float one_minus_beta1 = 1;
  float one_minus_beta2 = 1;
  float correction2 = 1;  ///< kAdam: 1 / sqrt(1 - beta2^t)
  float eps = 0;  ///< kAdam: w -= step_size m / (sqrt(v) correction2 + eps); kMomentum: w -= step_size m
};

}  // namespace superpose::kernels
