#include "superpose/models/apply.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "superpose/core/error.h"

namespace superpose {
namespace {

float activate(Activation activation, float z) {
  switch (activation) {
    case Activation::kIdentity:
      return z;
    case Activation::kRelu:
      return z <= 0 ? 0.0F : z;  // NaN stays
    case Activation::kGelu:
      break;
  }
  const double wide = z;
  return static_cast<float>(wide * std::erfc(-wide / std::numbers::sqrt2) / 2);
}

/// Counts the rows of x: one for each instance of each sample. Errors: InvalidRequest when x has no whole
/// number of samples, or out does not have `width` numbers for each row.
std::size_t count_rows(const Shape& shape, std::span<const float> x, std::span<const float> out,
                       std::size_t width) {
  const std::size_t sample = shape.instances() * shape.features();
  if (x.size() % sample != 0) {
    throw InvalidRequest(
        {.key = "x",
         .expected = fmt::format("samples of {} x {} numbers", shape.n_instances, shape.n_features),
         .got = fmt::format("{} numbers", x.size())});
  }
  const std::size_t rows = x.size() / shape.features();
  if (out.size() != rows * width)
    throw InvalidRequest({.key = "out",
                          .expected = fmt::format("room for {} numbers", rows * width),
                          .got = fmt::to_string(out.size())});
  return rows;
}

/// h = hidden(W^T x) of one instance.
void encode(const Model& model, std::size_t instance, std::span<const float> x, std::span<float> h) {
  const auto W = model.W(instance);
  std::ranges::fill(h, 0.0F);
  for (std::size_t f = 0; f < x.size(); ++f) {
    for (std::size_t j = 0; j < h.size(); ++j) h[j] += x[f] * W[f * h.size() + j];
  }
  const Activation activation = parts(model.kind()).hidden;
  if (activation == Activation::kIdentity) return;
  for (float& value : h) value = activate(activation, value);
}

}  // namespace

void hidden(const Model& model, std::span<const float> x, std::span<float> out) {
  const Shape& shape = model.shape();
  const std::size_t m = shape.hidden();
  const std::size_t rows = count_rows(shape, x, out, m);
  for (std::size_t row = 0; row < rows; ++row) {
    encode(model, row % shape.instances(), x.subspan(row * shape.features(), shape.features()),
           out.subspan(row * m, m));
  }
}

void apply(const Model& model, std::span<const float> x, std::span<float> out) {
  const Shape& shape = model.shape();
  const std::size_t n = shape.features();
  const std::size_t rows = count_rows(shape, x, out, n);
  const KindParts kind = parts(model.kind());
  std::vector<float> h(shape.hidden());
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t instance = row % shape.instances();
    encode(model, instance, x.subspan(row * n, n), h);
    const auto W2 = kind.tied ? model.W(instance) : model.W2(instance);
    const auto b = model.b_final(instance);
    for (std::size_t f = 0; f < n; ++f) {
      float z = b[f];
      for (std::size_t j = 0; j < h.size(); ++j) z += W2[f * h.size() + j] * h[j];
      out[row * n + f] = activate(kind.output, z);
    }
  }
}

}  // namespace superpose
