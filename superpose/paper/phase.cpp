#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "superpose/analysis/expected_loss.h"
#include "superpose/core/error.h"
#include "superpose/core/order_statistics.h"
#include "superpose/core/portable_math.h"
#include "superpose/paper/entries.h"
#include "superpose/paper/predicates.h"
#include "superpose/run/phase_grid.h"

namespace superpose::paper {
namespace {

constexpr int kSide = 40, kQuickSide = 16;

/// The tables of a grid of side x side instances. Density runs from 1 to 0.01, relative importance from 0.1
/// to 10, both in equal ratios.
struct GridTables {
  std::string probability, importance;  // TOML
};
GridTables grid_tables(int side, std::int64_t n_hidden) {
  std::vector<std::string> probability, importance;
  for (int row = 0; row < side; ++row) {
    for (int column = 0; column < side; ++column) {
      const double t = 1.0 / (side - 1);
      const double p = portable::pow(10, -2 * t * column);
      const double r = portable::pow(10, 2 * t * row - 1);
      probability.push_back(
          fmt::format("[{0:.6g}{1}]", p,
                      n_hidden == 1 ? fmt::format(", {:.6g}", p) : fmt::format(", {0:.6g}, {0:.6g}", p)));
      importance.push_back(fmt::format("[1, {}{:.6g}]", n_hidden == 1 ? "" : "1, ", r));
    }
  }
  return {fmt::format("[{}]", fmt::join(probability, ", ")),
          fmt::format("[{}]", fmt::join(importance, ", "))};
}

std::string toml(std::int64_t n_hidden) {
  const auto [probability, importance] = grid_tables(kSide, n_hidden);
  return fmt::format(R"(name = "phase-{0}-{1}"

[model]
kind        = "relu_output"
n_features  = {0}
n_hidden    = {1}
n_instances = {2}

[data]
feature_probability = {3}
importance          = {4}

[train]
steps      = 4000
batch_size = 1024
lr         = 3e-3
schedule   = "linear"
restarts   = 10

[record]
every        = 1000
all_restarts = true
)",
                     n_hidden + 1, n_hidden, kSide * kSide, probability, importance);
}

std::vector<std::string> quick(std::int64_t n_hidden) {
  const auto [probability, importance] = grid_tables(kQuickSide, n_hidden);
  return {fmt::format("model.n_instances={}", kQuickSide * kQuickSide),
          "data.feature_probability=" + probability, "data.importance=" + importance};
}

/// In cells whose two best phases have losses closer than this, a model may be found in either phase.
constexpr double kBand = 0.1;
constexpr double kAgreement = 0.95;

/// The models of one grid, each the best of its restarts by the exact expected loss. (An estimate from
/// samples would depend on a handful of them where features are rare.)
class Trained {
 public:
  Trained(const Experiment& experiment, const Model& model)
      : grid(experiment), seeds(model.shape().n_instances) {
    const std::int64_t n_instances = experiment.model.shape.n_instances;
    const std::int64_t restarts = model.shape().n_instances / n_instances;
    const Ensemble ensemble = experiment.ensemble();
    const auto probability = ensemble.data.marginal_probability();
    for (std::int64_t i = 0; i < n_instances; ++i) {
      const ExpectedLossProblem problem{.n_hidden = grid.n_hidden,
                                        .feature_probability = model.shape().row(probability, i),
                                        .importance = model.shape().row(std::span(ensemble.importance), i)};
      Best best;
      for (std::int64_t member = i * restarts; member < (i + 1) * restarts; ++member) {
        const double loss = expected_loss(model.W(member), model.b_final(member), problem);
        if (loss < best.loss) best = {loss, observed_phase(model.W(member), grid.n_hidden)};
      }
      best_.push_back(best);
    }
  }

  run::PhaseGrid grid;
  std::int64_t seeds;

  [[nodiscard]] ObservedPhase phase(std::size_t column, std::size_t row) const {
    return best_[grid.instance(column, row)].phase;
  }
  /// Whether every cell has a model that has not diverged.
  [[nodiscard]] bool all_finite() const {
    return std::ranges::all_of(best_, [](const Best& best) { return std::isfinite(best.loss); });
  }
  [[nodiscard]] double loss(std::size_t column, std::size_t row) const {
    return best_[grid.instance(column, row)].loss;
  }

 private:
  struct Best {
    double loss = std::numeric_limits<double>::infinity();
    ObservedPhase phase;
  };
  std::vector<Best> best_;  // (n_instances)
};

/// The second best phase's loss relative to the best phase's, minus 1.
double margin(const PhaseProblem& problem) {
  std::vector<double> losses;
  for (const Phase phase : phases(problem.n_hidden)) losses.push_back(phase_loss(phase, problem));
  std::ranges::sort(losses);
  return losses[1] / losses[0] - 1;
}

Claim agreement_claim(const Trained& trained) {
  std::int64_t clear = 0, agree = 0;
  for (std::size_t row = 0; row < trained.grid.relative_importance.size(); ++row) {
    for (std::size_t column = 0; column < trained.grid.density.size(); ++column) {
      const PhaseProblem problem = trained.grid.problem(column, row);
      if (margin(problem) < kBand) continue;
      const auto [in_a_phase, phase] = trained.phase(column, row);
      ++clear;
      agree += in_a_phase && phase == best_phase(problem) ? 1 : 0;
    }
  }
  return {
      .claim = fmt::format(
          "the trained phases are the theory's wherever its best phase is better by {:.0f} %", 100 * kBand),
      .criterion = at_least(kAgreement, "of the cells"),
      .measured = share(agree, clear, trained.all_finite()),
      .seeds = trained.seeds};
}

bool is_superposed(const ObservedPhase& observed) {
  return observed.in_a_phase &&
         (observed.phase == Phase::kExtraAntipodal || observed.phase == Phase::kOthersAntipodal);
}

/// The first column from which on all models of a row share dimensions. returns: the number of columns if
/// there is none.
std::size_t first_superposed(const Trained& trained, std::size_t row) {
  std::size_t first = trained.grid.density.size();
  while (first > 0 && is_superposed(trained.phase(first - 1, row))) --first;
  return first;
}

/// Measures, at each importance, how many cells the trained boundary is away from the theory's, and takes the
/// median. Importances whose theoretical boundary lies outside the grid are left out.
Claim boundary_claim(const Trained& trained) {
  const auto& density = trained.grid.density;
  const double step = std::log(density[0] / density[1]);
  std::vector<double> cells;
  for (std::size_t row = 0; row < trained.grid.relative_importance.size(); ++row) {
    const double theory =
        superposition_boundary(trained.grid.relative_importance[row], trained.grid.n_hidden);
    if (theory < density.back() || theory > density.front()) continue;
    const double expected = std::log(density.front() / theory) / step;  // number of cells from the densest
    cells.push_back(std::abs(static_cast<double>(first_superposed(trained, row)) - 0.5 - expected));
  }
  constexpr double kMostCells = 1;
  return {.claim = "superposition begins at the density that theory says, at every importance",
          .criterion = at_most(kMostCells, "cell of the grid off, in the median"),
          .measured = trained.all_finite() ? median(cells) : NAN,
          .seeds = trained.seeds};
}

/// Measures the jump of the loss's slope at the boundary over the jump that theory predicts, in the median
/// over importances. The change is of first order: the loss is continuous there, and its slope over the
/// density is not. returns: nothing where the grid has no boundary with two cells on either side.
std::optional<Claim> slope_claim(const Trained& trained) {
  const auto& density = trained.grid.density;
  std::vector<double> ratios;
  for (std::size_t row = 0; row < trained.grid.relative_importance.size(); ++row) {
    const std::size_t first = first_superposed(trained, row);
    // A slope needs two cells on either side. The two cells at the boundary are left out.
    if (first < 3 || first + 2 >= density.size()) continue;
    const auto slope = [&](std::size_t column, const auto& loss) {
      return (loss(column) - loss(column + 1)) / (density[column] - density[column + 1]);
    };
    const auto trained_loss = [&](std::size_t column) { return trained.loss(column, row); };
    const auto theory_loss = [&](std::size_t column) {
      const PhaseProblem problem = trained.grid.problem(column, row);
      return phase_loss(best_phase(problem), problem);
    };
    const double jump = slope(first + 1, trained_loss) - slope(first - 3, trained_loss);
    const double expected = slope(first + 1, theory_loss) - slope(first - 3, theory_loss);
    if (std::abs(expected) > 0.01) ratios.push_back(jump / expected);
  }
  if (ratios.empty()) return std::nullopt;
  constexpr double kOff = 0.25;
  return Claim{
      .claim = "the change is of first order: the loss's slope in the density jumps there as theory says",
      .criterion = within(1, kOff, ", in units of the theory's jump, in the median"),
      .measured = median(ratios),
      .seeds = trained.seeds};
}

std::optional<Claims> measure(const ClaimsRequest& request) {
  const Experiment& experiment = request.experiment;
  try {
    if (run::PhaseGrid(experiment).density.size() < 2) return Claims();
  } catch (const InvalidRequest&) {
    return Claims();  // the user's overrides made it another experiment
  }
  TrainOptions options = experiment.train;
  options.seed += 1;  // so that the claims rest on other trainings than the picture
  Trainer trainer(experiment.ensemble(), options, request.threads);
  if (!trainer.run(request.stop)) return std::nullopt;
  return phase_claims(experiment, trainer.state().model);
}

CatalogueEntry entry(std::int64_t n_hidden, std::string summary) {
  return {.name = fmt::format("phase-{}-{}", n_hidden + 1, n_hidden),
          .summary = std::move(summary),
          .toml = toml(n_hidden),
          .quick = quick(n_hidden),
          .companions = {},
          .figures = {"phase"},
          .measure = measure};
}

}  // namespace

Claims phase_claims(const Experiment& experiment, const Model& model) {
  const Trained trained(experiment, model);
  Claims claims = {agreement_claim(trained), boundary_claim(trained)};
  if (auto claim = slope_claim(trained)) claims.push_back(*std::move(claim));
  return claims;
}

CatalogueEntry phase_2_1() {
  return entry(1, "two features in one dimension: when is the second one worth sharing it");
}
CatalogueEntry phase_3_2() {
  return entry(2, "three features in two dimensions: the same with a partner to choose");
}

}  // namespace superpose::paper
