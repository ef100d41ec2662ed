#include "superpose/analysis/metrics.h"

#include <fmt/format.h>

#include <Eigen/Core>
#include <cmath>
#include <cstddef>
#include <string_view>

#include "superpose/core/error.h"

namespace superpose {
namespace {

using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Index = Eigen::Index;

/// Keeps interference finite where a row is 0. [N]
constexpr double kNormOffset = 1e-5;

void expect_size(std::string_view what, std::size_t expected, std::size_t got) {
  if (expected != got)
    throw InvalidRequest({.key = std::string(what),
                          .expected = fmt::format("{} numbers", expected),
                          .got = fmt::to_string(got)});
}

/// Calls visit(i, W) for one instance after the other. W: (n_features, n_hidden) in float64.
template <class Weight, class Visit>
void for_each_instance(std::span<const Weight> W, const Shape& shape, Visit visit) {
  expect_size("W", shape.instances() * shape.weights(), W.size());
  using Weights = Eigen::Matrix<Weight, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  for (std::size_t i = 0; i < shape.instances(); ++i) {
    const auto own = W.subspan(i * shape.weights(), shape.weights());
    const Rows rows =
        Eigen::Map<const Weights>(own.data(), shape.n_features, shape.n_hidden).template cast<double>();
    visit(i, rows);
  }
}

/// Calls visit(i, f, dots) for every feature of every instance, dots[g] = dot(W_f, W_g). It makes one row of
/// the Gram matrix at a time, so memory does not grow with the square of n_features.
template <class Weight, class Visit>
void for_each_feature(std::span<const Weight> W, const Shape& shape, Visit visit) {
  Eigen::VectorXd dots(shape.n_features);
  for_each_instance(W, shape, [&](std::size_t i, const Rows& rows) {
    for (Index f = 0; f < shape.n_features; ++f) {
      dots.noalias() = rows * rows.row(f).transpose();
      visit(i, f, dots);
    }
  });
}

/// One number for each feature: value(i, f, dots).
template <class Weight, class Value>
std::vector<double> per_feature(std::span<const Weight> W, const Shape& shape, Value value) {
  std::vector<double> result;
  result.reserve(shape.instances() * shape.features());
  for_each_feature(W, shape, [&](std::size_t i, Index f, const Eigen::VectorXd& dots) {
    result.push_back(value(i, f, dots));
  });
  return result;
}

/// n_features numbers for each feature: value(f, dots), a row vector.
template <class Value>
std::vector<double> per_pair(std::span<const float> W, const Shape& shape, Value value) {
  std::vector<double> result(shape.instances() * shape.features() * shape.features());
  double* out = result.data();
  for_each_feature(W, shape, [&](std::size_t, Index f, const Eigen::VectorXd& dots) {
    Eigen::Map<Eigen::VectorXd>(out, dots.size()) = value(f, dots);
    out += dots.size();
  });
  return result;
}

/// interference[f, :] from the dot products of W_f with every row.
Eigen::VectorXd interference_of(Index f, const Eigen::VectorXd& dots) {
  Eigen::VectorXd row = dots / (std::sqrt(dots[f]) + kNormOffset);
  row[f] = 0;
  return row;
}

/// D_f = |W_f|^2 / sum_g (W_f . W_g / |W_f|)^2, rearranged so that it needs no square root.
double dimensionality_of(std::size_t, Index f, const Eigen::VectorXd& dots) {
  return dots[f] == 0 ? 0.0 : dots[f] * dots[f] / dots.squaredNorm();
}

}  // namespace

std::vector<double> norms(std::span<const float> W, const Shape& shape) {
  std::vector<double> result(shape.instances() * shape.features());
  for_each_instance(W, shape, [&](std::size_t i, const Rows& rows) {
    Eigen::Map<Eigen::VectorXd>(result.data() + i * shape.features(), shape.n_features) =
        rows.rowwise().norm();
  });
  return result;
}

std::vector<double> interference(std::span<const float> W, const Shape& shape) {
  return per_pair(W, shape, interference_of);
}

std::vector<double> polysemanticity(std::span<const float> W, const Shape& shape) {
  return per_feature(W, shape, [](std::size_t, Index f, const Eigen::VectorXd& dots) {
    return interference_of(f, dots).norm();
  });
}

std::vector<double> net_interference(std::span<const float> W, std::span<const float> feature_probability,
                                     const Shape& shape) {
  expect_size("feature_probability", shape.instances() * shape.features(), feature_probability.size());
  return per_feature(W, shape, [&](std::size_t i, Index f, const Eigen::VectorXd& dots) {
    const Eigen::Map<const Eigen::VectorXf> p(feature_probability.data() + i * shape.features(),
                                              shape.n_features);
    return interference_of(f, dots).cwiseAbs2().dot(p.cast<double>());
  });
}

std::vector<double> dimensionality(std::span<const float> W, const Shape& shape) {
  return per_feature(W, shape, dimensionality_of);
}

std::vector<double> dimensionality(std::span<const double> W, const Shape& shape) {
  return per_feature(W, shape, dimensionality_of);
}

std::vector<double> capacity(std::span<const float> W, const Shape& shape) {
  std::vector<double> result(shape.instances());
  for_each_feature(W, shape, [&](std::size_t i, Index f, const Eigen::VectorXd& dots) {
    result[i] += dimensionality_of(i, f, dots);
  });
  return result;
}

std::vector<double> dimensions_per_feature(std::span<const float> W, const Shape& shape) {
  std::vector<double> result(shape.instances());
  for_each_instance(W, shape, [&](std::size_t i, const Rows& rows) {
    result[i] = static_cast<double>(shape.n_hidden) / rows.squaredNorm();
  });
  return result;
}

std::vector<double> gram(std::span<const float> W, const Shape& shape) {
  return per_pair(W, shape, [](Index, const Eigen::VectorXd& dots) { return dots; });
}

}  // namespace superpose
