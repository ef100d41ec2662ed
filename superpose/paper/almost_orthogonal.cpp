#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <span>
#include <utility>

#include "superpose/analysis/line_fit.h"
#include "superpose/analysis/packing.h"
#include "superpose/core/order_statistics.h"
#include "superpose/core/portable_math.h"
#include "superpose/paper/entries.h"
#include "superpose/paper/study_claims.h"

namespace superpose::paper {
namespace {

using Result = study::AlmostOrthogonalResult;

/// How many vectors fit, over the number of dimensions.
struct Growth {
  std::vector<double> dimensions, log_count;
};

/// Whether a count says something about growth. Up to twice the number of dimensions, the dimensions decide
/// it and not chance. A count that reached `most` was cut off.
bool shows_growth(double count, std::int64_t n_dimensions, std::int64_t most) {
  return count > 2 * static_cast<double>(n_dimensions) && count < static_cast<double>(most);
}

Growth drawn_growth(const study::AlmostOrthogonal& study, const Result& result, std::size_t eps) {
  Growth growth;
  const std::size_t dimensions = study.drawn_dimensions.size();
  for (std::size_t d = 0; d < dimensions; ++d) {
    double sum = 0;
    bool all = true;
    for (std::size_t t = 0; t < static_cast<std::size_t>(study.trials); ++t) {
      const auto count = static_cast<double>(result.drawn[(t * study.eps.size() + eps) * dimensions + d]);
      all = all && shows_growth(count, study.drawn_dimensions[d], study.most_drawn);
      sum += portable::log(std::max(count, 1.0));
    }
    if (!all) continue;
    growth.dimensions.push_back(static_cast<double>(study.drawn_dimensions[d]));
    growth.log_count.push_back(sum / static_cast<double>(study.trials));
  }
  return growth;
}

Growth spread_growth(const study::AlmostOrthogonal& study, const Result& result, std::size_t eps) {
  Growth growth;
  const std::size_t dimensions = study.spread_dimensions.size();
  for (std::size_t d = 0; d < dimensions; ++d) {
    const auto count = static_cast<double>(result.spread[eps * dimensions + d]);
    if (!shows_growth(count, study.spread_dimensions[d], study.most_spread)) continue;
    growth.dimensions.push_back(static_cast<double>(study.spread_dimensions[d]));
    growth.log_count.push_back(portable::log(count));
  }
  return growth;
}

/// Straight lines through ln N, one for each eps with enough counts.
struct Fits {
  std::int64_t points = 0, eps = 0;
  std::int64_t exponential = 0;  ///< eps for which ln N is a straighter line over d than over ln d
  double least_rate = 1e300;     ///< the smallest slope of ln N over d, in units of eps^2 / 2
};

template <class GrowthOf>
Fits fit_growth(const study::AlmostOrthogonal& study, const GrowthOf& growth_of) {
  Fits fits;
  for (std::size_t e = 0; e < study.eps.size(); ++e) {
    const Growth growth = growth_of(e);
    if (growth.dimensions.size() < 4) continue;  // three points lie near a line whatever the growth
    std::vector<double> log_dimensions;
    for (const double d : growth.dimensions) log_dimensions.push_back(portable::log(d));
    const LineFit exponential = fit_line(growth.dimensions, growth.log_count);
    const LineFit power = fit_line(log_dimensions, growth.log_count);
    fits.points += std::ssize(growth.dimensions);
    fits.eps += 1;
    fits.exponential += exponential.r_squared > power.r_squared ? 1 : 0;
    fits.least_rate = std::min(fits.least_rate, exponential.slope / (study.eps[e] * study.eps[e] / 2));
  }
  return fits;
}

Claim exponential_claim(std::string claim, const Fits& fits, std::int64_t seeds) {
  return {.claim = std::move(claim),
          .criterion = exactly(static_cast<double>(fits.eps),
                               fmt::format("of {} eps have ln N straighter over d than over ln d", fits.eps)),
          .measured = static_cast<double>(fits.exponential),
          .seeds = seeds};
}

/// The number of vectors that spread out over the number that random draws kept, for each eps and dimension
/// where both were counted and neither count was cut off.
std::vector<double> spread_over_drawn(const study::AlmostOrthogonal& study, const Result& result) {
  std::vector<double> ratios;
  const std::size_t n_drawn = study.drawn_dimensions.size(), n_spread = study.spread_dimensions.size();
  for (std::size_t e = 0; e < study.eps.size(); ++e) {
    for (std::size_t s = 0; s < n_spread; ++s) {
      const auto d = std::ranges::find(study.drawn_dimensions, study.spread_dimensions[s]);
      if (d == study.drawn_dimensions.end()) continue;
      const auto at = static_cast<std::size_t>(d - study.drawn_dimensions.begin());
      std::int64_t drawn = 0;
      for (std::size_t t = 0; t < static_cast<std::size_t>(study.trials); ++t)
        drawn = std::max(drawn, result.drawn[(t * study.eps.size() + e) * n_drawn + at]);
      const std::int64_t spread = result.spread[e * n_spread + s];
      if (spread < study.most_spread && drawn < study.most_drawn)
        ratios.push_back(static_cast<double>(spread) / static_cast<double>(drawn));
    }
  }
  return ratios;
}

/// The lowest coherence in units of its lower bound: a number below 1 would disprove the bound.
Claim bound_claim(const study::AlmostOrthogonal& study, const Result& result) {
  double least = 1e300;
  std::int64_t sets = 0;
  const auto compare = [&](float reached, std::int64_t n_vectors, std::int64_t n_dimensions) {
    const double bound = coherence_bound(n_vectors, n_dimensions);
    if (bound == 0) return;  // so few vectors can be orthogonal
    least = smaller(least, static_cast<double>(reached) / bound);
    ++sets;
  };
  for (std::size_t v = 0; v < study.curve_vectors.size(); ++v)
    compare(result.curve_spread[v], study.curve_vectors[v], study.curve_dimensions);
  for (std::size_t i = 0; i < Result::kKnown; ++i)
    compare(result.known_coherence[i], Result::kKnownSizes[i].n_vectors, Result::kKnownSizes[i].n_dimensions);
  constexpr double kFloat = 1e-6;  // coherences are stored as float32
  return {.claim = "no vectors have a coherence below the bounds of Welch, Levenshtein and the orthoplex",
          .criterion = at_least(1 - kFloat, "of the bound, always"),
          .measured = least,
          .seeds = sets};
}

Claim known_claim(const Result& result) {
  double furthest = 0;
  for (std::size_t i = 0; i < Result::kKnown; ++i) {
    const auto [n_vectors, n_dimensions] = Result::kKnownSizes[i];
    furthest = larger(
        furthest, static_cast<double>(result.known_coherence[i]) / coherence_bound(n_vectors, n_dimensions));
  }
  return {.claim =
              "vectors that spread out reach the bound where it can be reached: 6 in 3 dimensions, 12 in "
              "4, 10 in 5, 16 in 6, 28 in 7",
          .criterion = at_most(1 + Result::kSlack, "of the bound"),
          .measured = furthest,
          .seeds = Result::kKnown * Result::kKnownRestarts};
}

}  // namespace

Claims claims_of(const study::AlmostOrthogonal& study, const Result& result) {
  Claims claims;
  const Fits drawn = fit_growth(study, [&](std::size_t e) { return drawn_growth(study, result, e); });
  const Fits spread = fit_growth(study, [&](std::size_t e) { return spread_growth(study, result, e); });
  if (drawn.points > 0) {
    claims.push_back(
        exponential_claim("random draws: how many fit grows exponentially with the number of dimensions",
                          drawn, drawn.points * study.trials));
    claims.push_back({.claim = "at least as fast as exp(d eps^2 / 2)",
                      .criterion = at_least(1, "times eps^2 / 2, the rate at every eps"),
                      .measured = drawn.least_rate,
                      .seeds = drawn.points * study.trials});
  }
  if (spread.points > 0) {
    claims.push_back(exponential_claim("vectors that spread out: how many fit grows exponentially, too",
                                       spread, spread.points * study.restarts));
  }
  if (const auto ratios = spread_over_drawn(study, result); !ratios.empty()) {
    claims.push_back({.claim = "spreading out makes room for more than random draws find",
                      .criterion = above(1, "for each that random draws keep, in the median")
                                       .and_also(smallest(ratios), at_least(1, "everywhere")),
                      .measured = median(ratios),
                      .seeds = std::ssize(ratios)});
  }
  claims.push_back(bound_claim(study, result));
  claims.push_back(known_claim(result));
  return claims;
}

CatalogueEntry almost_orthogonal() {
  auto result = study_entry("almost-orthogonal",
                            "how many almost orthogonal vectors fit: random, spread out, and the bounds",
                            study::AlmostOrthogonal::kName);
  result.quick = {"study.eps=[0.4, 0.5]",
                  "study.drawn_dimensions=[8, 12, 16, 20, 24, 28, 32]",
                  "study.most_drawn=1000",
                  "study.patience=300",
                  "study.spread_dimensions=[4, 5, 6, 7, 8, 9, 10]",
                  "study.most_spread=80",
                  "study.curve_vectors=[20, 32, 64, 96]"};
  result.figures = {"packing"};
  return result;
}

}  // namespace superpose::paper
