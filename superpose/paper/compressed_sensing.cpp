#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "superpose/analysis/compressed_sensing.h"
#include "superpose/analysis/line_fit.h"
#include "superpose/core/order_statistics.h"
#include "superpose/core/portable_math.h"
#include "superpose/paper/entries.h"
#include "superpose/paper/study_claims.h"

namespace superpose::paper {
namespace {

using Result = study::CompressedSensingResult;

/// The bound is about rare features: up to this density.
constexpr double kRare = 0.2;

/// D* and p ln(1/p) of the toy models that leave features out.
struct Toys {
  std::vector<double> log_bound, log_dimensions;
  double least_constant = INFINITY;    ///< the smallest D* / (p ln(1/p)); NaN where a model has diverged
  std::vector<double> size_deviation;  ///< |D* / D* of the largest model of that density - 1|
};

Toys gather_toys(const study::CompressedSensing& study, const Result& result) {
  const std::size_t sizes = study.n_features.size(), densities = study.feature_probability.size();
  const auto D_star = [&](std::size_t size, std::size_t density) {
    return static_cast<double>(result.dimensions_per_feature[size * densities + density]);
  };
  const auto largest =
      static_cast<std::size_t>(std::ranges::max_element(study.n_hidden) - study.n_hidden.begin());
  Toys toys;
  for (std::size_t d = 0; d < densities; ++d) {
    const double p = study.feature_probability[d];
    if (p > kRare) continue;
    const double bound = sparse_bound(1, p);
    for (std::size_t s = 0; s < sizes; ++s) {
      if (!study::leaves_features_out(study, result, s, d)) continue;
      toys.log_bound.push_back(portable::log(bound));
      toys.log_dimensions.push_back(portable::log(D_star(s, d)));
      toys.least_constant = smaller(toys.least_constant, D_star(s, d) / bound);
      if (study.n_hidden[s] != study.n_hidden[largest] &&
          study::leaves_features_out(study, result, largest, d))
        toys.size_deviation.push_back(std::abs(D_star(s, d) / D_star(largest, d) - 1));
    }
  }
  return toys;
}

bool has_two(const std::vector<double>& values) {
  return !values.empty() && std::ranges::min(values) < std::ranges::max(values);
}

}  // namespace

Claims claims_of(const study::CompressedSensing& study, const Result& result) {
  Claims claims;
  const std::vector<double> constants = study::sparse_constants(study, result);
  if (!constants.empty()) {
    constexpr double kSame = 1.5;
    claims.push_back({.claim =
                          "matching pursuit finds k values among n from m = c k ln(n/k) measurements: where "
                          "it does half the time, c is the same at every m up to n/2",
                      .criterion = at_most(kSame, ", the largest c over the smallest"),
                      .measured = constants.back() / constants.front(),
                      .seeds = study.trials});
  }

  const Toys toys = gather_toys(study, result);
  const std::int64_t models = std::ssize(toys.log_bound);
  if (has_two(toys.log_bound)) {
    constexpr double kOff = 0.2;
    const LineFit fit = fit_line(toys.log_bound, toys.log_dimensions);
    claims.push_back({.claim = "toy models follow the bound: dimensions per feature fall as p ln(1/p) while "
                               "there are features left out",
                      .criterion = within(1, kOff, ", the exponent"),
                      .measured = fit.slope,
                      .seeds = models});
  }
  if (!toys.size_deviation.empty()) {
    constexpr double kSame = 0.1;
    claims.push_back({.claim = "at one density a toy model's features are proportional to its dimensions",
                      .criterion = at_most(kSame, "off the largest models' D*, in the median"),
                      .measured = median(toys.size_deviation),
                      .seeds = models});
  }
  if (models > 0 && !constants.empty()) {
    claims.push_back(
        {.claim = "toy models need at least as many dimensions as exact recovery by matching pursuit",
         .criterion = at_least(1, "times its smallest c, at every density"),
         .measured = toys.least_constant / constants.front(),
         .seeds = models});
  }
  return claims;
}

CatalogueEntry compressed_sensing() {
  auto result =
      study_entry("compressed-sensing",
                  "sparse vectors from few measurements: the phase transition, and what toy models need",
                  study::CompressedSensing::kName);
  result.quick = {"study.n=60",
                  "study.grid=12",
                  "study.trials=20",
                  "study.n_features=[120, 240]",
                  "study.n_hidden=[5, 10]",
                  "study.steps=600"};
  result.figures = {"compressed-sensing"};
  return result;
}

}  // namespace superpose::paper
