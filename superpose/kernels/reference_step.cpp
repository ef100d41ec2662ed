#include "superpose/kernels/reference_step.h"

#include <cmath>

namespace superpose::kernels::reference {

Gradient gradient(const Autoencoder& model, std::span<const double> x, std::span<const double> importance) {
  const std::size_t n = model.n_features;
  const std::size_t m = model.n_hidden;
  const std::size_t batch = x.size() / n;
  const double mean = 1.0 / (static_cast<double>(batch) * static_cast<double>(n));

  Gradient result{.loss = 0, .dW = std::vector<double>(n * m), .db = std::vector<double>(n)};
  std::vector<double> h(m), dh(m), dpre(n);
  for (std::size_t s = 0; s < batch; ++s) {
    const auto xs = x.subspan(s * n, n);

    for (std::size_t j = 0; j < m; ++j) {  // h = W^T x
      h[j] = 0;
      for (std::size_t f = 0; f < n; ++f) h[j] += model.W[f * m + j] * xs[f];
    }
    for (std::size_t f = 0; f < n; ++f) {  // x' = f(W h + b), loss, and the gradient before f
      double pre = model.b_final[f];
      for (std::size_t j = 0; j < m; ++j) pre += model.W[f * m + j] * h[j];
      const bool cut = model.relu && pre <= 0;
      const double error = (cut ? 0 : pre) - xs[f];
      result.loss += mean * importance[f] * error * error;
      dpre[f] = cut ? 0 : mean * 2 * importance[f] * error;
      result.db[f] += dpre[f];
    }
    for (std::size_t j = 0; j < m; ++j) {  // dh = W^T dpre
      dh[j] = 0;
      for (std::size_t f = 0; f < n; ++f) dh[j] += model.W[f * m + j] * dpre[f];
    }
    for (std::size_t f = 0; f < n; ++f) {  // W is used twice: by the decoder and by the encoder
      for (std::size_t j = 0; j < m; ++j) result.dW[f * m + j] += dpre[f] * h[j] + xs[f] * dh[j];
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
