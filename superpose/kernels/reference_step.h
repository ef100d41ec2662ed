#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "superpose/kernels/engine.h"

/// The training step in plain float64 loops: the specification that the engine is tested against.
namespace superpose::kernels::reference {

/// One autoencoder x' = output(W2 h + b_final), h = hidden(W^T x); W2 is W where it is empty.
struct Autoencoder {
  std::size_t n_features = 1;
  std::size_t n_hidden = 1;
  Activation hidden = Activation::kIdentity;
  Activation output = Activation::kRelu;
  bool absolute_target = false;  ///< t = |x|, else x
  std::vector<double> W;         ///< (n_features, n_hidden)
  std::vector<double> W2;        ///< the same, or empty
  std::vector<double> b_final;   ///< (n_features)
};

/// The loss of a batch and its derivatives.
struct Gradient {
  double loss = 0;          ///< mean over batch and features of importance (t - x')^2
  std::vector<double> dW;   ///< (n_features, n_hidden)
  std::vector<double> dW2;  ///< the same, or empty
  std::vector<double> db;   ///< (n_features)
};

/// An activation and its derivative; ReLU's is 0 at 0.
double activate(Activation activation, double z);
double derivative(Activation activation, double z);

/// x: (batch, n_features). importance: (n_features). target: t, as many as x; empty: x or |x|.
Gradient gradient(const Autoencoder& model, std::span<const double> x, std::span<const double> importance,
                  std::span<const double> target = {});

/// One optimiser step on any parameters. All (n); m and v are the moments.
void update(const Update& update, std::span<const double> gradient, std::span<double> parameter,
            std::span<double> m, std::span<double> v);

}  // namespace superpose::kernels::reference
