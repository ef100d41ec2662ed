#include "superpose/models/apply.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "superpose/core/error.h"

namespace superpose {
namespace {

constexpr Shape kShape{.n_instances = 2, .n_features = 3, .n_hidden = 2};

Model example(ModelKind kind) {
  Model model(kind, kShape);
  for (std::int64_t i = 0; i < kShape.n_instances; ++i) {
    const auto instance = static_cast<std::uint32_t>(i);
    initialise(model.W(i), 0.7, {.seed = 1, .instance = instance});
    initialise(model.W2(i), 0.7, {.seed = 1, .instance = instance, .matrix = 1});
    initialise(model.b_final(i), 0.3, {.seed = 2, .instance = instance});
  }
  return model;
}

double activate(Activation activation, double z) {
  if (activation == Activation::kGelu) return z * std::erfc(-z / std::sqrt(2.0)) / 2;
  return activation == Activation::kRelu && z < 0 ? 0 : z;
}

/// By the definition, in float64: sample s, instance i, feature f.
struct Expected {
  std::vector<double> hidden, output;
};
Expected expected(const Model& model, const std::vector<float>& x) {
  const KindParts kind = parts(model.kind());
  Expected result;
  for (std::size_t row = 0; row < x.size() / 3; ++row) {
    const auto instance = static_cast<std::int64_t>(row % 2);
    const auto W = model.W(instance), W2 = kind.tied ? W : model.W2(instance);
    double h[2] = {};
    for (std::size_t j = 0; j < 2; ++j) {
      for (std::size_t f = 0; f < 3; ++f)
        h[j] += static_cast<double>(W[f * 2 + j]) * static_cast<double>(x[row * 3 + f]);
      h[j] = activate(kind.hidden, h[j]);
      result.hidden.push_back(h[j]);
    }
    for (std::size_t f = 0; f < 3; ++f) {
      double z = model.b_final(instance)[f];
      for (std::size_t j = 0; j < 2; ++j) z += static_cast<double>(W2[f * 2 + j]) * h[j];
      result.output.push_back(activate(kind.output, z));
    }
  }
  return result;
}

TEST(Apply, IsTheDefinitionOfEveryKind) {
  const std::vector<float> x = {1, 0, -0.5F, 0.25F, 0.5F, 1, 0, 0, 0, -1, 2, 0.125F};  // 2 samples of 2 x 3
  for (const ModelKind kind : {ModelKind::kLinear, ModelKind::kReluOutput, ModelKind::kGeluOutput,
                               ModelKind::kReluHidden, ModelKind::kUntied, ModelKind::kAbsoluteValue}) {
    const Model model = example(kind);
    std::vector<float> h(8), out(12);
    hidden(model, x, h);
    apply(model, x, out);
    const Expected wanted = expected(model, x);
    for (std::size_t i = 0; i < h.size(); ++i) EXPECT_NEAR(h[i], wanted.hidden[i], 1e-6) << name(kind);
    for (std::size_t i = 0; i < out.size(); ++i) EXPECT_NEAR(out[i], wanted.output[i], 1e-6) << name(kind);
  }
}

TEST(Apply, HidesNoNumberThatIsNone) {
  Model model = example(ModelKind::kReluOutput);
  model.W()[0] = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> out(6);
  apply(model, std::vector<float>(6), out);
  EXPECT_TRUE(std::isnan(out[0]));
  EXPECT_FALSE(std::isnan(out[3])) << "the other instance";
}

TEST(Apply, RefusesWrongSizes) {
  const Model model = example(ModelKind::kReluOutput);
  std::vector<float> out(6);
  EXPECT_THROW(apply(model, std::vector<float>(7), out), InvalidRequest);
  EXPECT_THROW(apply(model, std::vector<float>(12), out), InvalidRequest);
  EXPECT_THROW(hidden(model, std::vector<float>(6), out), InvalidRequest);
}

}  // namespace
}  // namespace superpose
