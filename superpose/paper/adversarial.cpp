#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "superpose/analysis/line_fit.h"
#include "superpose/core/error.h"
#include "superpose/core/order_statistics.h"
#include "superpose/core/portable_math.h"
#include "superpose/paper/entries.h"
#include "superpose/paper/predicates.h"

namespace superpose::paper {
namespace {

constexpr const char* kToml = R"(name = "adversarial"

[model]
kind        = "relu_output"
n_features  = 100
n_hidden    = 20
n_instances = 24

[data]
feature_probability = { geometric = [1.0, 0.01] }
importance          = 1

[train]
steps      = 4000
batch_size = 1024
lr         = 3e-3
schedule   = "linear"
)";

constexpr std::int64_t kSeeds = 3, kQuickSeeds = 1;

/// The least number of levels for claims about how vulnerability changes over them.
constexpr std::size_t kLeastLevels = 5;

/// [P]: "increasing by > 3x".
constexpr double kRise = 3;
constexpr double kCorrelation = 0.9;
/// A power law counts as proportional when its exponent is this close to 1.
constexpr double kProportional = 0.25;

/// The line through the points. NaN where all x are the same: no line fits, and no claim about one holds.
LineFit line_through(std::span<const double> x, std::span<const double> y) {
  if (std::ranges::adjacent_find(x, std::not_equal_to()) == x.end())
    return {.intercept = NAN, .slope = NAN, .r_squared = NAN};
  return fit_line(x, y);
}

double log(double x) {
  return x > 0 ? portable::log(x) : NAN;
}

/// One of the two kinds of attack.
struct Attack {
  const char* name;
  double run::VulnerabilityLevel::* vulnerability;
};

/// What the claims of one attack rest on, over the densities.
struct Vulnerabilities {
  std::vector<double> features_per_dimension, vulnerability, log_features, log_vulnerability;
  double rise = NAN;  ///< the highest vulnerability over that of the densest models
};
Vulnerabilities gather(std::span<const run::VulnerabilityLevel> levels, const Attack& attack) {
  Vulnerabilities result;
  for (const run::VulnerabilityLevel& level : levels) {
    result.features_per_dimension.push_back(level.features_per_dimension);
    result.vulnerability.push_back(level.*attack.vulnerability);
    result.log_features.push_back(log(level.features_per_dimension));
    result.log_vulnerability.push_back(log(level.*attack.vulnerability));
  }
  result.rise = larger(0, largest(result.vulnerability)) / result.vulnerability.front();
  return result;
}

void add_claims(Claims& claims, std::span<const run::VulnerabilityLevel> levels, std::int64_t seeds,
                const Attack& attack) {
  const Vulnerabilities all = gather(levels, attack);
  claims.push_back({.claim = fmt::format("{}: vulnerability rises more than threefold as superposition forms",
                                         attack.name),
                    .criterion = above(kRise, "times that of the densest models"),
                    .measured = all.rise,
                    .seeds = seeds});
  const LineFit line = line_through(all.features_per_dimension, all.vulnerability);
  claims.push_back({.claim = fmt::format("{}: it follows the features per dimension 1/D*", attack.name),
                    .criterion = at_least(kCorrelation, ", the correlation over the densities"),
                    // A horizontal line has no correlation.
                    .measured = line.slope == 0 ? NAN : std::copysign(std::sqrt(line.r_squared), line.slope),
                    .seeds = seeds});
  claims.push_back({.claim = fmt::format("{}: it is proportional to 1/D*", attack.name),
                    .criterion = within(1, kProportional, ", the exponent"),
                    .measured = line_through(all.log_features, all.log_vulnerability).slope,
                    .seeds = seeds});
}

std::optional<Claims> measure(const ClaimsRequest& request) {
  Experiment experiment = request.experiment;
  if (experiment.model.shape.instances() < kLeastLevels) return Claims();
  experiment.train.seed += 1;  // independent of the picture: other trainings, other samples
  experiment.train.restarts = request.quick ? kQuickSeeds : kSeeds;
  try {
    run::check_attackable(experiment);
  } catch (const InvalidRequest&) {
    return Claims();  // the user's overrides made it another experiment
  }
  Trainer trainer(experiment.ensemble(), experiment.train, request.threads);
  if (!trainer.run(request.stop)) return std::nullopt;
  const Model& model = trainer.state().model;
  const auto levels = run::vulnerability_levels(experiment, model, request.threads, request.stop);
  if (!levels) return std::nullopt;
  return vulnerability_claims(*levels, model.shape().n_instances);
}

}  // namespace

Claims vulnerability_claims(std::span<const run::VulnerabilityLevel> levels, std::int64_t seeds) {
  Claims claims;
  add_claims(claims, levels, seeds,
             {"each sample attacked where it is weakest", &run::VulnerabilityLevel::per_sample});
  add_claims(claims, levels, seeds, {"one attack on all samples", &run::VulnerabilityLevel::data_set});
  return claims;
}

CatalogueEntry adversarial() {
  return {.name = "adversarial",
          .summary = "small changes of the input that hurt most: superposition makes models vulnerable",
          .toml = kToml,
          .quick = {"model.n_features=40", "model.n_hidden=8", "model.n_instances=12", "train.steps=2000"},
          .companions = {},
          .figures = {"vulnerability"},
          .measure = measure};
}

}  // namespace superpose::paper
