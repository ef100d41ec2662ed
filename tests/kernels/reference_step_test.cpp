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
  bool relu;
};

class ReferenceStep : public testing::TestWithParam<Case> {
 protected:
  const std::size_t n = GetParam().n_features, m = GetParam().n_hidden;
  Autoencoder model{.n_features = n,
                    .n_hidden = m,
                    .relu = GetParam().relu,
                    .W = normals(n * m, 1),
                    .b_final = normals(n, 2)};
  const std::vector<double> x = normals(GetParam().batch * n, 3);
  std::vector<double> importance = normals(n, 4);

  void SetUp() override {
    for (double& value : importance) value = std::abs(value);
  }

  /// Central difference of the loss in one parameter. The loss is a piecewise polynomial of degree 4, so a
  /// wide step is still accurate, unless it crosses a kink.
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
  for (std::size_t f = 0; f < n; ++f)
    EXPECT_NEAR(exact.db[f], slope(model.b_final[f]), 1e-6 * largest) << "db " << f;
}

INSTANTIATE_TEST_SUITE_P(Shapes, ReferenceStep,
                         testing::Values(Case{1, 1, 1, false}, Case{1, 1, 7, true}, Case{5, 2, 16, true},
                                         Case{5, 2, 16, false}, Case{17, 3, 9, true}, Case{4, 6, 5, true}));

TEST(ReferenceStep, LossOfAHandMadeExample) {
  // h = 0.5 * 1 + 1 * 0 = 0.5; x' = ReLU(0.25 - 0.05, 0.5 - 0.6) = (0.2, 0).
  const Autoencoder model{
      .n_features = 2, .n_hidden = 1, .relu = true, .W = {0.5, 1}, .b_final = {-0.05, -0.6}};
  const std::vector<double> x = {1, 0};
  const Gradient g = gradient(model, x, std::vector<double>{1, 10});
  EXPECT_DOUBLE_EQ(g.loss, 0.64 / 2);
  EXPECT_DOUBLE_EQ(g.db[0], -0.8);
  EXPECT_DOUBLE_EQ(g.db[1], 0);
}

}  // namespace
}  // namespace superpose::kernels::reference
