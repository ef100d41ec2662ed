#include "superpose/study/almost_orthogonal.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <span>

#include "superpose/analysis/packing.h"
#include "superpose/core/order_statistics.h"
#include "superpose/core/portable_math.h"
#include "superpose/core/random.h"
#include "superpose/core/threads.h"
#include "superpose/study/fields.h"
#include "superpose/study/tasks.h"

namespace superpose::study {
namespace {

using Result = AlmostOrthogonalResult;

philox::Key trial_key(std::uint32_t seed, std::int64_t trial) {
  return stream_key(seed, Stream::kStudy, trial);
}

/// Spreads vectors out by gradient descent.
class Spreader {
 public:
  Spreader(std::int64_t steps, std::uint32_t seed, const MeasureOptions& options)
      : steps_(steps), seed_(seed), options_(options) {}

  /// The lowest coherence of some restarts. Stops at the first that is at most `enough`.
  [[nodiscard]] double lowest(std::int64_t n_vectors, std::int64_t n_dimensions, std::int64_t restarts,
                              double enough = 0) const {
    double best = 1;
    for (std::int64_t r = 0; r < restarts && best > enough && !options_.stop.stop_requested(); ++r) {
      const auto vectors = spread_out(
          {.n_vectors = n_vectors, .n_dimensions = n_dimensions, .steps = steps_, .key = trial_key(seed_, r)},
          options_.stop);
      if (vectors) best = std::min(best, coherence(*vectors, n_dimensions));
    }
    return best;
  }

 private:
  std::int64_t steps_;
  std::uint32_t seed_;
  const MeasureOptions& options_;
};

/// The most vectors that could be made to fit. The search raises their number by quarters until they no
/// longer fit, then bisects.
std::int64_t most_that_fit(const Spreader& spreader, const AlmostOrthogonal& study, std::int64_t n_dimensions,
                           double eps) {
  const double bound = most_vectors(n_dimensions, eps);
  const std::int64_t most = std::isfinite(bound) && bound < static_cast<double>(study.most_spread)
                                ? static_cast<std::int64_t>(bound)
                                : study.most_spread;
  const double enough = eps * (1 + Result::kSlack);
  const auto fit = [&](std::int64_t n) {
    return spreader.lowest(n, n_dimensions, study.restarts, enough) <= enough;
  };
  std::int64_t fits = std::min(n_dimensions, most);  // along the axes
  std::int64_t too_many = most + 1;
  while (fits < most) {
    const std::int64_t next = std::min(most, fits + std::max<std::int64_t>(fits / 4, 1));
    if (!fit(next)) {
      too_many = next;
      break;
    }
    fits = next;
  }
  while (too_many - fits > 1) {
    const std::int64_t middle = fits + (too_many - fits) / 2;
    (fit(middle) ? fits : too_many) = middle;
  }
  return fits;
}

}  // namespace

std::vector<Field> fields(AlmostOrthogonal& study) {
  return {field("eps", study.eps, kAnyEps),
          field("drawn_dimensions", study.drawn_dimensions, WholeRange{2, 1000}),
          field("most_drawn", study.most_drawn, WholeRange{2, 100000}),
          field("patience", study.patience, WholeRange{1, 1000000}),
          field("trials", study.trials, WholeRange{1, 10000}),
          field("spread_dimensions", study.spread_dimensions, WholeRange{2, 1000}),
          field("most_spread", study.most_spread, WholeRange{2, 5000}),
          field("restarts", study.restarts, WholeRange{1, 10000}),
          field("steps", study.steps, WholeRange{1, 100000}),
          field("curve_dimensions", study.curve_dimensions, WholeRange{2, 1000}),
          field("curve_vectors", study.curve_vectors, WholeRange{2, 5000})};
}

std::vector<Tensor> tensors(const AlmostOrthogonal& study, AlmostOrthogonalResult& result) {
  const std::int64_t eps = std::ssize(study.eps), vectors = std::ssize(study.curve_vectors);
  return {{.name = "drawn",
           .numbers = &result.drawn,
           .shape = {study.trials, eps, std::ssize(study.drawn_dimensions)}},
          {.name = "spread", .numbers = &result.spread, .shape = {eps, std::ssize(study.spread_dimensions)}},
          {.name = "curve_drawn", .numbers = &result.curve_drawn, .shape = {study.trials, vectors}},
          {.name = "curve_spread", .numbers = &result.curve_spread, .shape = {vectors}},
          {.name = "known_coherence",
           .numbers = &result.known_coherence,
           .shape = {AlmostOrthogonalResult::kKnown}}};
}

// Memory holds the results and, for each thread, the drawn vectors and the cosines of those that spread out.
void check(const AlmostOrthogonal& study, const TomlValue& section, std::optional<double> memory_limit) {
  const double results =
      as_double(study.trials) *
      (as_double(study.eps.size()) * as_double(study.drawn_dimensions.size()) * sizeof(std::int64_t) +
       as_double(study.curve_vectors.size()) * sizeof(float));
  const double vectors = as_double(study.most_drawn) * as_double(std::ranges::max(study.drawn_dimensions));
  const double spread = as_double(std::max(study.most_spread, std::ranges::max(study.curve_vectors)));
  refuse_what_does_not_fit(
      section, results + hardware_threads() * (vectors + 2 * spread * spread) * sizeof(double), memory_limit);
}

bool measure(const AlmostOrthogonal& study, std::uint32_t seed, const MeasureOptions& options,
             Result& result) {
  const std::size_t n_eps = study.eps.size();
  const auto trials = static_cast<std::size_t>(study.trials);
  const std::size_t n_drawn = study.drawn_dimensions.size(), n_spread = study.spread_dimensions.size();
  const std::size_t n_curve = study.curve_vectors.size();
  result.drawn.resize(trials * n_eps * n_drawn);
  result.spread.resize(n_eps * n_spread);
  result.curve_drawn.resize(trials * n_curve);
  result.curve_spread.resize(n_curve);
  result.known_coherence.resize(Result::kKnown);
  const Spreader spreader(study.steps, seed, options);

  const auto spread = [&](std::size_t task) -> Store {
    const std::size_t d = task / n_eps, e = task % n_eps;
    const auto most = most_that_fit(spreader, study, study.spread_dimensions[d], study.eps[e]);
    return [=, &result] { result.spread[e * n_spread + d] = most; };
  };
  const auto draw = [&](std::size_t task) -> Store {
    const std::size_t d = task / (trials * n_eps), rest = task % (trials * n_eps);
    const auto drawn =
        draw_almost_orthogonal({.n_dimensions = study.drawn_dimensions[d],
                                .eps = study.eps[rest % n_eps],
                                .patience = study.patience,
                                .most = study.most_drawn,
                                .key = trial_key(seed, static_cast<std::int64_t>(rest / n_eps))},
                               options.stop);
    return [=, &result] { result.drawn[rest * n_drawn + d] = drawn.value_or(0); };
  };
  const auto curve = [&](std::size_t task) -> Store {
    const std::int64_t n_vectors = study.curve_vectors[task], d = study.curve_dimensions;
    const auto lowest = static_cast<float>(spreader.lowest(n_vectors, d, study.restarts));
    std::vector<float> drawn;
    for (std::size_t t = 0; t < trials; ++t) {
      const auto key = trial_key(seed, static_cast<std::int64_t>(t));
      drawn.push_back(static_cast<float>(coherence(random_unit_vectors(n_vectors, d, key), d)));
    }
    return [=, &result] {
      result.curve_spread[task] = lowest;
      for (std::size_t t = 0; t < trials; ++t) result.curve_drawn[t * n_curve + task] = drawn[t];
    };
  };
  const auto known = [&](std::size_t task) -> Store {
    const auto [n_vectors, n_dimensions] = Result::kKnownSizes[task];
    const auto lowest = static_cast<float>(spreader.lowest(n_vectors, n_dimensions, Result::kKnownRestarts));
    return [=, &result] { result.known_coherence[task] = lowest; };
  };
  // The lists run from few vectors to many. The last tasks take longest, so they begin first. What a task
  // that was stopped made is not kept.
  Tasks tasks(options);
  const auto all = [&](std::size_t n_tasks, const auto& task) {
    return tasks.run(n_tasks, [&](std::size_t reversed) {
      const Store store = task(n_tasks - 1 - reversed);
      return options.stop.stop_requested() ? Store() : store;
    });
  };
  return all(result.spread.size(), spread) && all(result.drawn.size(), draw) && all(n_curve, curve) &&
         all(Result::kKnown, known);
}

}  // namespace superpose::study
