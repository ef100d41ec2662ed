#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <utility>
#include <vector>

#include "superpose/analysis/compressed_sensing.h"
#include "superpose/analysis/inhibition.h"
#include "superpose/analysis/johnson_lindenstrauss.h"
#include "superpose/analysis/phase_theory.h"
#include "superpose/experiment/experiment.h"
#include "superpose/models/model.h"
#include "superpose/paper/dynamics.h"
#include "superpose/paper/predicates.h"
#include "superpose/run/vulnerability_levels.h"
#include "superpose/study/results.h"

// What claims are measured on, made by hand: what the paper describes, to be spoiled.
namespace superpose::paper {

/// Unit vectors at these angles, in degrees. returns: (angles, 2).
inline std::vector<float> at_angles(const std::vector<double>& degrees) {
  std::vector<float> W;
  for (const double angle : degrees) {
    W.push_back(static_cast<float>(std::cos(angle * std::numbers::pi / 180)));
    W.push_back(static_cast<float>(std::sin(angle * std::numbers::pi / 180)));
  }
  return W;
}

/// A trained instance. b_final: zeros where it is not given.
inline TrainedInstance instance(const std::vector<float>& W, std::int64_t n_hidden,
                                std::vector<float> b_final = {}) {
  if (b_final.empty()) b_final.resize(W.size() / static_cast<std::size_t>(n_hidden));
  return {.geometry = Geometry(W, n_hidden), .b_final = std::move(b_final)};
}

/// A phase diagram whose models are the ideal ones: at each density and importance one of each phase, as if
/// it were a restart. norm: that of features in antipodal pairs.
struct PhaseDiagram {
  Experiment experiment;
  Model model;

  explicit PhaseDiagram(std::int64_t n_hidden, float norm = 1)
      : model(ModelKind::kReluOutput, shape(n_hidden, std::ssize(phases(n_hidden)))) {
    experiment.model.shape = shape(n_hidden, 1);
    std::vector<std::vector<double>> probability, importance;
    for (const double r : kImportances) {
      for (int column = 0; column < kColumns; ++column) {
        const double p = std::pow(0.8, column);
        probability.emplace_back(n_hidden + 1, p);
        importance.emplace_back(n_hidden, 1).push_back(r);
        for (const Phase phase : phases(n_hidden)) add(phase, norm, static_cast<float>(p / 2));
      }
    }
    experiment.data.feature_probability = probability;
    experiment.data.importance = importance;
  }
  [[nodiscard]] Claims claims() const { return phase_claims(experiment, model); }

 private:
  static constexpr std::array<double, 3> kImportances = {0.3, 0.7, 1.5};
  static constexpr int kColumns = 14;
  std::int64_t added_ = 0;

  static Shape shape(std::int64_t n_hidden, std::int64_t models) {
    return {.n_instances = std::ssize(kImportances) * kColumns * models,
            .n_features = n_hidden + 1,
            .n_hidden = n_hidden};
  }
  /// The ideal model of a phase. mean: the bias of a feature that is not represented.
  void add(Phase phase, float norm, float mean) {
    const auto W = model.W(added_), b = model.b_final(added_);
    ++added_;
    const std::size_t m = b.size() - 1;  // the extra feature, and the number of dimensions
    const auto hold = [&](std::size_t feature, std::size_t dimension, float weight) {
      W[feature * m + dimension] = weight;
    };
    for (std::size_t f = 0; f < m; ++f) hold(f, f, 1);
    if (phase == Phase::kIgnoreExtra) {
      b[m] = mean;
    } else if (phase == Phase::kIgnoreOther) {
      hold(0, 0, 0);
      b[0] = mean;
      hold(m, 0, 1);
    } else if (phase == Phase::kExtraAntipodal) {
      hold(0, 0, norm);
      hold(m, 0, -norm);
    } else {
      hold(0, 0, norm);
      hold(1, 1, 0);
      hold(1, 0, -norm);
      hold(m, 1, 1);
    }
  }
};

/// One feature at 1/2, another that jumps from 0 to 1/2 at row 60 of 100, where the loss falls by 1.
inline Course jumping(std::size_t rows_of_jump = 1) {
  Course course;
  for (std::size_t row = 0; row < 100; ++row) {
    const double way =
        std::clamp((static_cast<double>(row) - 59) / static_cast<double>(rows_of_jump), 0.0, 1.0);
    course.loss.push_back(3 - way);
    course.dimensionality.push_back({0.5, 0.5 * way});
  }
  return course;
}

/// Vulnerabilities, of either kind of attack, that are a power of the features per dimension.
inline std::vector<run::VulnerabilityLevel> vulnerability_over(
    const std::vector<double>& features_per_dimension, double exponent) {
  std::vector<run::VulnerabilityLevel> levels;
  for (const double features : features_per_dimension) {
    levels.push_back({.feature_probability = 1 / features,
                      .data_set = std::pow(features, exponent),
                      .per_sample = std::pow(features, exponent),
                      .features_per_dimension = features});
  }
  return levels;
}

/// Five features at these relative densities of the last one, and models of two geometries at each: first one
/// with two digons, then a pentagon, ideal but for the odd feature's norm.
struct Perturbed {
  Experiment experiment;
  Model model;

  explicit Perturbed(const std::vector<double>& relative, float norm = 1)
      : model(ModelKind::kReluOutput, shape(relative.size())) {
    experiment.model.shape = model.shape();
    std::vector<std::vector<double>> rows;
    for (const double odd : relative) {
      for (const bool is_pentagon : {false, true}) {
        auto W = is_pentagon ? at_angles({0, 72, 144, 216, 288}) : at_angles({0, 180, 90, 270, 0});
        W[8] *= is_pentagon ? norm : 0.0F;
        W[9] *= is_pentagon ? norm : 0.0F;
        std::ranges::copy(W, model.W(static_cast<std::int64_t>(rows.size())).begin());
        rows.push_back({0.05, 0.05, 0.05, 0.05, 0.05 * odd});
      }
    }
    experiment.data.feature_probability = rows;
  }
  static Shape shape(std::size_t densities) {
    return {.n_instances = 2 * static_cast<std::int64_t>(densities), .n_features = 5, .n_hidden = 2};
  }
  [[nodiscard]] Claims claims() const { return pentagon_claims({experiment, model}, model); }
};

/// The paper's example, whose cross-talk is 4, with that much of it taken back.
inline AsymmetricNeuron neuron(double taken_back) {
  AsymmetricNeuron neuron{};
  neuron.loud_in = 2;
  neuron.quiet_in = -0.5;
  neuron.loud_out = 0.5;
  neuron.quiet_out = 2;
  neuron.inhibition = -taken_back;
  return neuron;
}

/// A result in which the largest distortion of every map is nine tenths of the bound.
inline study::JohnsonLindenstraussResult ideal_maps(const study::JohnsonLindenstrauss& study) {
  study::JohnsonLindenstraussResult result;
  for (const double eps : study.eps)
    result.k.push_back(johnson_lindenstrauss_dimensions(static_cast<double>(study.n_points), eps));
  for (std::size_t map = 0; map < study.n_dimensions.size() * static_cast<std::size_t>(study.trials); ++map) {
    for (const std::int64_t k : result.k) {
      const double bound =
          johnson_lindenstrauss_distortion(static_cast<double>(study.n_points), static_cast<double>(k));
      for (const double part : {0.15, 0.6, 0.9})
        result.distortion.push_back(static_cast<float>(part * bound));
      result.share_beyond.push_back(0);
    }
  }
  return result;
}

/// A result with count(d) drawn vectors and twice as many that spread out, in d dimensions, and coherences on
/// the bounds.
template <class Count>
study::AlmostOrthogonalResult packing_of(const study::AlmostOrthogonal& study, const Count& count) {
  study::AlmostOrthogonalResult result;
  for (std::int64_t row = 0; row < study.trials * std::ssize(study.eps); ++row) {
    for (const std::int64_t d : study.drawn_dimensions) result.drawn.push_back(std::llround(count(d)));
  }
  for (std::size_t row = 0; row < study.eps.size(); ++row) {
    for (const std::int64_t d : study.spread_dimensions) result.spread.push_back(std::llround(2 * count(d)));
  }
  result.curve_drawn.assign(study.curve_vectors.size() * static_cast<std::size_t>(study.trials), 0.9F);
  result.curve_spread.assign(study.curve_vectors.size(), 0.5F);
  result.known_coherence = {0.4472136F, 0.5F, 1.0F / 3, 1.0F / 3, 1.0F / 3};
  return result;
}

/// A result that recovers from m = 1.4 k ln(n/k) measurements on, and whose toy models have D* = 2 (p
/// ln(1/p))^exponent.
inline study::CompressedSensingResult sensing_of(const study::CompressedSensing& study, double exponent) {
  study::CompressedSensingResult result;
  const auto side = static_cast<double>(study.grid);
  const auto n = static_cast<double>(study.n);
  for (int row = 1; row <= study.grid; ++row) {
    const double m = std::round(row / side * n);
    result.m.push_back(std::llround(m));
    for (int column = 1; column <= study.grid; ++column) {
      const double k = std::max(1.0, std::round(column / side * study.most_k_over_m * m));
      result.k.push_back(std::llround(k));
      result.recovered.push_back(k < n / std::numbers::e && m > 1.4 * sparse_bound(n, k) ? 1.0F : 0.0F);
    }
  }
  for (const std::int64_t n_features : study.n_features) {
    for (const double p : study.feature_probability) {
      result.dimensions_per_feature.push_back(static_cast<float>(2 * std::pow(sparse_bound(1, p), exponent)));
      result.represented.push_back(n_features / 2);
      result.loss.push_back(0);
    }
  }
  return result;
}

}  // namespace superpose::paper
