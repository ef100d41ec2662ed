#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "superpose/analysis/compressed_sensing.h"
#include "superpose/analysis/line_fit.h"
#include "superpose/core/order_statistics.h"
#include "superpose/core/portable_math.h"
#include "superpose/paper/study_claims.h"

namespace superpose::paper {
namespace {

using Result = study::CompressedSensingResult;

/// The bound speaks of features that are no denser.
constexpr double kRare = 0.2;

/// D* against p ln(1/p), over the toy models that leave features out.
struct Toys {
  std::vector<double> log_bound, log_dimensions;
  double least_constant = INFINITY;    ///< of D* / (p ln(1/p)); NaN where a model has diverged
  std::vector<double> size_deviation;  ///< |D* / that of the largest models of the same density - 1|
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

std::vector<Claim> claims_of(const study::CompressedSensing& study, const Result& result) {
  std::vector<Claim> claims;
  const std::vector<double> constants = study::sparse_constants(study, result);
  if (!constants.empty()) {
    constexpr double kSame = 1.5;
    const double spread = constants.back() / constants.front();
    claims.push_back({.claim =
                          "matching pursuit finds k values among n from m = c k ln(n/k) measurements: where "
                          "it does half the time, c is the same at every m up to n/2",
                      .expected = fmt::format("largest over smallest at most {}", kSame),
                      .measured = spread,
                      .holds = spread <= kSame,
                      .seeds = study.trials});
  }

  const Toys toys = gather_toys(study, result);
  const std::int64_t models = std::ssize(toys.log_bound);
  if (has_two(toys.log_bound)) {
    constexpr double kOff = 0.2;
    const LineFit fit = fit_line(toys.log_bound, toys.log_dimensions);
    claims.push_back({.claim = "toy models follow the bound: dimensions per feature fall as p ln(1/p) while "
                               "there are features left out",
                      .expected = fmt::format("an exponent of 1 within {}", kOff),
                      .measured = fit.slope,
                      .holds = std::abs(fit.slope - 1) <= kOff,
                      .seeds = models});
  }
  if (!toys.size_deviation.empty()) {
    constexpr double kSame = 0.1;
    const double deviation = median(toys.size_deviation);
    claims.push_back(
        {.claim = "at one density a toy model's features are proportional to its dimensions",
         .expected = fmt::format("D* of smaller models the same within {}, in the median", kSame),
         .measured = deviation,
         .holds = deviation <= kSame,
         .seeds = models});
  }
  if (models > 0 && !constants.empty()) {
    const double ratio = toys.least_constant / constants.front();
    claims.push_back(
        {.claim = "toy models need at least as many dimensions as exact recovery by matching pursuit",
         .expected = "at least 1 times its smallest c, at every density",
         .measured = ratio,
         .holds = ratio >= 1,
         .seeds = models});
  }
  return claims;
}

}  // namespace superpose::paper
