#include "superpose/analysis/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <numeric>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/core/random.h"

namespace superpose {
namespace {

using testing::DoubleNear;
using testing::Each;
using testing::ElementsAre;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<float> random_weights(const Shape& shape, std::uint32_t seed) {
  std::vector<float> W(shape.instances() * shape.weights());
  for (std::size_t i = 0; i < W.size(); ++i) {
    const auto words = philox::generate({static_cast<std::uint32_t>(i), 0, 0, 0}, {seed, 0});
    W[i] = static_cast<float>(normal_quantile(uniform_open(words[0], words[1])));
  }
  return W;
}

/// The definitions, literally.
struct Naive {
  std::span<const float> W;
  Shape shape;

  [[nodiscard]] double dot(std::size_t i, std::size_t f, std::size_t g) const {
    const auto m = static_cast<std::size_t>(shape.n_hidden);
    const auto own = W.subspan(i * shape.weights(), shape.weights());
    double sum = 0;
    for (std::size_t h = 0; h < m; ++h) {
      sum += static_cast<double>(own[f * m + h]) * static_cast<double>(own[g * m + h]);
    }
    return sum;
  }
  [[nodiscard]] double norm(std::size_t i, std::size_t f) const { return std::sqrt(dot(i, f, f)); }
  [[nodiscard]] double interference(std::size_t i, std::size_t f, std::size_t g) const {
    return f == g ? 0 : dot(i, f, g) / (norm(i, f) + 1e-5);
  }
  [[nodiscard]] double dimensionality(std::size_t i, std::size_t f) const {
    double sum = 0;
    for (std::size_t g = 0; g < shape.features(); ++g) sum += std::pow(dot(i, f, g) / norm(i, f), 2);
    return dot(i, f, f) / sum;
  }
};

TEST(Metrics, AreTheirDefinitionsOnRandomWeights) {
  const Shape shape{.n_instances = 3, .n_features = 7, .n_hidden = 4};
  const auto W = random_weights(shape, 1);
  std::vector<float> p(21);
  for (std::size_t i = 0; i < p.size(); ++i) p[i] = static_cast<float>(i + 1) / 21;
  const Naive naive{W, shape};

  const auto interference_ = interference(W, shape), gram_ = gram(W, shape);
  ASSERT_EQ(interference_.size(), 3 * 7 * 7U);
  ASSERT_EQ(gram_.size(), 3 * 7 * 7U);
  for (std::size_t i = 0; i < 3; ++i) {
    double total = 0;
    for (std::size_t f = 0; f < 7; ++f) {
      const std::size_t at = i * 7 + f;
      double squares = 0, net = 0;
      for (std::size_t g = 0; g < 7; ++g) {
        const double one = naive.interference(i, f, g);
        EXPECT_NEAR(interference_[at * 7 + g], one, 1e-12);
        EXPECT_NEAR(gram_[at * 7 + g], naive.dot(i, f, g), 1e-12);
        squares += one * one;
        net += one * one * static_cast<double>(p[i * 7 + g]);
      }
      total += naive.dot(i, f, f);
      EXPECT_NEAR(norms(W, shape)[at], naive.norm(i, f), 1e-12);
      EXPECT_NEAR(polysemanticity(W, shape)[at], std::sqrt(squares), 1e-12);
      EXPECT_NEAR(net_interference(W, p, shape)[at], net, 1e-12);
      EXPECT_NEAR(dimensionality(W, shape)[at], naive.dimensionality(i, f), 1e-12);
    }
    EXPECT_NEAR(dimensions_per_feature(W, shape)[i], 4 / total, 1e-12);
  }
}

TEST(Interference, DividesByTheNormOfItsOwnFeature) {
  // W_0 = (2, 0), W_1 = (1, 1): dot 2.
  const auto result =
      interference(std::vector<float>{2, 0, 1, 1}, {.n_instances = 1, .n_features = 2, .n_hidden = 2});
  EXPECT_THAT(result, ElementsAre(0.0, DoubleNear(2 / (2 + 1e-5), 1e-15),
                                  DoubleNear(2 / (std::numbers::sqrt2 + 1e-5), 1e-15), 0.0));
}

TEST(Dimensionality, IsExactForThePolytopes) {
  const auto D = [](std::int64_t n, std::int64_t m, const std::vector<double>& W) {
    return dimensionality(W, {.n_instances = 1, .n_features = n, .n_hidden = m});
  };
  EXPECT_THAT(D(3, 3, {1, 0, 0, 0, 0.5, 0, 0, 0, 2}), Each(DoubleNear(1, 1e-12)));         // orthogonal
  EXPECT_THAT(D(2, 1, {1, -1}), Each(DoubleNear(0.5, 1e-12)));                             // digon
  EXPECT_THAT(D(3, 3, {1, -1, 0, 0, 1, -1, -1, 0, 1}), Each(DoubleNear(2.0 / 3, 1e-12)));  // triangle
  EXPECT_THAT(D(4, 3, {1, 1, 1, 1, -1, -1, -1, 1, -1, -1, -1, 1}),
              Each(DoubleNear(0.75, 1e-12)));  // tetrahedron
  std::vector<double> pentagon, antiprism;
  for (int k = 0; k < 5; ++k) {
    pentagon.push_back(std::cos(k * std::numbers::pi * 2 / 5));
    pentagon.push_back(std::sin(k * std::numbers::pi * 2 / 5));
  }
  for (int k = 0; k < 8; ++k) {  // eight directions around the axis, above and below in turn
    const double angle = k * std::numbers::pi / 4;
    antiprism.push_back(std::sqrt(2.0 / 3) * std::cos(angle));
    antiprism.push_back(std::sqrt(2.0 / 3) * std::sin(angle));
    antiprism.push_back((k % 2 == 0 ? 1 : -1) * std::sqrt(1.0 / 3));
  }
  EXPECT_THAT(D(5, 2, pentagon), Each(DoubleNear(2.0 / 5, 1e-12)));
  EXPECT_THAT(D(8, 3, antiprism), Each(DoubleNear(3.0 / 8, 1e-12)));
  // Rounded to float32 they are off by as much as that rounds.
  const std::vector<float> rounded(pentagon.begin(), pentagon.end());
  EXPECT_THAT(dimensionality(rounded, {.n_instances = 1, .n_features = 5, .n_hidden = 2}),
              Each(DoubleNear(0.4, 5e-7)));
}

TEST(Capacity, IsTheSumOfTheDimensionalities) {
  const Shape shape{.n_instances = 2, .n_features = 3, .n_hidden = 2};
  // An uneven pair, 1/5 + 4/5, beside a feature with a dimension of its own; and a lone feature of three.
  const std::vector<float> W{1, 0, -2, 0, 0, 3, 0, 2, 0, 0, 0, 0};
  EXPECT_THAT(capacity(W, shape), ElementsAre(DoubleNear(2, 1e-12), 1));
}

TEST(Dimensionality, SumsToAtMostTheHiddenDimensions) {
  const Shape shape{.n_instances = 20, .n_features = 30, .n_hidden = 6};
  const auto D = dimensionality(random_weights(shape, 2), shape);
  for (auto own = D.begin(); own != D.end(); own += shape.n_features) {
    const double sum = std::accumulate(own, own + shape.n_features, 0.0);
    EXPECT_LE(sum, 6 + 1e-12);
    EXPECT_GT(sum, 3);
  }
}

TEST(Metrics, OfZeroRowsAreZero) {
  const Shape shape{.n_instances = 2, .n_features = 2, .n_hidden = 2};
  const std::vector<float> W{0, 0, 3, 4, 0, 0, 0, 0};
  EXPECT_THAT(norms(W, shape), ElementsAre(0, 5, 0, 0));
  EXPECT_THAT(interference(W, shape), Each(0));
  EXPECT_THAT(polysemanticity(W, shape), Each(0));
  EXPECT_THAT(net_interference(W, std::vector<float>(4, 1.0F), shape), Each(0));
  EXPECT_THAT(dimensionality(W, shape), ElementsAre(0, 1, 0, 0));
  EXPECT_THAT(dimensions_per_feature(W, shape), ElementsAre(2.0 / 25, kInfinity));
}

TEST(Metrics, StayFiniteForTheSmallestAndLargestRows) {
  const Shape shape{.n_instances = 1, .n_features = 2, .n_hidden = 1};
  const std::vector<float> W{std::numeric_limits<float>::denorm_min(), std::numeric_limits<float>::max()};
  EXPECT_THAT(dimensionality(W, shape), Each(testing::Truly([](double d) { return d >= 0 && d <= 1; })));
}

TEST(Metrics, PassNaNOnWithinItsInstance) {
  const Shape shape{.n_instances = 2, .n_features = 2, .n_hidden = 2};
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> W{nan, 0, 0, 1, 1, 0, 0, 1};
  const auto broken = [](std::span<const double> values) {
    return std::ranges::all_of(values, [](double value) { return std::isnan(value); });
  };
  for (const auto& result : {polysemanticity(W, shape), dimensionality(W, shape)}) {
    EXPECT_TRUE(broken(std::span(result).first(2)));
    EXPECT_FALSE(broken(std::span(result).last(2)));
  }
  EXPECT_THAT(norms(W, shape), ElementsAre(testing::IsNan(), 1, 1, 1));
  EXPECT_THAT(dimensions_per_feature(W, shape), ElementsAre(testing::IsNan(), 1));
}

TEST(Metrics, RefuseSizesThatAreNotTheShapes) {
  const Shape shape{.n_instances = 2, .n_features = 3, .n_hidden = 2};
  const std::vector<float> W(12), p(6);
  EXPECT_NO_THROW(net_interference(W, p, shape));
  EXPECT_THROW(norms(p, shape), InvalidRequest);
  EXPECT_THROW(gram(p, shape), InvalidRequest);
  EXPECT_THROW(net_interference(W, W, shape), InvalidRequest);
}

}  // namespace
}  // namespace superpose
