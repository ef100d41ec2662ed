#include "superpose/kernels/reference_step.h"

#include <cmath>
#include <numbers>

namespace superpose::kernels::reference {
namespace {

double normal_distribution(double z) {
  return std::erfc(-z / std::numbers::sqrt2) / 2;
}

double target_of(const Step& step, double x, double given) {
  switch (step.target) {
    case Target::kInput:
      return x;
    case Target::kAbsolute:
      return std::abs(x);
    case Target::kGiven:
      break;
  }
  return given;
}

}  // namespace

double activate(Activation activation, double z) {
  switch (activation) {
    case Activation::kIdentity:
      return z;
    case Activation::kRelu:
      return z <= 0 ? 0 : z;  // NaN stays
    case Activation::kGelu:
      break;
  }
  return z * normal_distribution(z);
}

double derivative(Activation activation, double z) {
  switch (activation) {
    case Activation::kIdentity:
      return 1;
    case Activation::kRelu:
      return z <= 0 ? 0 : 1;
    case Activation::kGelu:
      break;
  }
  const double density = std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
  return normal_distribution(z) + z * density;
}

Gradient gradient(const Autoencoder& model, std::span<const double> x, std::span<const double> importance,
                  std::span<const double> target) {
  const std::size_t n = model.step.n_features;
  const std::size_t m = model.step.n_hidden;
  const std::size_t batch = x.size() / n;
  const double mean = 1.0 / (static_cast<double>(batch) * static_cast<double>(n));
  const bool tied = model.step.tied;
  const auto& W = model.W;
  const auto& W2 = tied ? model.W : model.W2;

  Gradient result{.loss = 0,
                  .dW = std::vector<double>(n * m),
                  .dW2 = std::vector<double>(tied ? 0 : n * m),
                  .db = std::vector<double>(n)};
  auto& dW2 = tied ? result.dW : result.dW2;  // a tied W is used twice: by the decoder and by the encoder
  std::vector<double> pre(m), h(m), dh(m), dpre(n);
  for (std::size_t s = 0; s < batch; ++s) {
    const auto xs = x.subspan(s * n, n);

    for (std::size_t j = 0; j < m; ++j) {  // h = hidden(W^T x)
      pre[j] = 0;
      for (std::size_t f = 0; f < n; ++f) pre[j] += W[f * m + j] * xs[f];
      h[j] = activate(model.step.hidden, pre[j]);
    }
    for (std::size_t f = 0; f < n; ++f) {  // x' = output(W2 h + b), loss, and the gradient before `output`
      double z = model.b_final[f];
      for (std::size_t j = 0; j < m; ++j) z += W2[f * m + j] * h[j];
      const double t = target_of(model.step, xs[f], target.empty() ? 0 : target[s * n + f]);
      const double error = activate(model.step.output, z) - t;
      const double power = model.step.loss_exponent;
      result.loss += mean * importance[f] * std::pow(std::abs(error), power);
      dpre[f] = mean * importance[f] * power * std::copysign(std::pow(std::abs(error), power - 1), error) *
                derivative(model.step.output, z);
      result.db[f] += dpre[f];
    }
    for (std::size_t j = 0; j < m; ++j) {  // the gradient before `hidden`
      dh[j] = 0;
      for (std::size_t f = 0; f < n; ++f) dh[j] += W2[f * m + j] * dpre[f];
      dh[j] *= derivative(model.step.hidden, pre[j]);
    }
    for (std::size_t f = 0; f < n; ++f) {
      for (std::size_t j = 0; j < m; ++j) {
        dW2[f * m + j] += dpre[f] * h[j];
        result.dW[f * m + j] += xs[f] * dh[j];
      }
    }
  }
  return result;
}

void update(const Update& update, std::span<const double> gradient, std::span<double> parameter,
            std::span<double> m, std::span<double> v) {
  for (std::size_t i = 0; i < parameter.size(); ++i) {
    double& w = parameter[i];
    const double g = gradient[i] + static_cast<double>(update.l2) * w;
    m[i] = static_cast<double>(update.beta1) * m[i] + static_cast<double>(update.one_minus_beta1) * g;
    double direction = m[i];
    if (update.rule == Update::Rule::kAdam) {
      v[i] = static_cast<double>(update.beta2) * v[i] + static_cast<double>(update.one_minus_beta2) * g * g;
      direction /=
          std::sqrt(v[i]) * static_cast<double>(update.correction2) + static_cast<double>(update.eps);
    }
    w = w * static_cast<double>(update.decay) - static_cast<double>(update.step_size) * direction;
  }
}

}  // namespace superpose::kernels::reference
