#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/core/portable_math.h"
#include "superpose/paper/entries.h"
#include "superpose/paper/predicates.h"

namespace superpose::paper {
namespace {

/// The density of four features. That of the fifth, the odd one, is up to ten times higher or lower.
constexpr double kDensity = 0.05;
constexpr int kDensities = 25, kSeeds = 40, kQuickDensities = 9, kQuickSeeds = 12;

/// The table of feature_probability. It has `seeds` instances for each density of the odd feature; the
/// densities have equal ratios.
std::string probability(int densities, int seeds) {
  std::vector<std::string> rows;
  for (int d = 0; d < densities; ++d) {
    const double relative = portable::pow(10, 2.0 * d / (densities - 1) - 1);
    const std::string row = fmt::format("[{0}, {0}, {0}, {0}, {1:.6g}]", kDensity, kDensity * relative);
    rows.insert(rows.end(), static_cast<std::size_t>(seeds), row);
  }
  return fmt::format("[{}]", fmt::join(rows, ", "));
}

std::string toml() {
  return fmt::format(R"(name = "perturbed-pentagon"

[model]
kind        = "relu_output"
n_features  = 5
n_hidden    = 2
n_instances = {}

[data]
feature_probability = {}
importance          = 1

[train]
steps      = 10000
batch_size = 1024
lr         = 1e-3

[record]
every = 1000
)",
                     kDensities * kSeeds, probability(kDensities, kSeeds));
}

/// The paper says that the geometry changes where the odd feature is about kSparser times sparser. "About"
/// means within a factor of kAbout.
constexpr double kSparser = 2.5, kAbout = 1.25;

/// A model drops a feature at once when the norm falls from about 1 by this much between neighbouring
/// densities.
constexpr double kNormLost = 0.9;

/// The slope of the lowest loss changes by less than this factor between neighbouring densities of one
/// geometry, and by more where the geometry changes.
constexpr double kSlopeJump = 2;

double odd_norm(const Model& model, const run::PentagonFits::Fit& fit) {
  const auto W = model.W(fit.instance);
  return std::hypot(static_cast<double>(W[8]), static_cast<double>(W[9]));
}

/// The slope of the lowest loss over the odd feature's density, from one density to the next.
double slope(const run::PentagonFits& fits, std::size_t at) {
  const auto &from = fits.densities()[at], &to = fits.densities()[at + 1];
  const auto low = from.lowest(), high = to.lowest();
  return low && high ? (high->loss - low->loss) / (to.relative - from.relative) : NAN;
}

std::optional<Claims> measure(const ClaimsRequest& request) {
  const Experiment& experiment = request.experiment;
  TrainOptions options = experiment.train;
  options.restarts = 1;
  options.seed += 1;  // so that the claims rest on other trainings than the picture
  Trainer trainer(experiment.ensemble(), options, request.threads);
  const Model& model = trainer.state().model;
  try {
    const run::PentagonFits untrained(experiment, model);
  } catch (const InvalidRequest&) {
    return Claims();  // the user's overrides made it another experiment
  }
  if (!trainer.run(request.stop)) return std::nullopt;
  return pentagon_claims(run::PentagonFits(experiment, model), model);
}

}  // namespace

Claims pentagon_claims(const run::PentagonFits& fits, const Model& model) {
  const auto& densities = fits.densities();
  const auto changes = fits.changes();
  const std::int64_t seeds = model.shape().n_instances;
  const auto geometry = [](const run::PentagonFits::Density& density) {
    const auto lowest = density.lowest();
    return lowest ? lowest->geometry : run::PentagonGeometry::kOther;
  };
  const auto digons_to_pentagon =
      std::ranges::count_if(changes, [&](const run::PentagonFits::Change& change) {
        return geometry(densities[change.sparser]) == run::PentagonGeometry::kTwoDigons &&
               geometry(densities[change.sparser + 1]) == run::PentagonGeometry::kPentagon;
      });
  const bool every_density_has_a_fit = std::ranges::all_of(
      densities, [](const run::PentagonFits::Density& density) { return density.lowest().has_value(); });
  Claims claims = {
      {.claim = "the geometry of the lowest loss changes once: two digons where the odd feature is sparse, a "
                "pentagon where it is not",
       .criterion = exactly(1, "change")
                        .and_also(static_cast<double>(digons_to_pentagon),
                                  exactly(1, "from two digons to a pentagon")),
       .measured = every_density_has_a_fit ? static_cast<double>(changes.size()) : NAN,
       .seeds = seeds}};
  if (!claims.front().holds()) return claims;  // the other claims are about that one change

  const auto [sparser, relative] = changes.front();
  const auto before = densities[sparser].lowest(), after = densities[sparser + 1].lowest();
  const double lost = before && after ? odd_norm(model, *after) - odd_norm(model, *before) : NAN;
  claims.push_back(
      {.claim = "it changes abruptly: from one density to the next the odd feature's norm falls by",
       .criterion = at_least(kNormLost),
       .measured = lost,
       .seeds = seeds});
  claims.push_back(
      {.claim = fmt::format("it changes where the odd feature is about {} times sparser", kSparser),
       .criterion = from_to(kSparser / kAbout, kSparser * kAbout, "times"),
       .measured = 1 / relative,
       .seeds = seeds});
  if (sparser >= 1 && sparser + 2 < densities.size()) {
    const double jump = slope(fits, sparser - 1) / slope(fits, sparser + 1);
    claims.push_back({.claim =
                          "the change is of first order: the slope of the lowest loss in the odd feature's "
                          "density jumps there, by a factor of",
                      .criterion = at_least(kSlopeJump),
                      .measured = jump,
                      .seeds = seeds});
  }
  return claims;
}

CatalogueEntry perturbed_pentagon() {
  return {.name = "perturbed-pentagon",
          .summary = "a pentagon with one feature sparser or denser than the others, until it breaks",
          .toml = toml(),
          .quick = {fmt::format("model.n_instances={}", kQuickDensities * kQuickSeeds),
                    "data.feature_probability=" + probability(kQuickDensities, kQuickSeeds),
                    "train.steps=5000", "train.lr=2e-3"},
          .companions = {},
          .figures = {"pentagon"},
          .measure = measure};
}

}  // namespace superpose::paper
