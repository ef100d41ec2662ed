#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "superpose/kernels/step.h"

/// The training step in plain float64 loops: the specification that every back end is tested against.
namespace superpose::kernels::reference {

/// One member: what it computes, and its parameters.
struct Autoencoder {
  Step step;
  std::vector<double> W;        ///< (n_features, n_hidden)
  std::vector<double> W2;       ///< (n_features, n_hidden), or empty where tied
  std::vector<double> b_final;  ///< (n_features)
};

/// The loss of a batch and its derivatives.
struct Gradient {
  double loss = 0;          ///< mean over batch and features of importance |t - x'|^loss_exponent
  std::vector<double> dW;   ///< (n_features, n_hidden)
  std::vector<double> dW2;  ///< (n_features, n_hidden), or empty
  std::vector<double> db;   ///< (n_features)
};

/// An activation and its derivative. The derivative of ReLU at 0 is 0.
double activate(Activation activation, double z);
double derivative(Activation activation, double z);

/// x: (batch, n_features). importance: (n_features). target: (batch, n_features), used with Target::kGiven.
Gradient gradient(const Autoencoder& model, std::span<const double> x, std::span<const double> importance,
                  std::span<const double> target = {});

/// One optimiser step on any parameters. All arrays are (n); m and v are the moments.
void update(const Update& update, std::span<const double> gradient, std::span<double> parameter,
            std::span<double> m, std::span<double> v);

}  // namespace superpose::kernels::reference
