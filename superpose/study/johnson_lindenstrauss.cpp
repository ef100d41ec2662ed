#include "superpose/study/johnson_lindenstrauss.h"

#include <algorithm>
#include <cmath>

#include "superpose/analysis/johnson_lindenstrauss.h"
#include "superpose/core/order_statistics.h"
#include "superpose/core/random.h"
#include "superpose/core/threads.h"
#include "superpose/study/fields.h"
#include "superpose/study/tasks.h"

namespace superpose::study {
namespace {

using Result = JohnsonLindenstraussResult;

/// Indices into a tensor of shape (n_dimensions, trials, ...).
struct Trial {
  std::size_t dimensions, trial;
};
Trial trial_of(std::size_t task, const JohnsonLindenstrauss& study) {
  const auto trials = static_cast<std::size_t>(study.trials);
  return {.dimensions = task / trials, .trial = task % trials};
}
std::size_t n_trials(const JohnsonLindenstrauss& study) {
  return study.n_dimensions.size() * static_cast<std::size_t>(study.trials);
}

}  // namespace

std::vector<Field> fields(JohnsonLindenstrauss& study) {
  return {field("n_points", study.n_points, WholeRange{2, 1000}),
          field("n_dimensions", study.n_dimensions, WholeRange{1, 20000}), field("eps", study.eps, kAnyEps),
          field("trials", study.trials, WholeRange{1, 10000})};
}

std::vector<Tensor> tensors(const JohnsonLindenstrauss& study, JohnsonLindenstraussResult& result) {
  const std::int64_t dimensions = std::ssize(study.n_dimensions), eps = std::ssize(study.eps);
  return {
      {.name = "k", .numbers = &result.k, .shape = {eps}},
      {.name = "distortion",
       .numbers = &result.distortion,
       .shape = {dimensions, study.trials, eps, JohnsonLindenstraussResult::kQuantileCount}},
      {.name = "share_beyond", .numbers = &result.share_beyond, .shape = {dimensions, study.trials, eps}}};
}

// Memory holds the results and, for each thread, the points and the distances of all pairs at every eps.
void check(const JohnsonLindenstrauss& study, const TomlValue& section, std::optional<double> memory_limit) {
  const double n = as_double(study.n_points), n_eps = as_double(study.eps.size()), pairs = n * (n - 1) / 2;
  const double results = as_double(study.n_dimensions.size()) * as_double(study.trials) * n_eps *
                         (JohnsonLindenstraussResult::kQuantileCount + 1) * sizeof(float);
  const double trial =
      (n * as_double(std::ranges::max(study.n_dimensions)) + pairs * (n_eps + 2)) * sizeof(double);
  refuse_what_does_not_fit(section, results + hardware_threads() * trial, memory_limit);
}

bool measure(const JohnsonLindenstrauss& study, std::uint32_t seed, const MeasureOptions& options,
             Result& result) {
  result.k.clear();
  for (const double eps : study.eps)
    result.k.push_back(johnson_lindenstrauss_dimensions(static_cast<double>(study.n_points), eps));
  std::vector<std::int64_t> ascending = result.k;
  std::ranges::sort(ascending);
  ascending.erase(std::ranges::unique(ascending).begin(), ascending.end());

  const std::size_t n_eps = study.eps.size(), tasks = n_trials(study);
  result.distortion.resize(tasks * n_eps * Result::kQuantileCount);
  result.share_beyond.resize(tasks * n_eps);
  return Tasks(options).run(tasks, [&](std::size_t reversed) -> Store {
    const std::size_t task = tasks - 1 - reversed;  // the most dimensions take longest, so they come first
    const auto [dimensions, trial] = trial_of(task, study);
    auto by_k = projection_distortions({.n_points = study.n_points,
                                        .n_dimensions = study.n_dimensions[dimensions],
                                        .key = stream_key(seed, Stream::kStudy, static_cast<int>(trial))},
                                       ascending, options.stop);
    if (!by_k) return {};
    for (auto& distortions : *by_k) {
      for (double& distortion : distortions) distortion = std::abs(distortion);
    }
    std::vector<float> quantiles, share_beyond;  // of each eps
    for (std::size_t e = 0; e < n_eps; ++e) {
      const auto at = std::ranges::lower_bound(ascending, result.k[e]) - ascending.begin();
      const auto& distortions = (*by_k)[static_cast<std::size_t>(at)];
      for (const double q : Result::kQuantiles)
        quantiles.push_back(static_cast<float>(quantile(distortions, q)));
      const auto beyond = std::ranges::count_if(distortions, [&](double d) { return d > study.eps[e]; });
      share_beyond.push_back(
          static_cast<float>(static_cast<double>(beyond) / static_cast<double>(distortions.size())));
    }
    return [=, &result] {
      std::ranges::copy(quantiles, &result.distortion[task * quantiles.size()]);
      std::ranges::copy(share_beyond, &result.share_beyond[task * n_eps]);
    };
  });
}

}  // namespace superpose::study
