#include "superpose/kernels/reference_step.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "superpose/core/random.h"

namespace superpose::kernels::reference {
namespace {

/// n normals that depend on the stream alone.
std::vector<double> normals(std::size_t n, std::uint32_t stream) {
  std::vector<double> values;
  for (std::uint32_t i = 0; i < n; ++i) {
    const auto words = philox::generate({i, 0, 0, 0}, {11, stream});
    values.push_back(normal_quantile(uniform_open(words[0], words[1])));
  }
  return values;
}

struct Case {
  std::size_t n_features, n_hidden, batch;
  Activation output = Activation::kRelu;
  Activation hidden = Activation::kIdentity;
  bool tied = true;
  Target target = Target::kInput;
  double loss_exponent = 2;
};

class ReferenceStep : public testing::TestWithParam<Case> {
 protected:
  const std::size_t n = GetParam().n_features, m = GetParam().n_hidden;
  Autoencoder model{.step = {.n_features = n,
                             .n_hidden = m,
                             .tied = GetParam().tied,
                             .hidden = GetParam().hidden,
                             .output = GetParam().output,
                             .target = GetParam().target,
                             .loss_exponent = GetParam().loss_exponent},
                    .W = normals(n * m, 1),
                    .W2 = GetParam().tied ? std::vector<double>() : normals(n * m, 5),
                    .b_final = normals(n, 2)};
  const std::vector<double> x = normals(GetParam().batch * n, 3);
  std::vector<double> importance = normals(n, 4);

  void SetUp() override {
    for (double& value : importance) value = std::abs(value);
  }

  /// Central difference of the loss in one parameter. The loss is smooth, so a wide step is still
  /// accurate, unless it crosses a kink.
  double slope(double& parameter) {
    constexpr double h = 1e-5;
    const double at = parameter;
    parameter = at + h;
    const double above = gradient(model, x, importance).loss;
    parameter = at - h;
    const double below = gradient(model, x, importance).loss;
    parameter = at;
    return (above - below) / (2 * h);
  }
};

TEST_P(ReferenceStep, GradientsMatchFiniteDifferences) {
  const Gradient exact = gradient(model, x, importance);
  double largest = 0;
  for (const double g : exact.dW) largest = std::max(largest, std::abs(g));
  ASSERT_GT(largest, 0);
  for (std::size_t i = 0; i < n * m; ++i)
    EXPECT_NEAR(exact.dW[i], slope(model.W[i]), 1e-6 * largest) << "dW " << i;
  ASSERT_EQ(exact.dW2.size(), model.W2.size());
  for (std::size_t i = 0; i < model.W2.size(); ++i)
    EXPECT_NEAR(exact.dW2[i], slope(model.W2[i]), 1e-6 * largest) << "dW2 " << i;
  for (std::size_t f = 0; f < n; ++f)
    EXPECT_NEAR(exact.db[f], slope(model.b_final[f]), 1e-6 * largest) << "db " << f;
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, ReferenceStep,
    testing::Values(Case{1, 1, 1, Activation::kIdentity}, Case{1, 1, 7}, Case{5, 2, 16},
                    Case{5, 2, 16, Activation::kIdentity}, Case{17, 3, 9}, Case{4, 6, 5},
                    Case{5, 3, 9, Activation::kGelu}, Case{6, 3, 9, Activation::kRelu, Activation::kRelu},
                    Case{5, 4, 9, Activation::kRelu, Activation::kIdentity, false},
                    Case{5, 4, 9, Activation::kGelu, Activation::kRelu, false},
                    Case{3, 6, 9, Activation::kRelu, Activation::kRelu, false, Target::kAbsolute},
                    Case{3, 2, 9, Activation::kGelu, Activation::kIdentity, true, Target::kInput, 4},
                    Case{3, 2, 9, Activation::kRelu, Activation::kIdentity, true, Target::kAbsolute, 2.5}));

TEST(ReferenceStep, ActivationsAtKnownPoints) {
  EXPECT_EQ(activate(Activation::kIdentity, -2), -2);
  EXPECT_EQ(activate(Activation::kRelu, -2), 0);
  EXPECT_EQ(derivative(Activation::kRelu, 0), 0);
  EXPECT_NEAR(activate(Activation::kGelu, 1), 0.841344746068543, 1e-15);
  EXPECT_NEAR(activate(Activation::kGelu, -1), -0.158655253931457, 1e-15);
  EXPECT_NEAR(derivative(Activation::kGelu, 0), 0.5, 1e-15);
}

TEST(ReferenceStep, LossOfAHandMadeExample) {
  // h = 0.5 * 1 + 1 * 0 = 0.5; x' = ReLU(0.25 - 0.05, 0.5 - 0.6) = (0.2, 0).
  const Autoencoder model{
      .step = {.n_features = 2, .n_hidden = 1}, .W = {0.5, 1}, .W2 = {}, .b_final = {-0.05, -0.6}};
  const std::vector<double> x = {1, 0};
  const Gradient g = gradient(model, x, std::vector<double>{1, 10});
  EXPECT_DOUBLE_EQ(g.loss, 0.64 / 2);
  EXPECT_DOUBLE_EQ(g.db[0], -0.8);
  EXPECT_DOUBLE_EQ(g.db[1], 0);

  Autoencoder given = model;
  given.step.target = Target::kGiven;
  EXPECT_DOUBLE_EQ(gradient(given, x, std::vector<double>{1, 10}, std::vector<double>{0.2, 1}).loss,
                   10.0 / 2);
}

}  // namespace
}  // namespace superpose::kernels::reference
