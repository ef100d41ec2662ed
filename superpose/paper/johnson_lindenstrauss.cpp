#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <span>
#include <string>

#include "superpose/analysis/johnson_lindenstrauss.h"
#include "superpose/analysis/line_fit.h"
#include "superpose/core/order_statistics.h"
#include "superpose/core/portable_math.h"
#include "superpose/paper/entries.h"
#include "superpose/paper/study_claims.h"

namespace superpose::paper {
namespace {

using Result = study::JohnsonLindenstraussResult;

/// The numbers of a tensor (n_dimensions, trials, eps, stride) at one eps and one offset below stride.
std::vector<double> at_eps(std::span<const float> numbers, std::size_t eps, std::size_t n_eps,
                           std::size_t stride = 1, std::size_t offset = 0) {
  std::vector<double> values;
  for (std::size_t at = eps; at * stride < numbers.size(); at += n_eps)
    values.push_back(static_cast<double>(numbers[at * stride + offset]));
  return values;
}

/// The largest distortion of each map.
std::vector<double> largest(const Result& result, std::size_t eps, std::size_t n_eps) {
  return at_eps(result.distortion, eps, n_eps, Result::kQuantileCount, Result::kQuantileCount - 1);
}

/// The bound at eps = 1/100. A note in circulation has it wrong: its numbers are those of eps = 1/10.
std::string bound_note() {
  const auto k = [](double n_points) { return johnson_lindenstrauss_dimensions(n_points, 0.01); };
  return fmt::format(
      "At eps = 1/100 the bound is {}, {} and {} dimensions for 1e2, 1e5 and 1e7 points. The 3685, 9211 and "
      "12894 in circulation are a hundredth of that: those of eps = 1/10.",
      k(1e2), k(1e5), k(1e7));
}

}  // namespace

Claims claims_of(const study::JohnsonLindenstrauss& study, const Result& result) {
  const std::size_t n_eps = study.eps.size();
  const auto maps = std::ssize(study.n_dimensions) * study.trials;
  Claims claims;

  double least_share = 1;
  std::vector<double> log_k, log_largest;
  for (std::size_t e = 0; e < n_eps; ++e) {
    const auto beyond = at_eps(result.share_beyond, e, n_eps);
    const auto kept = std::ranges::count(beyond, 0.0);
    least_share = std::min(least_share, static_cast<double>(kept) / static_cast<double>(beyond.size()));
    log_k.push_back(portable::log(static_cast<double>(result.k[e])));
    log_largest.push_back(portable::log(median(largest(result, e, n_eps))));
  }
  claims.push_back({.claim = "there is a linear map into the bound's k dimensions that keeps every squared "
                             "distance within eps: a random one does",
                    .criterion = above(0, "of the maps, at every eps"),
                    .measured = least_share,
                    .seeds = maps});
  claims.push_back({.claim = "a random map does so more often than not",
                    .criterion = at_least(0.5, "of the maps, at every eps"),
                    .measured = least_share,
                    .seeds = maps});

  if (const auto [least, most] = std::ranges::minmax(result.k); least < most) {
    constexpr double kOff = 0.05;
    claims.push_back({.claim = "the largest distortion falls as 1 / sqrt(k)",
                      .criterion = within(-0.5, kOff, ", the exponent"),
                      .measured = fit_line(log_k, log_largest).slope,
                      .seeds = maps});
  }

  // The 99 % quantile lies in the tail, where a dependence would show, and varies little by chance.
  const auto [least, most] = std::ranges::minmax(study.n_dimensions);
  if (least == most) return claims;
  constexpr double kSame = 0.05;
  double furthest = 0;
  for (std::size_t e = 0; e < n_eps; ++e) {
    const auto all = at_eps(result.distortion, e, n_eps, Result::kQuantileCount, 1);
    const double middle = median(all);
    const auto trials = static_cast<std::ptrdiff_t>(study.trials);
    for (auto first = all.begin(); first != all.end(); first += trials)
      furthest = std::max(furthest, std::abs(median({first, first + trials}) / middle - 1));
  }
  claims.push_back(
      {.claim = fmt::format("k does not depend on how many dimensions the points had: {} or {}", least, most),
       .criterion = at_most(kSame, "off the median, the distortion of 99 % of the pairs"),
       .measured = furthest,
       .seeds = maps});
  return claims;
}

CatalogueEntry johnson_lindenstrauss() {
  auto result =
      study_entry("johnson-lindenstrauss",
                  "random projections: how many dimensions keep all distances, the bound and a measurement",
                  study::JohnsonLindenstrauss::kName);
  result.quick = {"study.n_dimensions=[250, 1000]", "study.eps=[0.5, 0.4, 0.3, 0.2]", "study.trials=10"};
  result.figures = {"johnson-lindenstrauss"};
  result.notes = {bound_note()};
  return result;
}

}  // namespace superpose::paper
